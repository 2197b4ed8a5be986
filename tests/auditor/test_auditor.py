"""Every question is proved by faults planted for it, and a healthy house answers none."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg
import pytest

from frontrow.auditor.main import QUESTIONS, audit
from frontrow.auditor.queries.flow import LEGAL_STEPS
from frontrow.auditor.queries.question import Question
from frontrow.auditor.queries.schema import CONSTRAINTS, PARENTS
from frontrow.core.runtime import Runtime
from frontrow.core.settings import Settings
from frontrow.local.ports import free_ports
from frontrow.local.postgres import SUPERUSER, EmbeddedPostgres
from frontrow.orders.rules import STEPS
from tests.auditor.plants import PLANTS as FIRST_PLANTS
from tests.auditor.plants import Plant
from tests.auditor.plants_coupons import LIMIT_PLANTS
from tests.auditor.world import World, build_world
from tests.factories.house import build_house

Planter: TypeAlias = "asyncpg.Connection[Any]"

BY_NAME = {question.name: question for question in QUESTIONS}
FOREIGN = "child_of_another_organiser"
PLANTS = {**FIRST_PLANTS, **LIMIT_PLANTS}
OPERATIONS = Path(__file__).parents[2] / "docs/operations.md"


@pytest.fixture
async def world(rt: Runtime) -> World:
    return await build_world(rt.db, await build_house(rt.db))


@pytest.fixture
async def planter(pg: EmbeddedPostgres, database: str, world: World) -> AsyncIterator[Planter]:
    """A superuser's connection to the world's database, on which triggers and foreign keys sleep."""
    connection = await asyncpg.connect(
        host="127.0.0.1",
        port=pg.port,
        user=SUPERUSER,
        password=(pg.data_dir / "superuser.password").read_text(),
        database=database,
    )
    await connection.execute("SET session_replication_role = replica")
    yield connection
    await connection.close()


async def ask(connection: Planter, name: str) -> list[dict[str, Any]]:
    return [dict(row) for row in await connection.fetch(BY_NAME[name].sql)]


async def ask_all(connection: Planter) -> set[str]:
    """The questions that find something."""
    asked = "\nUNION ALL\n".join(
        f"SELECT '{question.name}' WHERE EXISTS (SELECT FROM ({question.sql}) AS found)" for question in QUESTIONS
    )
    return {row[0] for row in await connection.fetch(asked)}


@asynccontextmanager
async def planted(connection: Planter, fault: str) -> AsyncIterator[None]:
    """While the fault is there; afterwards it's as if it had never been."""
    change = connection.transaction()
    await change.start()
    try:
        await connection.execute(fault)
        yield
    finally:
        await change.rollback()


async def test_a_healthy_house_answers_no_question(rt: Runtime, world: World) -> None:
    assert await audit(rt.db) == []


async def test_an_empty_house_answers_no_question(rt: Runtime) -> None:
    assert await audit(rt.db) == []


def test_every_number_has_a_question_and_every_question_its_faults() -> None:
    assert {question.number for question in QUESTIONS} == set(range(1, 23))
    assert len(BY_NAME) == len(QUESTIONS)
    assert set(PLANTS) | {FOREIGN} == set(BY_NAME)
    assert all(PLANTS.values())


def test_the_maintainers_page_explains_every_question() -> None:
    rows = re.findall(r"^\| (\d+) \| (.*?) \|", OPERATIONS.read_text(), re.MULTILINE)
    explained = {(int(number), name) for number, names in rows for name in re.findall(r"`(\w+)`", names)}
    assert {(question.number, question.name) for question in QUESTIONS} == explained


async def test_every_fault_is_found_by_its_question_and_by_no_unexpected_one(world: World, planter: Planter) -> None:
    # One test, because a world takes longer to build than all faults to plant.
    wrong = []
    for name, faults in PLANTS.items():
        for fault in faults:
            plant = fault if isinstance(fault, Plant) else Plant(fault)
            async with planted(planter, world.fill(plant.fault)):
                found = await ask_all(planter)
            if found != {name} | plant.also:
                wrong.append((name, plant.fault, found))
    assert wrong == [], "\n".join(map(str, wrong))
    assert await ask_all(planter) == set()


