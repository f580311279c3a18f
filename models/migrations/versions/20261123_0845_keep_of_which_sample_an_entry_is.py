"""Keep of which sample an entry is.

Until now there was one sample at a time, which the preference named.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261123_084500"
down_revision: str | None = "20261123_055200"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

PREFERENCE = sa.table(
    "preference", sa.column("name", sa.String), sa.column("value", sa.JSON)
)
ROWS = sa.table("sample_row", sa.column("sample", sa.String))


def _put(value: object) -> None:
    here = sa.update(PREFERENCE).where(PREFERENCE.c.name == "sample")
    op.get_bind().execute(here.values(value=value))


def _values() -> dict[str, object]:
    query = sa.select(PREFERENCE.c.name, PREFERENCE.c.value).where(
        PREFERENCE.c.name.in_(("sample", "company"))
    )
    return {row.name: row.value for row in op.get_bind().execute(query)}


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("sample_row", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "sample",
                sa.String(length=41),
                server_default=sa.text("''"),
                nullable=False,
            )
        )
    found = _values()
    sample = found.get("sample")
    if isinstance(sample, str):
        op.get_bind().execute(sa.update(ROWS).values(sample=sample))
        _put({sample: found.get("company")})


def downgrade() -> None:
    """Take the change back; of several samples one name is left."""
    sample = _values().get("sample")
    if isinstance(sample, dict) and sample:
        _put(next(iter(sample)))
    with op.batch_alter_table("sample_row", schema=None) as batch_op:
        batch_op.drop_column("sample")
