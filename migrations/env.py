"""Alembic's entry. `frontrow migrate` hands a connection over; the `alembic` command opens one from the settings."""

from alembic import context
from sqlalchemy import Connection, text

from frontrow.core import migrate
from frontrow.core.db import Base
from frontrow.core.settings import Settings

# A migration that waits for a lock makes every later statement on that table wait behind it. It gives up instead, and
# is started again when the table is quieter.
LOCK_TIMEOUT = "3s"


def _apply(connection: Connection) -> None:
    # One migration at a time, also when several tasks start at once. The lock is the session's: it spans the versions,
    # each of which commits by itself.
    connection.execute(text("SELECT pg_advisory_lock(hashtext('frontrow.migrations'))"))
    connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.execute(text("SET statement_timeout = 0"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transaction_per_migration=True,
        compare_type=True,
        compare_server_default=False,
    )
    with context.begin_transaction():
        context.run_migrations()


def _run() -> None:
    if context.is_offline_mode():
        context.configure(dialect_name="postgresql", literal_binds=True, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
        return
    given = context.config.attributes.get("connection")
    if given is not None:
        _apply(given)
        return
    # The `alembic` command compares tables with models.
    migrate.all_tables()
    settings = Settings()
    migrate.with_connection(migrate.url_from_settings(settings), _apply, ssl=settings.database.ssl)


_run()
