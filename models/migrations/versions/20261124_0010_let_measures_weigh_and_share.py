"""Let measures weigh and share."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261124_001000"
down_revision: str | None = "20261123_235500"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("measure", schema=None) as batch_op:
        batch_op.add_column(sa.Column("weight", sa.String(length=41), nullable=True))
        batch_op.add_column(
            sa.Column("split", sa.JSON(none_as_null=True), nullable=True)
        )


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("measure", schema=None) as batch_op:
        batch_op.drop_column("split")
        batch_op.drop_column("weight")
