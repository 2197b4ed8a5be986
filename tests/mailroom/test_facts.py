"""Every fact that concerns a buyer is told: what happened, what it means for seats and money, what to do."""

import asyncio
import functools
import uuid
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from icalendar import Calendar

from frontrow.core import outbox
from frontrow.core.db import Tx
from frontrow.core.errors import Busy
from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.events import actions as events
from frontrow.events.messages import PERFORMANCE_MOVED
from frontrow.gateways.hub import Gateways
from frontrow.mailroom import jobs
from frontrow.mailroom.messages import MOVED
from frontrow.orders.messages import ORDER_FAILED, ORDER_PAID
from frontrow.payments.messages import LINES_CANCELLED, REFUND_MADE
from frontrow.tickets.actions import issue
from tests.factories.house import House
from tests.factories.orders import PayFor
from tests.factories.smtp import MailServer

LATER = datetime(2027, 3, 5, 19, 0, tzinfo=UTC)


async def sql(rt: Runtime, statement: str, **values: object) -> list[Any]:
    async def work(tx: Tx) -> list[Any]:
        return list(await tx.sql(statement, **values))

    return await rt.db.write(work)


async def tell(rt: Runtime, gw: Gateways, topic: str, **payload: object) -> None:
    """What a worker does with an outbox row."""
    await jobs.handlers(rt, gw)[topic]({name: str(value) for name, value in payload.items()})


async def run_outbox(rt: Runtime, gw: Gateways, topics: str) -> int:
    """Run all rows of these topics, those that rest included, and return how many there were."""
    handlers, ran = jobs.handlers(rt, gw), 0
    while todo := await sql(
        rt,
        "SELECT id, topic, payload FROM outbox WHERE done_at IS NULL AND topic LIKE :topics ORDER BY id",
        topics=topics,
    ):
        for row in todo:
            await handlers[row.topic](row.payload)
            await rt.db.write(functools.partial(outbox.done, row_id=row.id))
        ran += len(todo)
    return ran


def bodies(letter: EmailMessage) -> list[str]:
    """What it says in plain text and in HTML, blanks and line breaks as one blank."""
    parts = [letter.get_body((kind,)) for kind in ("plain", "html")]
    return [" ".join(part.get_content().split()) for part in parts if part is not None]


def calendar(letter: EmailMessage) -> Any:
    [part] = [one for one in letter.iter_attachments() if one.get_content_type() == "text/calendar"]
    [entry] = Calendar.from_ical(part.get_content()).walk("VEVENT")
    return entry


async def payment(rt: Runtime, order_id: uuid.UUID, captured: int, method: str = "stripe") -> uuid.UUID:
    payment_id = new_id()
    await sql(
        rt,
        """INSERT INTO payment (id, organiser_id, order_id, method, state, amount, captured, currency)
           SELECT :id, organiser_id, id, :method, 'captured', total, :captured, currency
             FROM orders WHERE id = :order""",
        id=payment_id,
        order=order_id,
        captured=captured,
        method=method,
    )
    return payment_id


async def refund(rt: Runtime, payment_id: uuid.UUID, amount: int, state: str = "succeeded") -> uuid.UUID:
    refund_id = new_id()
    await sql(
        rt,
        """INSERT INTO refund (id, organiser_id, payment_id, seq, amount, state)
           SELECT :id, organiser_id, id, 1, :amount, :state FROM payment WHERE id = :payment""",
        id=refund_id,
        payment=payment_id,
        amount=amount,
        state=state,
    )
    await sql(rt, "UPDATE payment SET refunded = refunded + :amount WHERE id = :id", amount=amount, id=payment_id)
    return refund_id


@pytest.mark.parametrize(
    ("captured", "locale", "sentence"),
    [
        (0, "en", "You were not charged."),
        (4250, "en", "Your money is going back: €42.50 was taken"),
        (0, "de", "Ihnen wurde nichts berechnet."),
        (4250, "de", "Ihr Geld kommt zurück: 42,50 € wurden abgebucht"),
    ],
)
async def test_failed_tells_of_seats_and_money(
    rt: Runtime, gw: Gateways, server: MailServer, pay_for: PayFor, captured: int, locale: str, sentence: str
) -> None:
    order_id = await pay_for([1], paid=False, locale=locale)
    await sql(rt, "UPDATE orders SET state = 'failed'")
    if captured:
        await payment(rt, order_id, captured)
    for _ in range(2):
        await tell(rt, gw, ORDER_FAILED, order_id=order_id)
    [letter] = server.letters
    for body in bodies(letter):
        assert sentence in body
        assert "http://testserver/events/an-evening" in body
    assert not list(letter.iter_attachments())


