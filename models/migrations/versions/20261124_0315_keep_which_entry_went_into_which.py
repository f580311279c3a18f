"""Keep which entry went into which other."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261124_031500"
down_revision: str | None = "20261124_025000"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "entry_merge",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("register", sa.String(length=41), nullable=False),
        sa.Column("from_id", _BIG_ID, nullable=False),
        sa.Column("into_id", _BIG_ID, nullable=False),
        sa.Column("from_number", sa.String(length=40), nullable=True),
        sa.Column("into_number", sa.String(length=40), nullable=True),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("beside", sa.JSON(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", _BIG_ID, nullable=True),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_merge")),
    )
    with op.batch_alter_table("entry_merge", schema=None) as batch_op:
        batch_op.create_index("ix_entry_merge_from", ["register", "from_id"])
        batch_op.create_index("ix_entry_merge_number", ["from_number"])


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("entry_merge", schema=None) as batch_op:
        batch_op.drop_index("ix_entry_merge_number")
        batch_op.drop_index("ix_entry_merge_from")
    op.drop_table("entry_merge")
