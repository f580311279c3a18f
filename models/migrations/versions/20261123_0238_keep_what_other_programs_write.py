"""Keep what other programs write."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261123_023828"
down_revision: str | None = "20261122_234805"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "entry_change",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("register", sa.String(length=41), nullable=False),
        sa.Column(
            "entry_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("what", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("wait_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_change")),
    )
    with op.batch_alter_table("entry_change", schema=None) as batch_op:
        batch_op.create_index(
            "ix_entry_change_entry", ["register", "entry_id"], unique=False
        )

    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_clock_open"),
            sqlite_where=sa.text("met_at IS NULL AND voided_at IS NULL"),
        )
        batch_op.create_index(
            "ix_clock_open",
            ["register", "due_at", "holder_id", "warn_at"],
            unique=False,
            sqlite_where=sa.text("met_at IS NULL AND voided_at IS NULL"),
            postgresql_where=sa.text("met_at IS NULL AND voided_at IS NULL"),
        )


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_clock_open",
            sqlite_where=sa.text("met_at IS NULL AND voided_at IS NULL"),
            postgresql_where=sa.text("met_at IS NULL AND voided_at IS NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_clock_open"),
            ["due_at", "register"],
            unique=False,
            sqlite_where=sa.text("met_at IS NULL AND voided_at IS NULL"),
        )

    with op.batch_alter_table("entry_change", schema=None) as batch_op:
        batch_op.drop_index("ix_entry_change_entry")

    op.drop_table("entry_change")
