"""Keep charts, and how each person lays out a board of them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261124_033000"
down_revision: str | None = "20261124_031500"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make the change."""
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "chart",
        sa.Column("id", big, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("register", sa.String(length=41), nullable=True),
        sa.Column("date_field", sa.String(length=41), nullable=True),
        sa.Column("axis", sa.String(length=60), nullable=True),
        sa.Column("series", sa.String(length=60), nullable=True),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=True),
        sa.Column("targets", sa.JSON(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("previous", sa.Boolean(), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=True),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chart")),
        sa.UniqueConstraint("code", name=op.f("uq_chart_code")),
    )
    op.create_table(
        "board_layout",
        sa.Column("account_id", big, nullable=False),
        sa.Column("page", sa.String(length=40), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_board_layout_account_id_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "page", name=op.f("pk_board_layout")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("board_layout")
    op.drop_table("chart")
