"""What Alembic runs for every command: the caller's connection, the engine's tables."""

from alembic import context

from models.migrations.running import options

context.configure(connection=context.config.attributes["connection"], **options())
with context.begin_transaction():
    context.run_migrations()
