"""Let clocks escalate, pause and be explained."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261123_153729"
down_revision: str | None = "20261123_123130"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "clock_note",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "clock_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["clock_id"], ["clock.id"], name=op.f("fk_clock_note_clock_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_note")),
    )
    with op.batch_alter_table("clock_note", schema=None) as batch_op:
        batch_op.create_index("ix_clock_note_clock", ["clock_id", "id"], unique=False)

    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(
            sa.Column("escalate_at", sa.DateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(
            sa.Column("explained_at", sa.DateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(
            sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True)
        )
        batch_op.drop_index(
            "ix_clock_open",
            sqlite_where=sa.text("met_at IS NULL AND voided_at IS NULL"),
        )
        batch_op.create_index(
            "ix_clock_open",
            ["register", "due_at", "holder_id", "warn_at", "paused_at"],
            unique=False,
            sqlite_where=sa.text("met_at IS NULL AND voided_at IS NULL"),
            postgresql_where=sa.text("met_at IS NULL AND voided_at IS NULL"),
        )
        batch_op.create_index(
            "ix_clock_explained",
            ["register", "explained_at"],
            unique=False,
            sqlite_where=sa.text("explained_at IS NOT NULL"),
            postgresql_where=sa.text("explained_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_clock_proposed",
            ["register", "proposed_at"],
            unique=False,
            sqlite_where=sa.text("proposed_at IS NOT NULL"),
            postgresql_where=sa.text("proposed_at IS NOT NULL"),
        )

    with op.batch_alter_table("sla_target", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("start_states", sa.Text(), server_default=sa.text("''"), nullable=False)
        )
        batch_op.add_column(
            sa.Column("stop_states", sa.Text(), server_default=sa.text("''"), nullable=False)
        )
        batch_op.add_column(
            sa.Column("pause_states", sa.Text(), server_default=sa.text("''"), nullable=False)
        )
        batch_op.add_column(
            sa.Column("escalation", sa.Text(), server_default=sa.text("''"), nullable=False)
        )
        batch_op.add_column(
            sa.Column("proposes", sa.JSON(none_as_null=True), nullable=True)
        )



def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("sla_target", schema=None) as batch_op:
        batch_op.drop_column("proposes")
        batch_op.drop_column("escalation")
        batch_op.drop_column("pause_states")
        batch_op.drop_column("stop_states")
        batch_op.drop_column("start_states")

    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_clock_proposed",
            sqlite_where=sa.text("proposed_at IS NOT NULL"),
            postgresql_where=sa.text("proposed_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_clock_explained",
            sqlite_where=sa.text("explained_at IS NOT NULL"),
            postgresql_where=sa.text("explained_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_clock_open",
            sqlite_where=sa.text("met_at IS NULL AND voided_at IS NULL"),
            postgresql_where=sa.text("met_at IS NULL AND voided_at IS NULL"),
        )
        batch_op.create_index(
            "ix_clock_open",
            ["register", "due_at", "holder_id", "warn_at"],
            unique=False,
            sqlite_where=sa.text("met_at IS NULL AND voided_at IS NULL"),
            postgresql_where=sa.text("met_at IS NULL AND voided_at IS NULL"),
        )
        batch_op.drop_column("proposed_at")
        batch_op.drop_column("explained_at")
        batch_op.drop_column("escalate_at")
        batch_op.drop_column("paused_at")

    with op.batch_alter_table("clock_note", schema=None) as batch_op:
        batch_op.drop_index("ix_clock_note_clock")

    op.drop_table("clock_note")
