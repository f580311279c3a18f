"""Keep what browsers sent once."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261124_034500"
down_revision: str | None = "20261124_033000"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "sent_entry",
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("account_id", _BIG_ID, nullable=False),
        sa.Column("register", sa.String(length=41), nullable=False),
        sa.Column("entry_id", _BIG_ID, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sent_entry")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("sent_entry")
