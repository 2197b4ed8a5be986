"""The seam to PostgreSQL: who is asked, what is repeated, and what becomes of a broken connection."""

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from frontrow.core.db import Database, Tx
from frontrow.core.errors import Busy, OutcomeUnknown
from frontrow.core.secrets import FileSecrets
from frontrow.core.settings import DatabaseSettings
from frontrow.local.ports import free_ports
from frontrow.local.postgres import ROLE, EmbeddedPostgres
from tests.waiting import eventually


@pytest.fixture
def password_file(tmp_path: Path, local_secrets: dict[str, str]) -> Path:
    """A secrets file of this test's own, so that a rotation is its own, too."""
    file = tmp_path / "secrets.json"
    file.write_text(json.dumps(local_secrets))
    return file


def settings(pg: EmbeddedPostgres, database: str, **more: Any) -> DatabaseSettings:
    usual = {"lock_timeout_ms": 200, "statement_timeout_ms": 5000, "connect_timeout_s": 10, "pool_size": 4}
    return DatabaseSettings(primary_url=pg.url(database), **{**usual, **more})


@pytest.fixture
async def db(pg: EmbeddedPostgres, database: str, password_file: Path) -> AsyncIterator[Database]:
    made = Database(settings(pg, database), FileSecrets(password_file))
    await made.write(lambda tx: tx.sql("CREATE TABLE thing (id int PRIMARY KEY, n int NOT NULL DEFAULT 0)"))
    await made.write(lambda tx: tx.sql("INSERT INTO thing VALUES (1, 0), (2, 0)"))
    yield made
    await made.close()


async def number(tx: Tx) -> int:
    return int((await tx.sql("SELECT n FROM thing WHERE id = 1")).scalar_one())


async def add_one(tx: Tx) -> None:
    await tx.sql("UPDATE thing SET n = n + 1 WHERE id = 1")


async def is_replica(tx: Tx) -> bool:
    return bool((await tx.sql("SELECT pg_is_in_recovery()")).scalar_one())


async def other_session(pg: EmbeddedPostgres, database: str) -> "asyncpg.Connection[asyncpg.Record]":
    return await asyncpg.connect(pg.url(database, with_password=True))


# -- one unit of work --------------------------------------------------------------------------------------------------


async def test_an_error_rolls_everything_back_and_tells_nobody(db: Database) -> None:
    told: list[str] = []

    async def fails(tx: Tx) -> None:
        async def tell() -> None:
            told.append("news")

        tx.after_commit(tell)
        await add_one(tx)
        raise KeyError("ours")

    with pytest.raises(KeyError):
        await db.write(fails)
    assert await db.read(number) == 0
    assert told == []


async def test_news_goes_out_after_the_commit(db: Database) -> None:
    seen: list[int] = []

    async def work(tx: Tx) -> None:
        async def tell() -> None:
            seen.append(await db.read(number))

        await add_one(tx)
        tx.after_commit(tell)

    await db.write(work)
    assert seen == [1]


async def test_a_reading_work_cannot_write(db: Database) -> None:
    with pytest.raises(Busy):
        await db.read(add_one)
    assert await db.read(number) == 0


async def test_the_tenant_does_not_stay_on_the_pooled_connection(
    pg: EmbeddedPostgres, database: str, password_file: Path, db: Database
) -> None:
    one = Database(settings(pg, database, pool_size=1), FileSecrets(password_file))

    async def named(tx: Tx) -> Any:
        return (await tx.sql("SELECT current_setting('frontrow.organiser_id', true)")).scalar_one()

    async def as_tenant(tx: Tx, *, then_fail: bool) -> None:
        await tx.act_for(uuid_of_tenant)
        assert await named(tx) == str(uuid_of_tenant)
        if then_fail:
            await tx.sql("SELECT 1/0")

    uuid_of_tenant = uuid.uuid4()
    await one.write(lambda tx: as_tenant(tx, then_fail=False))
    assert not await one.write(named)
    with pytest.raises(Exception, match="division by zero"):
        await one.write(lambda tx: as_tenant(tx, then_fail=True))
    assert not await one.write(named)
    await one.close()


# -- conflicts ---------------------------------------------------------------------------------------------------------


async def test_a_lock_that_is_freed_in_time_is_waited_for(db: Database, pg: EmbeddedPostgres, database: str) -> None:
    blocker = await other_session(pg, database)
    held = blocker.transaction()
    await held.start()
    await blocker.execute("SELECT FROM thing WHERE id = 1 FOR UPDATE")
    tries = 0

    async def work(tx: Tx) -> None:
        nonlocal tries
        tries += 1
        await add_one(tx)

    writing = asyncio.create_task(db.write(work))
    await eventually(lambda: tries >= 2)  # the first try has met 55P03
    await held.rollback()
    await writing
    assert await db.read(number) == 1
    await blocker.close()


