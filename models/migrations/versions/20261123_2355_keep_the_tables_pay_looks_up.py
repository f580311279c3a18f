"""Keep the tables pay looks up."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261123_235500"
down_revision: str | None = "20261123_192424"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "pay_table",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("code", sa.String(length=41), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("key_unit", sa.String(length=20), nullable=False),
        sa.Column("value_unit", sa.String(length=20), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("is_invented", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_table")),
        sa.UniqueConstraint(
            "code", "starts_on", name=op.f("uq_pay_table_code_starts_on")
        ),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("pay_table")