async def test_a_child_of_another_organiser_is_found_in_every_table(world: World, planter: Planter) -> None:
    for child, column, _parent in PARENTS:
        first = ""
        if column == "reverses_id":
            first = """UPDATE order_line SET reverses_id = (SELECT id FROM order_line WHERE seat_no = 1),
                              unit_price = -unit_price, fee = -fee, tax = -tax WHERE seat_no = 2;"""
        if child == "performance_cancellation":
            first = f"INSERT INTO {child} (performance_id, organiser_id) VALUES ({{performance}}, {{organiser}});"
        only = "WHERE reverses_id IS NOT NULL" if column == "reverses_id" else ""
        async with planted(planter, world.fill(f"{first} UPDATE {child} SET organiser_id = {{other}} {only}")):
            found = await ask(planter, FOREIGN)
        assert [row for row in found if row["child"] == child and row["refers_by"] == column], (child, column)


async def test_a_row_whose_parent_is_gone_is_found(world: World, planter: Planter) -> None:
    async with planted(planter, world.fill("DELETE FROM orders WHERE id = {paid}")):
        found = await ask(planter, FOREIGN)
    assert {row["child"] for row in found} >= {"seat", "ticket", "payment", "order_line", "order_step", "ledger_entry"}


async def test_every_missing_constraint_is_found(planter: Planter) -> None:
    tables = {
        row["conname"]: row["of_table"]
        for row in await planter.fetch(
            "SELECT conname, conrelid::regclass::text AS of_table FROM pg_constraint WHERE conname = ANY ($1)",
            list(CONSTRAINTS),
        )
    }
    assert set(tables) == set(CONSTRAINTS)
    for name, table in tables.items():
        async with planted(planter, f"ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE"):
            found = await ask(planter, "missing_guard")
        assert {"kind": "constraint", "name": name} in found


async def test_a_lasting_fault_is_reported_with_its_rows(rt: Runtime, world: World, planter: Planter) -> None:
    await planter.execute("UPDATE ticket SET state = 'void' WHERE seat_no = 1")
    found = await audit(rt.db)
    # The seat has lost its ticket, and somebody went in with it.
    assert [finding.name for finding in found] == ["sold_seat_without_its_ticket", "entry_without_admission"]
    assert found[0].number == 2
    assert found[0].rows[0]["seat_no"] == 1


async def test_auditing_writes_nothing_and_sees_one_snapshot(rt: Runtime, world: World) -> None:
    probe = Question(
        1, "settings", "how we ask", "SELECT current_setting('transaction_isolation') AS isolation,"
        " current_setting('transaction_read_only') AS read_only, pg_is_in_recovery() AS replica",
    )  # fmt: skip
    [finding] = await audit(rt.db, (probe,))
    assert finding.rows == [{"isolation": "repeatable read", "read_only": "on", "replica": False}]


def test_the_steps_that_orders_take_are_all_legal() -> None:
    taken = {(before, after) for before, afters in STEPS.items() for after in afters}
    assert taken <= set(LEGAL_STEPS)


def command(settings: Settings, *words: str, **changes: str) -> "subprocess.CompletedProcess[str]":
    """`frontrow audit`, as a schedule runs it."""
    assert settings.secrets.file is not None
    return subprocess.run(
        [sys.executable, "-m", "frontrow.cli", "audit", *words],
        env={
            **os.environ,
            "FRONTROW_DATABASE__PRIMARY_URL": settings.database.primary_url,
            "FRONTROW_SECRETS__FILE": str(settings.secrets.file.absolute()),
            **changes,
        },
        capture_output=True,
        text=True,
        check=False,
    )


async def test_the_command_tells_by_its_exit_code(settings: Settings, world: World, planter: Planter) -> None:
    healthy = await asyncio.to_thread(command, settings)
    assert (healthy.returncode, healthy.stdout) == (0, f"{len(QUESTIONS)} questions, nothing found.\n"), healthy.stderr
    await planter.execute("UPDATE ticket SET state = 'void' WHERE seat_no = 1")
    told = await asyncio.to_thread(command, settings)
    assert told.returncode == 1
    assert "sold_seat_without_its_ticket" in told.stdout
    as_json = await asyncio.to_thread(command, settings, "--json")
    assert as_json.returncode == 1
    found = json.loads(as_json.stdout)
    assert [finding["name"] for finding in found] == ["sold_seat_without_its_ticket", "entry_without_admission"]
    assert found[0]["rows"][0]["seat_no"] == 1


async def test_a_database_that_cannot_be_asked_is_no_good_news(settings: Settings) -> None:
    nowhere = f"postgresql://frontrow@127.0.0.1:{free_ports(1)[0]}/frontrow"
    said = await asyncio.to_thread(command, settings, FRONTROW_DATABASE__PRIMARY_URL=nowhere)
    assert (said.returncode, said.stdout) == (2, "")
    assert "couldn't be asked" in said.stderr
