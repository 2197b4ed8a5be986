"""Migrations go up and down, one at a time, and end where the models are."""

import os
import subprocess
import sys
from typing import Any

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from frontrow.core import migrate
from frontrow.local.postgres import EmbeddedPostgres


@pytest.fixture
def empty(pg: EmbeddedPostgres) -> Any:
    """The URL of a database without any table."""
    pg.create_database("migrated")
    yield pg.url("migrated", with_password=True)
    pg.drop_database("migrated")


async def test_up_down_and_up_again_inside_an_event_loop(empty: str, pg: EmbeddedPostgres) -> None:
    assert not migrate.is_at_head(empty)
    migrate.upgrade(empty)
    assert migrate.is_at_head(empty)
    migrate.downgrade(empty, "base")
    assert pg.sql("SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace "
                  "WHERE nspname = 'public' AND relkind = 'r'", database="migrated") == ["alembic_version"]  # fmt: skip
    migrate.upgrade(empty)
    assert migrate.is_at_head(empty)


def test_two_that_start_together_take_turns(empty: str) -> None:
    code = f"from frontrow.core import migrate; migrate.upgrade({empty!r})"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    both = [subprocess.Popen([sys.executable, "-c", code], env=environment) for _ in range(2)]
    assert [one.wait(60) for one in both] == [0, 0]
    assert migrate.is_at_head(empty)


@pytest.mark.filterwarnings("ignore:Expression #")
def test_the_tables_are_what_the_models_say(empty: str) -> None:
    migrate.upgrade(empty)
    found: list[Any] = []

    def compare(connection: Connection) -> None:
        found.extend(compare_metadata(MigrationContext.configure(connection), migrate.all_tables()))

    migrate.with_connection(empty, compare)
    # Indexes over expressions are written in SQL, which alembic can't read back from a model.
    assert [change for change in found if "index" not in str(change[0])] == []


async def test_a_migration_gives_up_on_a_lock_rather_than_stop_the_shop(empty: str) -> None:
    migrate.upgrade(empty)
    busy = await asyncpg.connect(empty)
    try:
        await busy.execute("BEGIN; LOCK TABLE event IN ACCESS SHARE MODE")
        with pytest.raises(Exception, match="lock timeout"):
            migrate.downgrade(empty, "base")
    finally:
        await busy.close()
