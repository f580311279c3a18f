"""Keep levels of secrecy and sources of roles.

Accounts and seeing as another have rights of their own now; whoever could set up the
system has them from here on.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261123_055200"
down_revision: str | None = "20261123_054100"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NEW = {"account.run": "change", "account.view_as": "read"}
GIVE = sa.text(
    "INSERT INTO role_grant (role_id, register, actions, rows, unmasked, secrets)"
    " SELECT DISTINCT role_id, :register, :actions, rows, unmasked, secrets"
    " FROM role_grant WHERE register = :setup"
)
TAKE = sa.text("DELETE FROM role_grant WHERE register = :register")


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("role", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("clauses", sa.Text(), server_default=sa.text("''"), nullable=False)
        )

    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "secrecy",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                server_default="0",
                nullable=False,
            )
        )
    for register, actions in NEW.items():
        op.execute(
            GIVE.bindparams(register=register, actions=actions, setup="setup.run")
        )


def downgrade() -> None:
    """Take the change back."""
    for register in NEW:
        op.execute(TAKE.bindparams(register=register))
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.drop_column("secrecy")

    with op.batch_alter_table("role", schema=None) as batch_op:
        batch_op.drop_column("clauses")
