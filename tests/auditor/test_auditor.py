"""Every question is proved by faults planted for it, and a healthy house answers none."""

from collections.abc import AsyncIterator
from typing import Any, TypeAlias

import asyncpg
import pytest

from frontrow.auditor import main as auditor
from frontrow.auditor.main import QUESTIONS, Finding, audit
from frontrow.auditor.queries.flow import LEGAL_STEPS
from frontrow.auditor.queries.question import Question
from frontrow.auditor.queries.schema import CONSTRAINTS, PARENTS
from frontrow.core.runtime import Runtime
from frontrow.local.postgres import SUPERUSER, EmbeddedPostgres
from frontrow.orders.rules import STEPS
from tests.auditor.plants import PLANTS
from tests.auditor.world import World, build_world
from tests.factories.house import build_house

Planter: TypeAlias = "asyncpg.Connection[Any]"

BY_NAME = {question.name: question for question in QUESTIONS}
FOREIGN = "child_of_another_organiser"


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


async def planted(connection: Planter, name: str, fault: str) -> list[dict[str, Any]]:
    """What the question finds while the fault is there; afterwards it's as if it had never been."""
    change = connection.transaction()
    await change.start()
    try:
        await connection.execute(fault)
        return await ask(connection, name)
    finally:
        await change.rollback()


async def test_a_healthy_house_answers_no_question(rt: Runtime, world: World) -> None:
    assert await audit(rt.db) == []


async def test_an_empty_house_answers_no_question(rt: Runtime) -> None:
    assert await audit(rt.db) == []


def test_every_question_has_its_faults() -> None:
    assert set(PLANTS) | {FOREIGN} == set(BY_NAME)
    assert len(BY_NAME) == len(QUESTIONS)
    # 13 and 14 wait for coupons and the accounts' cap.
    assert {question.number for question in QUESTIONS} == set(range(1, 22)) - {13, 14}


async def test_every_question_finds_its_faults(world: World, planter: Planter) -> None:
    # One test, because a world takes longer to build than all faults to plant.
    missed = [
        (name, fault)
        for name, faults in PLANTS.items()
        for fault in faults
        if not await planted(planter, name, world.fill(fault))
    ]
    assert missed == []
    assert [name for name in BY_NAME if await ask(planter, name)] == []


async def test_a_child_of_another_organiser_is_found_in_every_table(world: World, planter: Planter) -> None:
    for child, column, _parent in PARENTS:
        first = ""
        if column == "reverses_id":
            first = """UPDATE order_line SET reverses_id = (SELECT id FROM order_line WHERE seat_no = 1),
                              unit_price = -unit_price, fee = -fee, tax = -tax WHERE seat_no = 2;"""
        only = "WHERE reverses_id IS NOT NULL" if column == "reverses_id" else ""
        found = await planted(
            planter, FOREIGN, world.fill(f"{first} UPDATE {child} SET organiser_id = {{other}} {only}")
        )
        assert [row for row in found if row["child"] == child and row["refers_by"] == column], (child, column)


async def test_a_row_whose_parent_is_gone_is_found(world: World, planter: Planter) -> None:
    found = await planted(planter, FOREIGN, world.fill("DELETE FROM orders WHERE id = {paid}"))
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
        found = await planted(planter, "missing_guard", f"ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE")
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


@pytest.mark.parametrize(("found", "code"), [([], 0), ([Finding(1, "n", "t", [{"seat_no": 7}])], 1)])
def test_the_command_tells_by_its_exit_code(
    found: list[Finding], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def answer(_settings: object) -> list[Finding]:
        return found

    monkeypatch.setattr(auditor, "_audit_settings", answer)
    assert auditor.main() == code
    assert ("seat_no=7" in capsys.readouterr().out) == bool(found)
    assert auditor.main(as_json=True) == code
    assert ('"seat_no": 7' in capsys.readouterr().out) == bool(found)
