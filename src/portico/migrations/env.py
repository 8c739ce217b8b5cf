"""Alembic's entry: the connection comes from `portico db`, as `config.attributes["connection"]`."""

from alembic import context
from sqlalchemy import Connection

connection = context.config.attributes["connection"]
if not isinstance(connection, Connection):
    raise TypeError("run migrations by `portico db upgrade`")
context.configure(connection=connection, target_metadata=None, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
