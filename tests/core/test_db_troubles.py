"""What becomes of each trouble that PostgreSQL can name, and of an answer that never arrives."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from frontrow.core.db import Database, Tx
from frontrow.core.errors import Busy, OutcomeUnknown
from frontrow.core.idempotency import claim, request_hash
from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.core.settings import DatabaseSettings, Settings
from frontrow.local.postgres import EmbeddedPostgres
from tests.core.cut_wire import CutWire
from tests.waiting import eventually

RAISE = """
CREATE SEQUENCE tries;  -- counts whatever is rolled back, too
CREATE FUNCTION trouble(state text) RETURNS int LANGUAGE plpgsql AS
$$ BEGIN PERFORM nextval('tries'); RAISE EXCEPTION 'on purpose' USING ERRCODE = state; END $$;
CREATE TABLE thing (id uuid PRIMARY KEY);
"""


@pytest.fixture
async def db(rt: Runtime, pg: EmbeddedPostgres, database: str) -> Database:
    pg.sql(RAISE + "GRANT ALL ON ALL TABLES IN SCHEMA public TO frontrow;", database=database)
    pg.sql("GRANT ALL ON SEQUENCE tries TO frontrow", database=database)
    return rt.db


async def scalar(db: Database, statement: str, **values: Any) -> Any:
    async def look(tx: Tx) -> Any:
        return (await tx.sql(statement, **values)).scalar_one()

    return await db.read(look)


async def meet(db: Database, how: str, state: str) -> None:
    if how == "call":
        await db.call("SELECT trouble($1)", state)
    else:
        await db.write(lambda tx: tx.sql("SELECT trouble(:state)", state=state))


# -- by name -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["write", "call"])
@pytest.mark.parametrize("state", ["40001", "40P01", "55P03"])
async def test_a_conflict_is_tried_three_times_more_and_then_told_as_busy(db: Database, how: str, state: str) -> None:
    with pytest.raises(Busy):
        await meet(db, how, state)
    assert await scalar(db, "SELECT last_value FROM tries") == 4


@pytest.mark.parametrize("how", ["write", "call"])
@pytest.mark.parametrize("state", ["57014", "53300", "25006", "57P01", "57P02", "57P03", "08000", "08003", "08006"])
async def test_a_server_in_trouble_is_asked_once_and_told_as_busy(db: Database, how: str, state: str) -> None:
    # The driver says 08003, too, when an answer was lost; and a statement that commits itself may have done its work.
    told = OutcomeUnknown if (how, state) == ("call", "08003") else Busy
    with pytest.raises(told):
        await meet(db, how, state)
    assert await scalar(db, "SELECT last_value FROM tries") == 1


@pytest.mark.parametrize("how", ["write", "call"])
@pytest.mark.parametrize("state", ["23505", "23514", "22012", "42P01", "P0001"])
async def test_our_own_faults_are_neither_repeated_nor_hidden(db: Database, how: str, state: str) -> None:
    with pytest.raises(Exception, match="on purpose"):
        await meet(db, how, state)
    assert await scalar(db, "SELECT last_value FROM tries") == 1


@pytest.mark.parametrize("how", ["write", "call"])
@pytest.mark.parametrize("state", ["25006", "57P01", "08006"])
async def test_no_connection_is_used_again_that_led_to_such_a_server(db: Database, how: str, state: str) -> None:
    async def who(tx: Tx) -> int:
        return int((await tx.sql("SELECT pg_backend_pid()")).scalar_one())

    before = await db.write(who)
    assert await db.write(who) == before
    with pytest.raises(Busy):
        await meet(db, how, state)
    assert await db.write(who) != before


async def test_locks_and_statements_have_the_protocols_limits(settings: Settings, rt: Runtime) -> None:
    """As they are in production; the other tests are more patient."""
    usual = DatabaseSettings(primary_url=settings.database.primary_url)
    db = Database(usual, rt.secrets)

    async def limits(tx: Tx) -> tuple[Any, ...]:
        names = ("lock_timeout", "statement_timeout", "transaction_isolation")
        return tuple([(await tx.sql(f"SELECT current_setting('{name}')")).scalar_one() for name in names])

    assert await db.write(limits) == await db.read(limits) == ("500ms", "2s", "read committed")
    row = await db.call("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
    assert tuple(row) == ("500ms", "2s")
    await db.close()


# -- an answer that never arrives --------------------------------------------------------------------------------------


@pytest.fixture
async def wire(pg: EmbeddedPostgres) -> AsyncIterator[CutWire]:
    async with CutWire.to(pg.port) as made:
        yield made


@pytest.fixture
async def far(settings: Settings, rt: Runtime, db: Database, wire: CutWire) -> AsyncIterator[Database]:
    """The same database, over the wire."""
    address = urlsplit(settings.database.primary_url)
    url = address._replace(netloc=f"{address.username}@127.0.0.1:{wire.port}").geturl()
    made = Database(settings.database.model_copy(update={"primary_url": url}), rt.secrets)
    yield made
    await made.close()


async def make(db: Database, key: str) -> uuid.UUID:
    """An effect under an idempotency key, as every verb that buys or pays has it."""

    async def work(tx: Tx) -> uuid.UUID:
        mine = new_id()
        made = await claim(tx, "buyer", "thing", key, request_hash(["a thing"]), mine)
        if made == mine:
            await tx.sql("INSERT INTO thing VALUES (:id)", id=mine)
        return made

    return await db.write(work)


async def test_a_lost_commit_is_unknown_and_its_key_finds_the_result(
    db: Database, far: Database, wire: CutWire
) -> None:
    wire.lose_answer_to(b"COMMIT")
    with pytest.raises(OutcomeUnknown):
        await make(far, "k")
    assert wire.lost == 1
    assert await scalar(db, "SELECT count(*) FROM thing") == 1  # it happened, and wasn't repeated blindly
    found = await make(far, "k")
    assert found == await scalar(db, "SELECT id FROM thing")


async def test_a_lost_answer_of_a_single_statement_is_unknown_too(db: Database, far: Database, wire: CutWire) -> None:
    insert = "INSERT INTO thing VALUES ($1) RETURNING id"
    await far.call(insert, new_id())  # prepares it, so that the next message is the whole of it
    wire.lose_answer_to()
    with pytest.raises(OutcomeUnknown):
        await far.call(insert, new_id())
    assert wire.lost == 1
    assert await scalar(db, "SELECT count(*) FROM thing") == 2


async def test_a_break_before_the_commit_changed_nothing(db: Database, far: Database, wire: CutWire) -> None:
    wire.lose_answer_to(b"INSERT INTO thing")
    with pytest.raises(Busy):
        await make(far, "k")
    assert await scalar(db, "SELECT count(*) FROM thing") == 0
    assert await make(far, "k") == await scalar(db, "SELECT id FROM thing")


# -- given up in the middle --------------------------------------------------------------------------------------------


async def is_running(db: Database, like: str) -> bool:
    """Whether a statement like this is being run in the test's database."""
    return bool(
        await scalar(
            db,
            """SELECT count(*) FROM pg_stat_activity WHERE query LIKE :like AND state = 'active'
                  AND datname = current_database()""",
            like=like,
        )
    )


