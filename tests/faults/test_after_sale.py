"""A statement, a commit or a word outside of a refund, of a cancellation with money, or of a payment at the desk is the
last thing that a process does. Staff come back with the same key, or never; whatever was begun is done once.

With ``FRONTROW_FAULTS=all`` each of them is, both ways. Otherwise it's each commit, before and after, each word to and
from Stripe and an eighth of the statements: between two commits nothing lasts.
"""

import asyncio
import os
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

import pytest

from frontrow.auditor.main import audit
from frontrow.core.db import Tx
from frontrow.people.access import Doorkeeper
from frontrow.people.actions import sessions
from tests.faults import after_sale
from tests.faults.after_sale import Deed
from tests.faults.boundaries import KILLED
from tests.faults.conftest import World
from tests.faults.purchase import Refusal

AT_ONCE = 4
A_FEW = 8

_FOUND = """
SELECT o.state,
       (SELECT count(*) FROM payment WHERE order_id = o.id) AS payments,
       (SELECT coalesce(sum(captured), 0)::int FROM payment WHERE order_id = o.id) AS captured,
       (SELECT coalesce(sum(refunded), 0)::int FROM payment WHERE order_id = o.id) AS refunded,
       ARRAY(SELECT r.state FROM refund r JOIN payment p ON p.id = r.payment_id WHERE p.order_id = o.id) AS refunds,
       (SELECT count(*) FROM cancellation WHERE order_id = o.id) AS cancellations,
       (SELECT count(*) FROM order_line WHERE order_id = o.id AND reverses_id IS NOT NULL) AS reversed,
       (SELECT count(*) FROM ticket WHERE order_id = o.id AND state = 'valid') AS tickets,
       (SELECT count(*) FROM seat WHERE performance_id = o.performance_id AND state = 'sold' AND order_id = o.id)
         AS seats,
       (SELECT coalesce(sum(amount), 0)::int FROM ledger_entry WHERE order_id = o.id AND account = 'refunds') AS booked,
       o.total, o.code
  FROM orders o WHERE o.id = :order
"""


@dataclass(frozen=True)
class Outcome:
    """One order, counted. Money in minor units; ``back`` is what Stripe gave back, ``letters`` those of this deed."""

    state: str
    payments: int
    captured: int
    refunded: int
    refunds: tuple[str, ...]
    cancellations: int
    reversed: int
    tickets: int
    seats: int
    booked: int
    back: int
    letters: int


async def outcome(world: World, deed: Deed, before: int) -> Outcome:
    """``before``: how many mails the purchase brought."""

    async def look(tx: Tx) -> Any:
        return (await tx.sql(_FOUND, order=uuid.UUID(deed.order_id))).one()

    row = await world.till.worker.runtime.db.read(look)
    intents = {one["id"] for one in world.seen.intents([row.code])}
    return Outcome(
        *(row[name] for name in ("state", "payments", "captured", "refunded")),
        tuple(row.refunds),
        *(row[name] for name in ("cancellations", "reversed", "tickets", "seats", "booked")),
        world.seen.refunded(intents),
        len(set(world.seen.message_ids(deed.plan.email))) - before,
    )


async def staff(world: World) -> str:
    """The bearer token of the house's manager."""
    rt = world.till.worker.runtime
    await world.sql("UPDATE team_member SET role = 'manager' WHERE user_id = :id", id=world.door)
    opened = await rt.db.write(lambda tx: sessions.begin(tx, world.door, 86_400, "tests"))
    return await Doorkeeper(rt).sign(world.door, opened.session_id)


Make = Callable[[World, str], Awaitable[Deed]]


async def refund(world: World, bearer: str) -> Deed:
    """All the money of an order with whose tickets people went in."""
    plan = await world.plan()
    order = await world.till.purchase(plan)
    return Deed(plan, order["id"], "refunds", {"force": True, "reason": "rain"}, bearer)


async def cancellation(world: World, bearer: str) -> Deed:
    """The first of two places, with its money."""
    plan = await world.plan()
    order = await world.till.purchase(plan)
    body = {"line_ids": [order["lines"][0]["id"]], "refund": True, "force": True, "reason": "ill"}
    return Deed(plan, order["id"], "cancellations", body, bearer)


async def offline(world: World, bearer: str) -> Deed:
    """Cash for an order that waits."""
    plan = await world.plan()
    return Deed(plan, await after_sale.place(world.till, plan), "payment/offline", {"method": "cash"}, bearer)


