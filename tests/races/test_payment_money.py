"""Money asked for, taken and given back by two at once; each race with a control, locks off, that goes wrong."""

import asyncio
import dataclasses
import json
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from frontrow.core.db import Tx
from frontrow.core.ids import new_id
from frontrow.core.rows import Result
from frontrow.core.runtime import Runtime
from frontrow.gateways.stripe import Intent
from frontrow.orders import actions as orders
from frontrow.payments.actions import desk, statements
from frontrow.payments.actions.settle import Sale, settle
from frontrow.payments.errors import NotRefundable, TicketUsed
from frontrow.seats import actions as seats
from frontrow.tickets import queries as ticket_queries
from frontrow.tickets.actions.scan import Scan
from tests.factories.house import House
from tests.races.gate import somebody_waits_for_a_row

T = TypeVar("T")
LOCKS = ("FOR NO KEY UPDATE OF p", "FOR NO KEY UPDATE OF s", "FOR NO KEY UPDATE", "FOR SHARE OF t")
STAFF = uuid.UUID(int=9)


def unlocked(statement: str) -> str:
    for lock in LOCKS:
        statement = statement.replace(lock, "")
    return statement


class LooseTx(Tx):
    """A transaction whose readings lock nothing, that waits for the other one before it writes ``at``, and that leaves
    the guard ``without`` out of its statements."""

    def __init__(self, tx: Tx, meet: asyncio.Barrier, at: str, without: str = "FOR NO KEY UPDATE") -> None:
        super().__init__(tx.session)
        self._meet, self._at, self._without = meet, at, without

    async def sql(self, statement: str, **parameters: Any) -> Result:
        if self._at in statement:
            await self._meet.wait()
        return await super().sql(unlocked(statement).replace(self._without, ""), **parameters)


async def paying(rt: Runtime, house: House, places: list[int]) -> tuple[uuid.UUID, Intent]:
    """An order whose buyer has just been authorised; returns its payment and the intent."""
    buyer, payment_id, intent_id = new_id(), new_id(), f"pi_{uuid.uuid4().hex}"
    held = await seats.hold_seats(rt.db, rt.settings.till, house.performance_id, buyer, places, str(new_id()))
    assert isinstance(held, seats.Held)

    async def work(tx: Tx) -> Intent:
        wish = orders.Wish(held.hold_id, "ben@frontrow.example", "Ben", "en")
        order_id = await orders.place_order(tx, wish, buyer, None, str(new_id()), rt.settings.stripe)
        order = (await tx.sql("SELECT id, total, currency FROM orders WHERE id = :order", order=order_id)).one()
        await tx.sql(
            statements.OPENED,
            order=order_id,
            expires=held.expires_at,
            before="pending",
            payment=payment_id,
            kind="card",
            topic="payments.create_intent",
            create_key=f"create:{payment_id}",
            payload=json.dumps({"payment_id": str(payment_id)}),
            leased=60.0,
        )
        await tx.sql(
            "UPDATE payment SET intent_id = :intent, state = 'open' WHERE id = :id", intent=intent_id, id=payment_id
        )
        return Intent(
            intent_id, "requires_capture", order.total, 0, order.currency, "secret", payment_id, livemode=False
        )

    return payment_id, await rt.db.write(work)


def captured(intent: Intent) -> Intent:
    return dataclasses.replace(intent, status="succeeded", captured=intent.amount)


async def paid(rt: Runtime, house: House, places: list[int]) -> tuple[uuid.UUID, Intent]:
    payment_id, intent = await paying(rt, house, places)
    assert isinstance(await settle(rt, payment_id, intent, "authorised"), Sale)
    assert await settle(rt, payment_id, captured(intent), "captured") is None
    return payment_id, intent


async def one(rt: Runtime, statement: str, **values: Any) -> Any:
    return (await rt.db.read(lambda tx: tx.sql(statement, **values))).scalar_one()


