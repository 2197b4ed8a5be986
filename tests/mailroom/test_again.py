"""Sent once more: because a buyer asks, or because a person takes up what died."""

import asyncio
import json
import uuid
from typing import Any

import pytest

from frontrow.core.db import Tx
from frontrow.core.errors import NotFound
from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.core.settings import Settings
from frontrow.gateways.hub import Gateways
from frontrow.mailroom import jobs, main
from frontrow.mailroom.actions.dead import TOPICS, send_again
from frontrow.mailroom.actions.resend import request_resend
from frontrow.mailroom.errors import NothingToResend, ResentTooOften
from frontrow.mailroom.messages import RESEND
from frontrow.mailroom.queries import Undelivered, undelivered
from frontrow.orders.messages import ORDER_PAID
from frontrow.orders.queries import Viewer, order
from tests.factories.orders import PayFor
from tests.factories.smtp import MailServer


async def sql(rt: Runtime, statement: str, **values: object) -> list[Any]:
    async def work(tx: Tx) -> list[Any]:
        return list(await tx.sql(statement, **values))

    return await rt.db.write(work)


async def bearer(rt: Runtime, order_id: uuid.UUID) -> Viewer:
    return Viewer(None, None, (await rt.db.read(lambda tx: order(tx, order_id))).token)


async def run(rt: Runtime, gw: Gateways, topic: str) -> None:
    for row in await sql(rt, "SELECT payload FROM outbox WHERE topic = :topic ORDER BY id", topic=topic):
        await jobs.handlers(rt, gw)[topic](row.payload)


async def test_a_request_sends_once_and_each_request_anew(
    rt: Runtime, gw: Gateways, server: MailServer, pay_for: PayFor
) -> None:
    order_id = await pay_for([1])
    viewer = await bearer(rt, order_id)
    await run(rt, gw, ORDER_PAID)
    for _ in range(3):
        await rt.db.write(lambda tx: request_resend(tx, order_id, viewer, "one"))
    with pytest.raises(ResentTooOften):
        await rt.db.write(lambda tx: request_resend(tx, order_id, viewer, "two"))
    await sql(rt, "UPDATE idempotency SET created_at = created_at - interval '2 minutes'")
    await rt.db.write(lambda tx: request_resend(tx, order_id, viewer, "three"))
    for _ in range(2):
        await run(rt, gw, RESEND)
    assert len(server.letters) == 3
    assert len({one["Message-ID"] for one in server.letters}) == 3
    assert set(server.recipients) == {"ben@frontrow.example"}
    assert len({str(one["Subject"]) for one in server.letters}) == 1


async def test_no_more_than_five_a_day(rt: Runtime, pay_for: PayFor) -> None:
    order_id = await pay_for([1])
    viewer = await bearer(rt, order_id)
    for key in "abcde":
        await rt.db.write(lambda tx, key=key: request_resend(tx, order_id, viewer, key))  # type: ignore[misc]
        await sql(rt, "UPDATE idempotency SET created_at = created_at - interval '2 minutes'")
    with pytest.raises(ResentTooOften):
        await rt.db.write(lambda tx: request_resend(tx, order_id, viewer, "f"))
    assert len(await sql(rt, "SELECT FROM outbox WHERE topic = :topic", topic=RESEND)) == 5


async def test_only_its_bearer_and_only_when_paid(rt: Runtime, pay_for: PayFor) -> None:
    order_id, unpaid = await pay_for([1]), await pay_for([2], paid=False)
    stranger = await bearer(rt, unpaid)
    with pytest.raises(NotFound):
        await rt.db.write(lambda tx: request_resend(tx, order_id, stranger, "k"))
    with pytest.raises(NothingToResend):
        await rt.db.write(lambda tx: request_resend(tx, unpaid, stranger, "k"))
    assert await sql(rt, "SELECT FROM idempotency WHERE endpoint = 'resend'") == []


async def dead(rt: Runtime) -> list[Undelivered]:
    return await rt.db.read(lambda tx: undelivered(tx, TOPICS))


async def test_a_dead_letter_is_listed_and_sent_again(
    rt: Runtime, gw: Gateways, server: MailServer, pay_for: PayFor
) -> None:
    order_id = await pay_for([1])
    await sql(rt, "UPDATE outbox SET dead_at = clock_timestamp(), attempts = 3, last_error = 'KeyError: x'")
    await sql(
        rt,
        """INSERT INTO outbox (topic, dedupe_key, payload, dead_at)
           VALUES ('payments.capture', 'k', '{}', clock_timestamp())""",
    )
    [one] = await dead(rt)
    assert (one.state, one.topic, one.email, one.attempts) == ("dead", ORDER_PAID, "ben@frontrow.example", 3)
    assert one.said == "KeyError: x"
    assert len(await rt.db.read(lambda tx: undelivered(tx, None))) == 2
    assert await rt.db.write(lambda tx: send_again(tx, one.id))
    assert not await rt.db.write(lambda tx: send_again(tx, one.id))
    assert await dead(rt) == []
    [row] = await sql(rt, "SELECT attempts, dead_at FROM outbox WHERE topic = :topic", topic=ORDER_PAID)
    assert tuple(row) == (0, None)
    await run(rt, gw, ORDER_PAID)
    assert len(server.letters) == 1
    assert order_id


async def test_a_refused_mail_is_listed_and_sent_again(
    rt: Runtime, gw: Gateways, server: MailServer, pay_for: PayFor
) -> None:
    order_id = await pay_for([1])
    server.answer_to_rcpt = "550 no such mailbox"
    await run(rt, gw, ORDER_PAID)
    await sql(rt, "UPDATE outbox SET done_at = clock_timestamp()")
    [one] = await dead(rt)
    assert (one.id, one.state, one.email) == (f"mail:order_paid:{order_id}", "refused", "ben@frontrow.example")
    assert "550" in one.said
    server.answer_to_rcpt = None
    assert await rt.db.write(lambda tx: send_again(tx, one.id))
    await run(rt, gw, ORDER_PAID)
    assert len(server.letters) == 1
    assert await dead(rt) == []


@pytest.mark.parametrize("which", ["", "x", "0", "mail:", "mail:nothing:1", "mail:order_paid:x", "9" * 30, "'; --"])
async def test_an_id_that_isnt_one_sends_nothing(rt: Runtime, which: str) -> None:
    assert not await rt.db.write(lambda tx: send_again(tx, which))


async def test_the_command_speaks_plainly(
    settings: Settings,
    rt: Runtime,
    pay_for: PayFor,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(main, "Settings", lambda: settings)
    assert await asyncio.to_thread(main.dead_list) == 0
    assert "Nothing is dead" in capsys.readouterr().out
    await pay_for([1], name="[bold]Ben")
    await sql(rt, "UPDATE outbox SET dead_at = clock_timestamp(), attempts = 3, last_error = '[red]no'")
    [one] = await dead(rt)
    assert await asyncio.to_thread(main.dead_list) == 1
    assert "ben@frontrow.example" in capsys.readouterr().out
    assert await asyncio.to_thread(main.dead_show, one.id) == 0
    shown = capsys.readouterr().out
    assert json.dumps(one.payload) in shown
    assert "[red]no" in shown
    assert await asyncio.to_thread(main.dead_show, str(new_id())) == 1
    assert await asyncio.to_thread(main.dead_resend, None, True) == 0
    assert "1 of 1" in capsys.readouterr().out
    assert await asyncio.to_thread(main.dead_resend, one.id) == 1
