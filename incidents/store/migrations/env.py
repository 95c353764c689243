"""Alembic's entry: uses the connection it is given, so that SQLite and PostgreSQL take the same way."""

from alembic import context
from sqlalchemy import Connection

from incidents.store.engine import create_engine_for
from incidents.store.tables import Table


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        render_as_batch=True,
        transactional_ddl=True,
        user_module_prefix="types.",
    )
    with context.begin_transaction():
        context.run_migrations()


if (given := context.config.attributes.get("connection")) is not None:
    _run(given)
else:
    engine = create_engine_for(context.config.attributes["url"])
    with engine.connect() as fresh:
        _run(fresh)
    engine.dispose()
