"""Keep what can be undone."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261124_035000"
down_revision: str | None = "20261124_034500"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "change_batch",
        sa.Column("batch", sa.String(length=40), nullable=False),
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("register", sa.String(length=41), nullable=False),
        sa.Column("origin", sa.String(length=12), nullable=False),
        sa.Column("action", sa.String(length=12), nullable=False),
        sa.Column("entries", _ID, nullable=False),
        sa.Column("entry_id", _ID, nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("batch", name=op.f("pk_change_batch")),
    )
    op.create_index("ix_change_batch_account", "change_batch", ["account_id", "at"])
    op.create_index("ix_change_batch_at", "change_batch", ["at"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_change_batch_at", table_name="change_batch")
    op.drop_index("ix_change_batch_account", table_name="change_batch")
    op.drop_table("change_batch")