def wanted(deed: Deed, found: Outcome, *, done: bool, total: int, part: int) -> Outcome:
    """What it must be once it was done, or never. ``part`` is what the cancelled line had cost."""
    sold = Outcome("paid", 1, total, 0, (), 0, 0, 2, 2, 0, 0, 0)
    match deed.door, done:
        case "refunds", True:
            return Outcome("refunded", 1, total, total, ("succeeded",), 1, 0, 0, 0, total, total, found.letters)
        case "cancellations", True:
            return Outcome("paid", 1, total, part, ("succeeded",), 1, 1, 1, 1, part, part, found.letters)
        case "payment/offline", True:
            return Outcome("paid", 1, total, 0, (), 0, 0, 2, 2, 0, 0, 1)
        case "payment/offline", False:
            return Outcome("expired", 0, 0, 0, (), 0, 0, 0, 0, 0, 0, 0)
    return sold


async def in_turn(work: list[Callable[[], Awaitable[Any]]]) -> list[Any]:
    """A few at a time."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(at: Callable[[], Awaitable[Any]]) -> Any:
        async with places:
            return await at()

    return await asyncio.gather(*(one(at) for at in work))


def chosen(boundaries: list[str], stages: tuple[str, ...]) -> list[tuple[int, str, bool]]:
    """Where to die, and whether staff come back: both ways at the door's own commit, else in turn."""
    everything = os.environ.get("FRONTROW_FAULTS") == "all"
    deaths = []
    for at, name in enumerate(boundaries):
        stage, what = name.split("/", 1)
        if stage not in stages or not (everything or at % A_FEW == 0 or what.startswith(("commit", "stripe"))):
            continue
        both = everything or name.startswith("desk/commit")
        deaths += [(at, name, returns) for returns in (False, True) if both or len(deaths) % 2 == returns]
    return deaths


@pytest.mark.parametrize(
    ("make", "stages"),
    [
        (refund, ("desk", "payments.refund")),
        (cancellation, ("desk", "payments.refund")),
        (offline, ("desk",)),
    ],
    ids=["refund", "cancellation", "offline"],
)
async def test_a_death_at_any_boundary_leaves_one_effect(world: World, make: Make, stages: tuple[str, ...]) -> None:
    bearer = await staff(world)
    code, boundaries = await world.run({"deed": asdict(await make(world, bearer))})
    assert code == 0, boundaries
    deaths = chosen(boundaries, stages)
    print(*deaths, sep="\n")  # noqa: T201 -- pytest shows it when something is wrong
    deeds = await in_turn([lambda: make(world, bearer) for _ in deaths])
    await world.look_outside()
    before = [len(set(world.seen.message_ids(deed.plan.email))) for deed in deeds]

    killed = [
        lambda deed=deed, at=at, name=name: world.run({"deed": asdict(deed)}, at, name)
        for deed, (at, name, _) in zip(deeds, deaths, strict=True)
    ]
    assert {code for code, _ in await in_turn(killed)} == {KILLED}

    async def back(deed: Deed, *, patient: bool) -> None:
        try:
            await after_sale.do(world.till, deed)
        except Refusal as refusal:
            if not (patient and refusal.busy):
                raise

    returning = [deed for deed, (_, _, returns) in zip(deeds, deaths, strict=True) if returns]
    await in_turn([lambda deed=deed: back(deed, patient=True) for deed in returning])
    await world.survivors.go_on(45)  # leases lapse
    await in_turn([lambda deed=deed: back(deed, patient=False) for deed in returning])
    for seconds in (61, 1800, 60):
        await world.survivors.go_on(seconds)

    await world.look_outside()
    committed = boundaries.index("desk/committed")
    wrong = []
    for deed, (at, name, returns), mails in zip(deeds, deaths, before, strict=True):
        found = await outcome(world, deed, mails)
        total, part = await figures(world, deed)
        must = wanted(deed, found, done=returns or at >= committed, total=total, part=part)
        if found != must:
            wrong.append(f"{at} {name} ({'back' if returns else 'gone'}):\n  found  {found}\n  wanted {must}")
    assert wrong == [], "\n".join(wrong)
    assert await audit(world.till.worker.runtime.db) == []


async def figures(world: World, deed: Deed) -> tuple[int, int]:
    """What an order's places cost, and the first of them."""

    async def look(tx: Tx) -> Any:
        found = await tx.sql(
            """SELECT o.total, (SELECT unit_price - discount + fee + added_tax FROM order_line
                                 WHERE order_id = o.id AND reverses_id IS NULL ORDER BY seat_no LIMIT 1) AS part
                 FROM orders o WHERE o.id = :order""",
            order=uuid.UUID(deed.order_id),
        )
        return found.one()

    row = await world.till.worker.runtime.db.read(look)
    return row.total, row.part
