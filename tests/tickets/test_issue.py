"""Tickets are made by one statement, with ids that sort and secrets that nobody guesses."""

import base64
import time
import uuid
from typing import Any

from frontrow.core.db import Tx
from frontrow.core.runtime import Runtime
from frontrow.tickets.actions import issue
from tests.factories.orders import PayFor


async def tickets(rt: Runtime, order_id: uuid.UUID) -> list[Any]:
    async def look(tx: Tx) -> list[Any]:
        return list(await tx.sql("SELECT * FROM ticket WHERE order_id = :order ORDER BY seat_no", order=order_id))

    return await rt.db.read(look)


async def test_a_ticket_a_line_with_the_lines_words(rt: Runtime, pay_for: PayFor) -> None:
    made = await tickets(rt, await pay_for([13, 14, 15], name="Ana Þórsdóttir"))
    assert [(one.seat_no, one.section, one.row, one.label) for one in made] == [
        (13, "Stalls", "B", "3"),
        (14, "Stalls", "B", "4"),
        (15, "Stalls", "B", "5"),
    ]
    assert {one.state for one in made} == {"valid"}
    assert {one.holder_name for one in made} == {"Ana Þórsdóttir"}
    assert len({one.order_line_id for one in made}) == 3


async def test_ids_are_version_7_of_now_and_secrets_are_random(rt: Runtime) -> None:
    async def look(tx: Tx) -> list[Any]:
        return list(await tx.sql("SELECT new_id() AS id, ticket_secret() AS secret FROM generate_series(1, 2000)"))

    made = await rt.db.read(look)
    now = time.time() * 1000
    for one in made:
        assert one.id.version == 7
        assert one.id.variant == uuid.RFC_4122
        assert abs((one.id.int >> 80) - now) < 60_000
        assert len(base64.urlsafe_b64decode(one.secret)) == 9
    assert len({one.id for one in made}) == len({one.secret for one in made}) == 2000
    # Every bit of a secret is as often set as not; 2,000 fair coins leave this band once in 10^9 throws.
    secrets = [int.from_bytes(base64.urlsafe_b64decode(one.secret)) for one in made]
    for bit in range(72):
        assert 850 < sum(secret >> bit & 1 for secret in secrets) < 1150, bit


async def test_some_lines_are_voided_and_the_rest_still_admits(rt: Runtime, pay_for: PayFor) -> None:
    order_id = await pay_for([1, 2, 3])
    first, second, third = await tickets(rt, order_id)
    gone = [first.order_line_id, third.order_line_id]
    assert await rt.db.write(lambda tx: issue.void(tx, order_id, gone)) == 2
    assert await rt.db.write(lambda tx: issue.void(tx, order_id, gone)) == 0
    assert [one.state for one in await tickets(rt, order_id)] == ["void", "valid", "void"]
    assert await rt.db.write(lambda tx: issue.void(tx, order_id, [uuid.uuid4()])) == 0
    assert await rt.db.write(lambda tx: issue.void(tx, order_id, [])) == 0
    assert await rt.db.write(lambda tx: issue.void(tx, order_id)) == 1
    assert await rt.db.write(lambda tx: issue.activate(tx, order_id)) == 0
    assert [one.id for one in await tickets(rt, order_id)] == [first.id, second.id, third.id]