async def test_whoever_is_cancelled_leaves_no_transaction_behind(settings: Settings, rt: Runtime, db: Database) -> None:
    one = Database(settings.database.model_copy(update={"pool_size": 1}), rt.secrets)

    async def never_ends(tx: Tx) -> None:
        await tx.sql("INSERT INTO thing VALUES (:id)", id=new_id())
        await tx.sql("SELECT pg_sleep(60)")

    writing = asyncio.create_task(one.write(never_ends))

    await eventually(lambda: is_running(db, "SELECT pg_sleep(60)"))
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    made = await make(one, "k")
    assert await scalar(db, "SELECT array_agg(id) FROM thing") == [made]
    await one.close()


async def test_a_statement_that_was_stopped_leaves_its_answer_to_nobody(
    settings: Settings, rt: Runtime, db: Database
) -> None:
    one = Database(settings.database.model_copy(update={"pool_size": 1}), rt.secrets)
    assert (await one.call("SELECT 1 AS it")).it == 1
    asking = asyncio.create_task(one.call("SELECT 2 AS it, pg_sleep(60)"))

    await eventually(lambda: is_running(db, "SELECT 2 AS it%"))
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert [(await one.call("SELECT 3 AS it")).it for _ in range(3)] == [3, 3, 3]
    await one.close()
