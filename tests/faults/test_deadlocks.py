"""The control of what every test is asked at its end: a deadlock that was repeated and forgotten is still counted."""

import asyncio

import asyncpg
import pytest

from frontrow.local.postgres import EmbeddedPostgres
from tests.databases import Copies


@pytest.fixture
async def another(copies: Copies, database: str) -> str:
    """A database that the test drops itself."""
    name = f"{database}_other"
    await copies.make(name)
    return name


async def test_a_deadlock_is_counted_though_its_transaction_succeeded_later(
    pg: EmbeddedPostgres, copies: Copies, another: str
) -> None:
    one, two = [await asyncpg.connect(pg.url(another, with_password=True)) for _ in range(2)]
    await one.execute("CREATE TABLE thing (id int PRIMARY KEY); INSERT INTO thing VALUES (1), (2)")
    await one.execute("BEGIN; SELECT FROM thing WHERE id = 1 FOR UPDATE")
    await two.execute("BEGIN; SELECT FROM thing WHERE id = 2 FOR UPDATE")
    ends = await asyncio.gather(
        one.execute("SELECT FROM thing WHERE id = 2 FOR UPDATE"),
        two.execute("SELECT FROM thing WHERE id = 1 FOR UPDATE"),
        return_exceptions=True,
    )
    assert [type(end) for end in ends].count(asyncpg.DeadlockDetectedError) == 1
    # One of the sessions leaves in order, the other is still there when the figures are read.
    await one.close()
    assert await copies.drop(another) == 1
    two.terminate()


async def test_a_quiet_database_has_none(copies: Copies, another: str) -> None:
    assert await copies.drop(another) == 0
