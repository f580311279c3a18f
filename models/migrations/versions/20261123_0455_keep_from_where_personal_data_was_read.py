"""Keep from where personal data was read."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261123_045521"
down_revision: str | None = "20261123_023828"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("read_event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("address", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("read_event", schema=None) as batch_op:
        batch_op.drop_column("address")