async def order_of(rt: Runtime, payment_id: uuid.UUID) -> uuid.UUID:
    found: uuid.UUID = await one(rt, "SELECT order_id FROM payment WHERE id = :id", id=payment_id)
    return found


async def behind_a_row(
    rt: Runtime, order_id: uuid.UUID, runners: list[Callable[[], Awaitable[T]]]
) -> list[T | BaseException]:
    """Start all while somebody else has the order's row; let them go once every one of them waits."""

    async def keeper(tx: Tx) -> list[asyncio.Future[T]]:
        await tx.sql("SELECT 1 FROM orders WHERE id = :order FOR NO KEY UPDATE", order=order_id)
        tasks: list[asyncio.Future[T]] = [asyncio.ensure_future(run()) for run in runners]
        await somebody_waits_for_a_row(rt, len(tasks))
        return tasks

    return list(await asyncio.gather(*await rt.db.write(keeper), return_exceptions=True))


async def test_news_twice_at_once_is_booked_once(rt: Runtime, house: House) -> None:
    payment_id, intent = await paying(rt, house, [1, 2])
    order_id = await order_of(rt, payment_id)
    told = await behind_a_row(rt, order_id, [lambda: settle(rt, payment_id, intent, "news")] * 2)
    assert sorted(isinstance(one, Sale) for one in told) == [False, True]
    await behind_a_row(rt, order_id, [lambda: settle(rt, payment_id, captured(intent), "news")] * 3)
    assert await one(rt, "SELECT count(DISTINCT transaction_id) FROM ledger_entry") == 1
    assert await one(rt, "SELECT count(*) FROM order_step WHERE to_state IN ('capturing', 'paid')") == 2


async def test_control_without_the_lock_news_is_booked_twice(rt: Runtime, house: House) -> None:
    payment_id, intent = await paying(rt, house, [1, 2])
    assert isinstance(await settle(rt, payment_id, intent, "authorised"), Sale)
    values = {
        "payment": payment_id,
        "captured": intent.amount,
        "currency": intent.currency,
        "why": "news",
        "fact": "orders.order_paid",
        "key": f"capture:{payment_id}",
    }

    async def book() -> None:
        await rt.db.once(unlocked(statements.PAID), transaction=new_id(), **values)

    await behind_a_row(rt, await order_of(rt, payment_id), [book, book])
    assert await one(rt, "SELECT count(DISTINCT transaction_id) FROM ledger_entry") == 2


async def test_the_order_is_locked_before_its_payment(rt: Runtime, house: House) -> None:
    payment_id, intent = await paying(rt, house, [1])
    order_id = await order_of(rt, payment_id)

    async def keeper(tx: Tx) -> asyncio.Task[Sale | None]:
        await tx.sql("SELECT 1 FROM orders WHERE id = :order FOR NO KEY UPDATE", order=order_id)
        waiting = asyncio.create_task(settle(rt, payment_id, intent, "news"))
        await somebody_waits_for_a_row(rt)
        # Whoever waits for the order has nothing of the payment yet: this would wait for them, and they for us.
        await tx.sql("SELECT 1 FROM payment WHERE id = :id FOR NO KEY UPDATE NOWAIT", id=payment_id)
        return waiting

    assert isinstance(await (await rt.db.write(keeper)), Sale)


async def refund_twice(rt: Runtime, order_id: uuid.UUID, amount: int, wrap: Callable[[Tx], Tx]) -> list[Any]:
    async def ask() -> uuid.UUID:
        return await rt.db.write(lambda tx: desk.request_refund(wrap(tx), order_id, amount, "", STAFF, str(new_id())))

    return list(await asyncio.gather(ask(), ask(), return_exceptions=True))


async def test_two_refunds_at_once_are_no_more_than_was_captured(rt: Runtime, house: House) -> None:
    payment_id, intent = await paid(rt, house, [1, 2])
    order_id = await order_of(rt, payment_id)

    async def ask() -> uuid.UUID:
        amount = intent.amount * 6 // 10
        return await rt.db.write(lambda tx: desk.request_refund(tx, order_id, amount, "", STAFF, str(new_id())))

    told = await behind_a_row(rt, order_id, [ask, ask])
    assert sorted(isinstance(one, NotRefundable) for one in told) == [False, True]
    assert await one(rt, "SELECT sum(amount) FROM refund") <= intent.amount


