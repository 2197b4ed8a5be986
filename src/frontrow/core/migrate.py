"""The schema's versions: alembic, run in the process that calls."""

import asyncio
import importlib
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal, TypeVar

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from frontrow.core.db import Base
from frontrow.core.schema import FOLDER, newest
from frontrow.core.secrets import open_secrets
from frontrow.core.settings import Settings

T = TypeVar("T")
Ssl = Literal["disable", "require", "verify-full"]

_VERSION_TABLE = "alembic_version"
# Alembic keeps what it works on in a global of its own. Between processes the database's lock decides: see env.py.
_alembic = threading.Lock()


def upgrade(url: str, revision: str = "head", *, ssl: Ssl = "disable") -> None:
    """Bring the schema behind `url` (``postgresql://user:password@host/name``) to `revision`.

    Works inside and outside an event loop. Raises what the failing statement raises; each version is one transaction.
    """
    with _alembic:
        with_connection(url, lambda connection: command.upgrade(alembic_config(connection), revision), ssl=ssl)


def downgrade(url: str, revision: str, *, ssl: Ssl = "disable") -> None:
    """Take the schema back to `revision` (``base``, ``-1`` or a number)."""
    with _alembic:
        with_connection(url, lambda connection: command.downgrade(alembic_config(connection), revision), ssl=ssl)


def is_at_head(url: str, *, ssl: Ssl = "disable") -> bool:
    """Whether the schema is the one this code wants. Raises OSError when the database can't be reached."""

    async def look() -> bool:
        connection = await asyncpg.connect(url, ssl=ssl, timeout=5)
        try:
            if await connection.fetchval("SELECT to_regclass($1)", _VERSION_TABLE) is None:
                return False
            found = await connection.fetchval(f"SELECT max(version_num) FROM {_VERSION_TABLE}")  # noqa: S608
            return bool(found == newest())
        finally:
            await connection.close()

    return _in_own_loop(look())


def url_from_settings(settings: Settings) -> str:
    """The primary's URL with the password from the secrets."""
    password = _in_own_loop(open_secrets(settings.secrets).get("database_password"))
    url = make_url(settings.database.primary_url).set(password=password)
    return url.render_as_string(hide_password=False)


def main(revision: str | None = None) -> None:
    """``frontrow migrate``: up to the newest version, or down to `revision`."""
    settings = Settings()
    url, ssl = url_from_settings(settings), settings.database.ssl
    if revision is None:
        upgrade(url, ssl=ssl)
    else:
        downgrade(url, revision, ssl=ssl)


def all_tables() -> MetaData:
    """Every table of every room, to compare with a database. Rooms that speak SQL don't import their own models."""
    source = Path(__file__).parents[1]
    for module in sorted(source.glob("*/models.py")):
        importlib.import_module(f"{source.name}.{module.parent.name}.models")
    return Base.metadata


def alembic_config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def with_connection(url: str, act: Callable[[Connection], None], *, ssl: Ssl = "disable") -> None:
    """Call `act` with a connection in SQLAlchemy's blocking style, which is the one that alembic speaks."""

    async def connect() -> None:
        engine = create_async_engine(
            make_url(url).set(drivername="postgresql+asyncpg"), poolclass=NullPool, connect_args={"ssl": ssl}
        )
        try:
            async with engine.connect() as connection:
                await connection.run_sync(act)
        finally:
            await engine.dispose()

    _in_own_loop(connect())


def _in_own_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end in a thread of its own, since the caller may be inside an event loop."""
    with ThreadPoolExecutor(1, "migrate") as thread:
        return thread.submit(asyncio.run, work).result()
