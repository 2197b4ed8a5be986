"""The confirmation: sent once, with its tickets, whatever happens on the way."""

import asyncio
import uuid

import pytest

from frontrow.core.db import Tx
from frontrow.core.errors import Busy
from frontrow.core.log import bind_correlation
from frontrow.core.relay import is_outage
from frontrow.core.runtime import Runtime
from frontrow.gateways.hub import Gateways
from frontrow.gateways.mail import MailUnavailable
from frontrow.mailroom import jobs
from frontrow.orders.messages import ORDER_PAID
from tests.factories.house import House
from tests.factories.orders import PayFor
from tests.factories.smtp import MailServer


async def send(rt: Runtime, gw: Gateways, order_id: uuid.UUID) -> None:
    """What a worker does with the outbox row."""
    await jobs.handlers(rt, gw)[ORDER_PAID]({"order_id": str(order_id)})


async def outcome(rt: Runtime, order_id: uuid.UUID) -> str | None:
    async def look(tx: Tx) -> str | None:
        row = (
            await tx.sql(
                "SELECT done_at, detail->>'outcome' AS outcome FROM effect WHERE effect_key = :key",
                key=f"mail:order_paid:{order_id}",
            )
        ).one_or_none()
        return None if row is None or row.done_at is None else str(row.outcome)

    return await rt.db.read(look)


async def test_the_mail_says_what_was_bought(
    rt: Runtime, gw: Gateways, server: MailServer, house: House, pay_for: PayFor
) -> None:
    order_id = await pay_for([13, 14])
    bind_correlation("0b2f6bb4-7e0b-4d8f-9d1e-3f6f4f6f0001")
    try:
        await send(rt, gw, order_id)
    finally:
        bind_correlation(None)
    [letter] = server.letters
    assert server.recipients == ["ben@frontrow.example"]
    assert letter["To"] == "Ben Buyer <ben@frontrow.example>"
    assert letter["From"] == "Frontrow <tickets@frontrow.example>"
    assert letter["Subject"] == "Your tickets: An Evening"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["X-Correlation-Id"] == "0b2f6bb4-7e0b-4d8f-9d1e-3f6f4f6f0001"
    assert letter["Message-ID"].endswith("@frontrow.example>")
    text = letter.get_body(("plain",))
    page = letter.get_body(("html",))
    assert text is not None
    assert page is not None
    for part in (text.get_content(), page.get_content()):
        assert "Stalls, row B, seat 3" in part
        assert "Stalls, row B, seat 4" in part
        assert "€42.50" in part
        assert "€85.00" in part
        assert "Small Hall" in part
        assert "Hall Street 1, Berlin" in part
        assert "(Europe/Berlin)" in part
        assert f"http://testserver/orders/{order_id}?token=" in part
    pdf, calendar = letter.iter_attachments()
    assert calendar.get_content_type() == "text/calendar"
    assert "STATUS:CONFIRMED" in calendar.get_content()
    assert pdf.get_content_type() == "application/pdf"
    assert str(pdf.get_filename()).startswith("tickets-")
    assert pdf.get_content().startswith(b"%PDF")
    assert await outcome(rt, order_id) == "sent"


async def test_the_same_fact_many_times_sends_one_mail(
    rt: Runtime, gw: Gateways, server: MailServer, pay_for: PayFor
) -> None:
    order_id = await pay_for([1])
    answers = await asyncio.gather(*(send(rt, gw, order_id) for _ in range(8)), return_exceptions=True)
    # Whoever met the one at work is told to come back, because that one might have died.
    assert all(answer is None or isinstance(answer, Busy) for answer in answers)
    await send(rt, gw, order_id)
    assert len(server.letters) == 1


async def test_the_server_is_away_and_comes_back(
    rt: Runtime, gw: Gateways, server: MailServer, pay_for: PayFor
) -> None:
    order_id = await pay_for([1])
    await server.stop()
    for _ in range(3):
        with pytest.raises(MailUnavailable):
            await send(rt, gw, order_id)
    assert await outcome(rt, order_id) is None
    await server.start()
    await send(rt, gw, order_id)
    assert len(server.letters) == 1
    assert await outcome(rt, order_id) == "sent"


