"""Keep views of lists."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261124_035100"
down_revision: str | None = "20261124_035000"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "list_view",
        sa.Column("id", _ID, nullable=False),
        sa.Column("code", sa.String(length=110), nullable=True),
        sa.Column("register", sa.String(length=41), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("account_id", _ID, nullable=True),
        sa.Column("department_id", _ID, nullable=True),
        sa.Column("role", sa.String(length=40), nullable=True),
        sa.Column("for_all", sa.Boolean(), nullable=False),
        sa.Column("opens", sa.Boolean(), nullable=False),
        sa.Column("position", _ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_view")),
    )
    op.create_index(
        "ix_list_view_register", "list_view", ["register", "position", "id"]
    )
    op.create_index("ix_list_view_code", "list_view", ["code"], unique=True)


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_list_view_code", table_name="list_view")
    op.drop_index("ix_list_view_register", table_name="list_view")
    op.drop_table("list_view")