async def test_a_lock_that_stays_is_busy_and_nothing_is_changed(
    db: Database, pg: EmbeddedPostgres, database: str
) -> None:
    blocker = await other_session(pg, database)
    async with blocker.transaction():
        await blocker.execute("SELECT FROM thing WHERE id = 1 FOR UPDATE")
        with pytest.raises(Busy):
            await db.write(add_one)
        with pytest.raises(Busy):
            await db.call("UPDATE thing SET n = n + 1 WHERE id = $1 RETURNING n", 1)
    assert await db.read(number) == 0
    await blocker.close()


@pytest.mark.deadlocks
async def test_a_deadlock_is_repeated_and_both_succeed(db: Database) -> None:
    both = asyncio.Barrier(2)

    def work(first: int, second: int) -> Any:
        met = False

        async def update(tx: Tx) -> None:
            nonlocal met
            await tx.sql("SET LOCAL lock_timeout = '10s'")
            await tx.sql("UPDATE thing SET n = n + 1 WHERE id = :id", id=first)
            if not met:
                met = True
                await both.wait()
            await tx.sql("UPDATE thing SET n = n + 1 WHERE id = :id", id=second)

        return update

    await asyncio.gather(db.write(work(1, 2)), db.write(work(2, 1)))
    assert await db.read(number) == 2


async def test_a_constraint_is_our_own_fault_and_not_repeated(db: Database) -> None:
    tries = 0

    async def work(tx: Tx) -> None:
        nonlocal tries
        tries += 1
        await tx.sql("INSERT INTO thing VALUES (1)")

    with pytest.raises(Exception, match="duplicate key"):
        await db.write(work)
    assert tries == 1


async def test_an_endless_statement_is_cut_off(pg: EmbeddedPostgres, database: str, password_file: Path) -> None:
    hasty = Database(settings(pg, database, statement_timeout_ms=100), FileSecrets(password_file))
    with pytest.raises(Busy):
        await hasty.write(lambda tx: tx.sql("SELECT pg_sleep(60)"))
    await hasty.close()


async def test_a_full_pool_sheds_instead_of_piling_up(
    pg: EmbeddedPostgres, database: str, password_file: Path, db: Database
) -> None:
    small = Database(settings(pg, database, pool_size=1), FileSecrets(password_file))
    inside, leave = asyncio.Event(), asyncio.Event()

    async def occupy(tx: Tx) -> None:
        await number(tx)
        inside.set()
        await leave.wait()

    first = asyncio.create_task(small.read(occupy))
    await inside.wait()
    with pytest.raises(Busy):
        await small.read(number)
    leave.set()
    await first
    assert await small.read(number) == 0
    await small.close()


# -- broken connections ------------------------------------------------------------------------------------------------


def kick(pg: EmbeddedPostgres, database: str) -> None:
    """Break every connection to the database, as a restart of the server would."""
    pg.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'")


@pytest.mark.parametrize("how", ["write", "read", "call"])
async def test_broken_connections_are_busy_at_most_once(
    db: Database, pg: EmbeddedPostgres, database: str, how: str
) -> None:
    async def use() -> None:
        if how == "write":
            await db.write(add_one)
        elif how == "read":
            await db.read(number)
        else:
            await db.call("UPDATE thing SET n = n + 1 WHERE id = $1 RETURNING n", 1)

    await asyncio.gather(*(db.read(number) for _ in range(4)))
    kick(pg, database)
    answers = []
    for _ in range(4):
        try:
            await use()
            answers.append("done")
        except (Busy, OutcomeUnknown):
            # Of a statement that commits itself nobody can tell whether it was the answer that got lost.
            answers.append("busy")
    # The first one meets a dead connection and throws all of them away; nobody meets a second.
    assert answers[1:] == ["done"] * 3, answers


async def test_a_break_at_commit_is_told_as_unknown(db: Database) -> None:
    await db.write(
        lambda tx: tx.sql(
            """CREATE FUNCTION pull_the_plug() RETURNS trigger LANGUAGE plpgsql AS
               $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$"""
        )
    )
    await db.write(
        lambda tx: tx.sql(
            """CREATE CONSTRAINT TRIGGER plug AFTER UPDATE ON thing DEFERRABLE INITIALLY DEFERRED
               FOR EACH ROW EXECUTE FUNCTION pull_the_plug()"""
        )
    )
    tries = 0

    async def work(tx: Tx) -> None:
        nonlocal tries
        tries += 1
        await add_one(tx)

    with pytest.raises(OutcomeUnknown):
        await db.write(work)
    assert tries == 1  # never repeated blindly
    assert await db.read(number) == 0