async def test_a_rescued_order_isnt_told_that_it_failed(
    rt: Runtime, gw: Gateways, server: MailServer, pay_for: PayFor
) -> None:
    await tell(rt, gw, ORDER_FAILED, order_id=await pay_for([1]))
    assert server.letters == []


@pytest.mark.parametrize(
    ("amount", "method", "locale", "sentences"),
    [
        (4250, "stripe", "en", ["€42.50 back to the card", "5 to 10 working days", "everything that you paid"]),
        (1000, "stripe", "de", ["10,00 € auf die Karte", "Von 42,50 € haben Sie bisher 10,00 €"]),
        (4250, "cash", "en", ["€42.50 was paid back to you at the box office"]),
    ],
)
async def test_refunded_tells_how_much_and_when(
    rt: Runtime,
    gw: Gateways,
    server: MailServer,
    pay_for: PayFor,
    amount: int,
    method: str,
    locale: str,
    sentences: list[str],
) -> None:
    order_id = await pay_for([1], locale=locale)
    refund_id = await refund(rt, await payment(rt, order_id, 4250, method), amount)
    for _ in range(2):
        await tell(rt, gw, REFUND_MADE, refund_id=refund_id)
    [letter] = server.letters
    for body in bodies(letter):
        for sentence in sentences:
            assert sentence in body


async def test_no_mail_for_a_refund_that_isnt_made(
    rt: Runtime, gw: Gateways, server: MailServer, pay_for: PayFor
) -> None:
    refund_id = await refund(rt, await payment(rt, await pay_for([1]), 4250), 100, "pending")
    await tell(rt, gw, REFUND_MADE, refund_id=refund_id)
    assert server.letters == []


async def cancel(rt: Runtime, order_id: uuid.UUID, seat_nos: list[int], refund_id: uuid.UUID | None) -> uuid.UUID:
    """What payments leaves behind when it takes lines back."""
    lines = await sql(
        rt, "SELECT id FROM order_line WHERE order_id = :o AND seat_no = ANY (:s) ORDER BY id", o=order_id, s=seat_nos
    )
    await rt.db.write(lambda tx: issue.void(tx, order_id, [one.id for one in lines]))
    cancellation_id = new_id()
    await sql(
        rt,
        """INSERT INTO cancellation (id, organiser_id, order_id, line_ids, seat_nos, amount, whole, refund_id)
           SELECT :id, organiser_id, id, :lines, :seats, 4250,
                  NOT EXISTS (SELECT FROM ticket WHERE order_id = :order AND state = 'valid'), :refund
             FROM orders WHERE id = :order""",
        id=cancellation_id,
        order=order_id,
        lines=[one.id for one in lines],
        seats=seat_nos,
        refund=refund_id,
    )
    return cancellation_id


