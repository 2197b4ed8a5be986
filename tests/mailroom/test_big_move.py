"""A full house of 2,000 orders moves: a few at a time, whoever dies on the way, and one mail to each.

Writing all 2,000 mails takes a while, so the last part is done for a few; ``FRONTROW_MOVED=all`` does it for all.
"""

import os
import time
import tracemalloc
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from frontrow.core.db import Tx
from frontrow.core.runtime import Runtime
from frontrow.events import actions as events
from frontrow.events.messages import PERFORMANCE_MOVED
from frontrow.gateways.hub import Gateways
from frontrow.mailroom import jobs
from frontrow.mailroom.actions.moves import BATCH
from frontrow.mailroom.messages import MOVED, MOVED_BATCH
from tests.factories.house import House, build_house
from tests.factories.smtp import MailServer

ORDERS = 2000
MAILS = ORDERS if os.environ.get("FRONTROW_MOVED") == "all" else 30
DIES_EVERY = 9
MOST_MEMORY = 4_000_000
"""Bytes of Python's that the whole fan-out may need at once; 2,000 orders in memory would be more."""

LATER = datetime(2027, 3, 5, 19, 0, tzinfo=UTC)

_SOLD = """
WITH numbers AS (
  SELECT n, gen_random_uuid() AS hold, gen_random_uuid() AS ord, gen_random_uuid() AS line
    FROM generate_series(1, :orders) n
), holds AS (
  INSERT INTO hold (id, organiser_id, performance_id, buyer_id, state, seat_nos, price_version, expires_at, cap_at)
  SELECT hold, :organiser, :performance, gen_random_uuid(), 'ordered', ARRAY[n], 1, now(), now() FROM numbers
), placed AS (
  INSERT INTO orders (id, code, organiser_id, performance_id, hold_id, buyer_id, email, name, token, currency, state,
                      subtotal, total, created_at, paid_at)
  SELECT ord, 'C' || n, :organiser, :performance, hold, gen_random_uuid(), 'b' || n || '@frontrow.example', 'Ben',
         'token', 'EUR', 'paid', 4000, 4000, now() - interval '1 day', now() - interval '1 day' FROM numbers
), lines AS (
  INSERT INTO order_line (id, organiser_id, order_id, performance_id, seat_no, ticket_type_id, ticket_type, section,
                          row, label, unit_price)
  SELECT line, :organiser, ord, :performance, n, :type, 'Stalls', 'Stalls', 'A', CAST(n AS text), 4000 FROM numbers
)
INSERT INTO ticket (id, organiser_id, order_id, order_line_id, performance_id, seat_no, section, row, label,
                    holder_name, state, secret)
SELECT gen_random_uuid(), :organiser, ord, line, :performance, n, 'Stalls', 'A', CAST(n AS text), 'Ben', 'valid',
       'secret' || n FROM numbers
"""


class Killed(Exception):
    """The worker died just there."""


@pytest.fixture
async def full(rt: Runtime) -> House:
    """A house that is sold out, a place an order."""
    house = await build_house(rt.db, ORDERS, slug="full-house")

    async def work(tx: Tx) -> None:
        await tx.sql(
            _SOLD,
            orders=ORDERS,
            organiser=house.organiser_id,
            performance=house.performance_id,
            type=house.ticket_type_id,
        )

    await rt.db.write(work)
    return house


async def waiting(rt: Runtime, topic: str, limit: int = ORDERS) -> list[Any]:
    async def look(tx: Tx) -> list[Any]:
        found = await tx.sql(
            """SELECT id, topic, payload FROM outbox WHERE done_at IS NULL AND topic = :topic ORDER BY id
                LIMIT CAST(:limit AS int)""",
            topic=topic,
            limit=limit,
        )
        return found.all()

    return await rt.db.read(look)


async def count(rt: Runtime, topic: str) -> int:
    found = await rt.db.read(lambda tx: tx.sql("SELECT count(*) FROM outbox WHERE topic = :topic", topic=topic))
    return int(found.scalar_one())


async def test_a_full_house_is_told_in_batches_and_once(
    rt: Runtime, gw: Gateways, server: MailServer, full: House
) -> None:
    await rt.db.write(lambda tx: events.move_performance(tx, full.performance_id, LATER, None))
    handlers = jobs.handlers(rt, gw)
    commits, deaths = 0, 0

    def die(place: str) -> None:
        # Before a commit, and the next time after one: then a batch is there whose row isn't marked as done.
        nonlocal commits, deaths
        if place in {"commit", "committed"}:
            commits += 1
            if commits % DIES_EVERY == 0:
                deaths += 1
                raise Killed

    added, batches, told = 0, 0, 0
    began = time.process_time()
    tracemalloc.start()
    while todo := [*await waiting(rt, PERFORMANCE_MOVED), *await waiting(rt, MOVED_BATCH)]:
        # One batch at a time: the next is there only once this one's mails are.
        [row] = [one for one in todo if one.id == min(other.id for other in todo)]
        rt.db.boundary = die
        try:
            await handlers[row.topic](row.payload)
        except Killed:
            continue
        finally:
            rt.db.boundary = None
            batches += 1
            before, told = told, await count(rt, MOVED)
            added = max(added, told - before)
        assert len(todo) <= 2
        await rt.db.call("UPDATE outbox SET done_at = clock_timestamp() WHERE id = $1", row.id)
    _, memory = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"{batches} batches, {deaths} deaths, {time.process_time() - began:.2f} s of CPU, {memory} bytes")  # noqa: T201
    assert told == ORDERS
    assert added <= BATCH
    assert deaths > 5
    assert memory < MOST_MEMORY

    for row in await waiting(rt, MOVED, MAILS):
        for _ in range(2):  # delivered twice, as after a lapsed lease
            await handlers[row.topic](row.payload)
    assert len(server.recipients) == len(set(server.recipients)) == MAILS
    assert len({uuid.UUID(row.payload["order_id"]) for row in await waiting(rt, MOVED)}) == ORDERS