async def test_a_server_that_became_read_only_is_left(db: Database, pg: EmbeddedPostgres, database: str) -> None:
    async def demote(tx: Tx) -> None:
        await tx.sql("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")

    # Every pooled connection behaves as on a primary that was demoted with its connections kept open.
    both = asyncio.Barrier(4)

    async def demote_one(tx: Tx) -> None:
        await demote(tx)
        await both.wait()

    await asyncio.gather(*(db.write(demote_one) for _ in range(4)))
    with pytest.raises(Busy):
        await db.write(add_one)  # 25006: the pool is purged, and the name resolved again
    await db.write(add_one)
    assert await db.read(number) == 1


async def test_new_connections_go_to_a_writable_server_only(
    db: Database, pg: EmbeddedPostgres, database: str, password_file: Path
) -> None:
    pg.sql(f'ALTER DATABASE "{database}" SET default_transaction_read_only = on')
    later = Database(settings(pg, database), FileSecrets(password_file))
    for _ in range(2):
        with pytest.raises(Busy):
            await later.write(add_one)
        with pytest.raises(Busy):
            await later.call("SELECT 1")
    pg.sql(f'ALTER DATABASE "{database}" RESET default_transaction_read_only')
    await later.write(add_one)
    await later.close()


async def test_nobody_there_is_busy(password_file: Path, pg: EmbeddedPostgres) -> None:
    nowhere = DatabaseSettings(primary_url=f"postgresql://{ROLE}@127.0.0.1:{free_ports(1)[0]}/x", connect_timeout_s=1)
    db = Database(nowhere, FileSecrets(password_file))
    for attempt in (db.write(number), db.read(number), db.browse(number), db.call("SELECT 1")):
        with pytest.raises(Busy):
            await attempt
    await db.close()


def rotate(pg: EmbeddedPostgres, file: Path, secrets: dict[str, str]) -> None:
    pg.sql(f"ALTER ROLE {ROLE} PASSWORD 'rotated-to-this-one'")
    file.write_text(json.dumps({**secrets, "database_password": "rotated-to-this-one"}))


async def test_a_rotated_password_is_read_again(
    db: Database, pg: EmbeddedPostgres, database: str, password_file: Path, local_secrets: dict[str, str]
) -> None:
    try:
        assert await db.read(number) == 0
        rotate(pg, password_file, local_secrets)
        kick(pg, database)
        for broken in (db.read(number), db.write(number)):
            with contextlib.suppress(Busy):
                await broken
        # The pool's new connections are refused with 28P01 once, and then log in with what the file says now.
        await asyncio.gather(*(db.write(add_one) for _ in range(4)))
        assert await db.read(number) == 4
    finally:
        pg.sql(f"ALTER ROLE {ROLE} PASSWORD '{local_secrets['database_password']}'")


# -- the replica -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def replica(pg: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    made = pg.start_replica(tmp_path_factory.mktemp("replica") / "data", free_ports(1)[0])
    yield made
    made.stop()
    pg.sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active")


async def test_browsing_reads_the_replica_and_deciding_never_does(
    db: Database, pg: EmbeddedPostgres, replica: EmbeddedPostgres, database: str, password_file: Path
) -> None:
    both = Database(settings(pg, database, replica_url=replica.url(database)), FileSecrets(password_file))
    await eventually(lambda: replica.lag_bytes(pg) == 0, 30)
    assert await both.browse(is_replica)
    assert not await both.browse(is_replica, fresh=True)
    assert not await both.read(is_replica)
    assert not await both.write(is_replica)
    await both.write(add_one)
    assert await both.browse(number, fresh=True) == 1

    async def arrived() -> bool:
        return await both.browse(number) == 1

    await eventually(arrived, 30)
    await both.close()


async def test_a_lost_replica_costs_nothing_but_its_help(
    db: Database, pg: EmbeddedPostgres, replica: EmbeddedPostgres, database: str, password_file: Path
) -> None:
    both = Database(settings(pg, database, replica_url=replica.url(database)), FileSecrets(password_file))
    await eventually(lambda: replica.lag_bytes(pg) == 0, 30)
    assert await both.browse(is_replica)
    replica.stop()
    for _ in range(3):
        assert await both.browse(number) == 0
        assert not await both.browse(is_replica)
    await both.write(add_one)
    replica.start()

    async def back() -> bool:
        return await both.browse(is_replica)

    await eventually(back, 30)
    await both.close()