async def test_cancelled_names_the_places(rt: Runtime, gw: Gateways, server: MailServer, pay_for: PayFor) -> None:
    order_id = await pay_for([13, 14])
    refund_id = await refund(rt, await payment(rt, order_id, 8500), 4250, "pending")
    some = await cancel(rt, order_id, [13], refund_id)
    await tell(rt, gw, LINES_CANCELLED, cancellation_id=some)
    rest = await cancel(rt, order_id, [14], None)
    for _ in range(2):
        await tell(rt, gw, LINES_CANCELLED, cancellation_id=rest)
    first, second = server.letters
    for body in bodies(first):
        assert "row B, seat 3" in body
        assert "row B, seat 4" not in body
        assert "Your other tickets stay valid" in body
        assert "€42.50 is going back" in body
    for body in bodies(second):
        assert "row B, seat 4" in body
        assert "Your order for this evening was cancelled" in body
        assert "No money goes back" in body
    one, two = calendar(first), calendar(second)
    assert (one["STATUS"], two["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert one["UID"] == two["UID"]
    assert two["SEQUENCE"] > one["SEQUENCE"]


async def test_a_confirmation_that_comes_after_the_cancellation_isnt_sent(
    rt: Runtime, gw: Gateways, server: MailServer, pay_for: PayFor
) -> None:
    order_id = await pay_for([1])
    await rt.db.write(lambda tx: issue.void(tx, order_id))
    await tell(rt, gw, ORDER_PAID, order_id=order_id)
    assert server.letters == []


async def test_everybody_with_a_ticket_is_told_of_a_move_once(
    rt: Runtime, gw: Gateways, server: MailServer, house: House, pay_for: PayFor
) -> None:
    orders = [await pay_for([n, n + 1], email=f"b{n}@frontrow.example") for n in range(1, 9, 2)]
    await rt.db.write(lambda tx: issue.void(tx, orders[0]))
    await tell(rt, gw, ORDER_PAID, order_id=orders[1])
    await rt.db.write(lambda tx: events.move_performance(tx, house.performance_id, LATER, LATER - timedelta(hours=1)))
    late = await pay_for([31], email="late@frontrow.example")
    # Two rows of the same fact, as after a crash between a batch and its being marked as done.
    await asyncio.gather(
        *(tell(rt, gw, PERFORMANCE_MOVED, performance_id=house.performance_id, move_no=1) for _ in range(2))
    )
    await run_outbox(rt, gw, "mailroom.%")
    for order_id in orders:
        await tell(rt, gw, MOVED, order_id=order_id, move_no=1)
    await tell(rt, gw, MOVED, order_id=late, move_no=1)
    confirmed, *letters = server.letters
    assert sorted(str(one["To"]) for one in letters) == [f"Ben Buyer <b{n}@frontrow.example>" for n in (3, 5, 7)]
    for body in bodies(letters[0]):
        assert "Friday, 5 March 2027, 20:00" in body
        assert "doors open at 19:00" in body
        assert "Before, it was:" in body
        assert "Small Hall, Berlin" in body
    [again] = [one for one in letters if one["To"] == confirmed["To"]]
    assert calendar(again)["UID"] == calendar(confirmed)["UID"]
    assert (calendar(confirmed)["SEQUENCE"], calendar(again)["SEQUENCE"]) == (0, 1)
    assert calendar(again)["DTSTART"].dt == LATER


async def test_moved_twice_tells_the_newest_and_what_was_known(
    rt: Runtime, gw: Gateways, server: MailServer, house: House, pay_for: PayFor
) -> None:
    order_id = await pay_for([1])
    for days in (0, 1):
        at = LATER + timedelta(days=days)
        await rt.db.write(
            functools.partial(events.move_performance, performance_id=house.performance_id, starts_at=at, doors_at=None)
        )
    await run_outbox(rt, gw, "events.%")
    await run_outbox(rt, gw, "mailroom.%")
    [letter] = server.letters
    for body in bodies(letter):
        assert "Saturday, 6 March 2027" in body
        # They never heard of the 5th.
        assert "5 March 2027, 20:00" not in body
    await rt.db.write(lambda tx: events.move_performance(tx, house.performance_id, LATER, None))
    await run_outbox(rt, gw, "events.%")
    await run_outbox(rt, gw, "mailroom.%")
    assert "Before, it was: Saturday, 6 March 2027, 20:00, Small Hall, Berlin." in bodies(server.letters[1])[0]
    assert (
        len(await sql(rt, "SELECT FROM effect WHERE effect_key LIKE 'mail:moved:' || :o || '%'", o=str(order_id))) == 3
    )


async def test_a_fan_out_goes_on_where_it_broke(
    rt: Runtime, gw: Gateways, server: MailServer, house: House, pay_for: PayFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frontrow.mailroom.actions.moves.BATCH", 2)
    for n in range(1, 13, 2):
        await pay_for([n, n + 1], email=f"b{n}@frontrow.example")
    await rt.db.write(lambda tx: events.move_performance(tx, house.performance_id, LATER, None))
    died: list[str] = []

    def die(place: str) -> None:
        # The process dies at each commit of a batch in turn: a batch and its successor are there both, or neither.
        if place == "commit" and len(died) < 4:
            died.append(place)
            raise ConnectionError("pulled the plug")

    rt.db.boundary = die
    for _ in range(20):
        todo = await rt.db.read(
            lambda tx: tx.sql("SELECT id, topic, payload FROM outbox WHERE done_at IS NULL AND topic LIKE '%moved%'")
        )
        for row in todo.all():
            try:
                await jobs.handlers(rt, gw)[row.topic](row.payload)
                await rt.db.call("UPDATE outbox SET done_at = clock_timestamp() WHERE id = $1", row.id)
            except Busy:
                continue
    rt.db.boundary = None
    assert len(died) == 4
    assert sorted(server.recipients) == sorted(f"b{n}@frontrow.example" for n in range(1, 13, 2))
