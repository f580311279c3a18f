"""Keep texts that people reply with."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261124_025000"
down_revision: str | None = "20261124_013300"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "reply_text",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("account_id", _BIG_ID, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_text")),
        sa.UniqueConstraint(
            "account_id", "code", name=op.f("uq_reply_text_account_id_code")
        ),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("reply_text")