async def test_control_without_the_locks_more_is_refunded_than_was_captured(rt: Runtime, house: House) -> None:
    payment_id, intent = await paid(rt, house, [1, 2])
    await rt.db.write(lambda tx: tx.sql("ALTER TABLE refund DROP CONSTRAINT uq_refund_payment_id_seq"))
    meet = asyncio.Barrier(2)
    await refund_twice(
        rt,
        await order_of(rt, payment_id),
        intent.amount * 6 // 10,
        lambda tx: LooseTx(tx, meet, "INSERT INTO refund"),
    )
    assert await one(rt, "SELECT sum(amount) FROM refund") > intent.amount


async def let_in(tx: Tx, order_id: uuid.UUID) -> Scan:
    """The door's decision about the order's ticket (T12): look, then let in."""
    ticket = (
        await tx.sql(
            "SELECT t.id, t.state, t.organiser_id FROM ticket t WHERE order_id = :order FOR SHARE OF t", order=order_id
        )
    ).one()
    if ticket.state != "valid":
        return Scan("void", ticket)
    await tx.sql(
        """INSERT INTO checkin (organiser_id, ticket_id, list_id, ok)
           SELECT :organiser, :ticket, id, true FROM checkin_list""",
        organiser=ticket.organiser_id,
        ticket=ticket.id,
    )
    return Scan("admitted", ticket)


WISH = desk.Cancel(None, refund=True, reason="")


async def test_void_against_scan_the_tickets_row_decides(rt: Runtime, house: House) -> None:
    """Who is let in first keeps the ticket; who is cancelled first isn't let in."""
    first, second = [await order_of(rt, (await paid(rt, house, [seat]))[0]) for seat in (1, 2)]

    async def cancel(order_id: uuid.UUID) -> uuid.UUID:
        return await rt.db.write(lambda tx: desk.request_cancellation(tx, order_id, WISH, STAFF, str(new_id())))

    async def enter_first(tx: Tx) -> asyncio.Task[uuid.UUID]:
        assert (await let_in(tx, first)).verdict == "admitted"
        waiting = asyncio.create_task(cancel(first))
        await somebody_waits_for_a_row(rt)
        return waiting

    told = await asyncio.gather(await rt.db.write(enter_first), return_exceptions=True)
    assert isinstance(told[0], TicketUsed)
    assert await one(rt, "SELECT state FROM orders WHERE id = :order", order=first) == "paid"

    async def cancel_first(tx: Tx) -> asyncio.Task[Scan]:
        await desk.request_cancellation(tx, second, WISH, STAFF, str(new_id()))
        waiting = asyncio.create_task(rt.db.write(lambda door: let_in(door, second)))
        await somebody_waits_for_a_row(rt)
        return waiting

    assert (await (await rt.db.write(cancel_first))).verdict == "void"
    assert await rt.db.read(lambda tx: ticket_queries.used_lines(tx, second)) == []


async def test_control_without_the_tickets_lock_somebody_goes_in_on_a_void_ticket(rt: Runtime, house: House) -> None:
    order_id = await order_of(rt, (await paid(rt, house, [1]))[0])
    meet = asyncio.Barrier(2)

    async def enter() -> Scan:
        return await rt.db.write(lambda tx: let_in(LooseTx(tx, meet, "INSERT INTO checkin"), order_id))

    async def cancel() -> None:
        await rt.db.write(lambda tx: desk.request_cancellation(tx, order_id, WISH, STAFF, str(new_id())))
        await meet.wait()

    entered, _ = await asyncio.gather(enter(), cancel())
    assert entered.verdict == "admitted"
    assert await one(rt, "SELECT state FROM ticket WHERE order_id = :order", order=order_id) == "void"