@pytest.mark.parametrize("answer", ["450 mailbox busy", "452 too much today"])
async def test_try_later_is_tried_later(
    rt: Runtime, gw: Gateways, server: MailServer, pay_for: PayFor, answer: str
) -> None:
    order_id = await pay_for([1])
    server.answer_to_rcpt = answer
    with pytest.raises(MailUnavailable):
        await send(rt, gw, order_id)
    server.answer_to_rcpt = None
    await send(rt, gw, order_id)
    assert len(server.letters) == 1


async def test_an_address_refused_for_good_is_not_tried_again(
    rt: Runtime, gw: Gateways, server: MailServer, pay_for: PayFor
) -> None:
    order_id = await pay_for([1])
    server.answer_to_rcpt = "550 no such mailbox"
    await send(rt, gw, order_id)
    assert await outcome(rt, order_id) == "refused"
    server.answer_to_rcpt = None
    await send(rt, gw, order_id)
    assert server.letters == []


async def test_a_worker_stopped_in_the_dialogue_leaves_the_mail_to_the_next(
    rt: Runtime, gw: Gateways, server: MailServer, pay_for: PayFor
) -> None:
    order_id = await pay_for([1])
    server.hang = True
    working = asyncio.create_task(send(rt, gw, order_id))
    await server.arrived.wait()
    with pytest.raises(Busy):
        await send(rt, gw, order_id)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    server.hang = False
    await send(rt, gw, order_id)
    assert len(server.letters) == 1


async def test_a_crash_after_taken_repeats_the_same_message_id(
    rt: Runtime, gw: Gateways, server: MailServer, pay_for: PayFor
) -> None:
    order_id = await pay_for([1])
    await send(rt, gw, order_id)
    # As if the process had died between the server's 250 and our commit, and the lease had lapsed:
    await rt.db.write(
        lambda tx: tx.sql("UPDATE effect SET done_at = NULL, lease_until = clock_timestamp() - interval '1 s'")
    )
    await send(rt, gw, order_id)
    assert len(server.letters) == 2
    assert len({letter["Message-ID"] for letter in server.letters}) == 1


async def test_no_mail_for_an_unpaid_order(rt: Runtime, gw: Gateways, server: MailServer, pay_for: PayFor) -> None:
    order_id = await pay_for([1], paid=False)
    await send(rt, gw, order_id)
    assert server.letters == []
    assert await outcome(rt, order_id) == "nothing to send"


async def test_hostile_words_stay_words(
    rt: Runtime, gw: Gateways, server: MailServer, house: House, pay_for: PayFor
) -> None:
    title = "{{7*7}} $link ${name} %s <script>alert(1)</script>\r\nBcc: all@frontrow.example"
    await rt.db.write(lambda tx: tx.sql("UPDATE event SET title = :title", title=title))
    order_id = await pay_for([1], name="Eve\r\nBcc: all@frontrow.example\u202e")
    await send(rt, gw, order_id)
    [letter] = server.letters
    assert server.recipients == ["ben@frontrow.example"]
    assert letter["Bcc"] is None
    assert "{{7*7}} $link ${name} %s" in letter["Subject"]
    page = letter.get_body(("html",))
    assert page is not None
    assert "<script" not in page.get_content()
    assert "{{7*7}} $link ${name} %s &lt;script&gt;" in page.get_content()


async def test_a_paid_order_announces_the_fact_that_we_listen_to(
    rt: Runtime, gw: Gateways, server: MailServer, pay_for: PayFor
) -> None:
    await pay_for([1])

    async def facts(tx: Tx) -> list[tuple[str, dict[str, str]]]:
        return [(row.topic, row.payload) for row in await tx.sql("SELECT topic, payload FROM outbox")]

    [(topic, payload)] = await rt.db.read(facts)
    await jobs.handlers(rt, gw)[topic](payload)
    assert len(server.letters) == 1


def test_to_the_outbox_an_absent_server_is_an_outage_and_not_a_failure_of_the_job() -> None:
    assert is_outage(MailUnavailable("away"))
    assert is_outage(Busy())
