"""Pay by grade, stretch and limit, and keep figures instead of words."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261124_013300"
down_revision: str | None = "20261124_003115"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("pay_scheme", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("grades", sa.JSON(), nullable=False, server_default="[]")
        )
        batch_op.add_column(
            sa.Column("people", sa.JSON(), nullable=False, server_default="[]")
        )
        batch_op.add_column(
            sa.Column(
                "every", sa.String(length=10), nullable=False, server_default="month"
            )
        )
    with op.batch_alter_table("pay_scheme", schema=None) as batch_op:
        for name in ("grades", "people", "every"):
            batch_op.alter_column(name, server_default=None)
    with op.batch_alter_table("pay_rule", schema=None) as batch_op:
        batch_op.add_column(sa.Column("limits", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("leaves", sa.Text(), nullable=True))
    with op.batch_alter_table("pay_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cap", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("floor", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("first_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("last_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("unread", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("result", sa.JSON(), nullable=True))
        batch_op.alter_column("name_zh", type_=sa.String(length=120))
        batch_op.alter_column("name_en", type_=sa.String(length=120))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("pay_item", schema=None) as batch_op:
        for name in ("result", "unread", "last_on", "first_on", "floor", "cap"):
            batch_op.drop_column(name)
        batch_op.alter_column("name_en", type_=sa.String(length=80))
        batch_op.alter_column("name_zh", type_=sa.String(length=80))
    with op.batch_alter_table("pay_rule", schema=None) as batch_op:
        batch_op.drop_column("leaves")
        batch_op.drop_column("limits")
    with op.batch_alter_table("pay_scheme", schema=None) as batch_op:
        for name in ("every", "people", "grades"):
            batch_op.drop_column(name)
