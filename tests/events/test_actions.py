import copy
import uuid
from typing import Any

import pytest

from frontrow.core.db import Tx
from frontrow.core.errors import InvalidRequest, NotFound, Refusal
from frontrow.core.runtime import Runtime
from frontrow.events import actions as events
from frontrow.events import queries
from frontrow.events.actions import PriceLine
from frontrow.events.errors import NotReady, PricesIncomplete, SeatMapInvalid, TicketTypeTwice, UnknownCategory
from frontrow.people.actions import accounts
from tests.events.conftest import LAYOUT, PRICES, MakeEvent


async def test_a_new_version_of_a_map_leaves_the_old_one(rt: Runtime, make_event: MakeEvent) -> None:
    made = await make_event("evening", 1)

    async def work(tx: Tx) -> list[Any]:
        of = (await tx.sql("SELECT organiser_id, venue_id FROM seat_map")).one()
        await events.create_seat_map(tx, of.organiser_id, of.venue_id, LAYOUT)
        return list(
            await tx.sql(
                """SELECT m.version, count(*) AS places FROM seat_map m JOIN seat_place p ON p.seat_map_id = m.id
                    GROUP BY m.id ORDER BY 1"""
            )
        )

    assert [tuple(row) for row in await rt.db.write(work)] == [(1, 8), (2, 8)]
    assert made.seat_map_id


async def test_a_spoilt_map_leaves_nothing(rt: Runtime) -> None:
    layout = copy.deepcopy(LAYOUT)
    layout["seat_count"] = 7

    async def work(tx: Tx) -> None:
        organiser_id = await accounts.create_organiser(tx, "house", "The House")
        venue_id = await events.create_venue(tx, organiser_id, name="H", city="C", country="FI", timezone="UTC")
        await events.create_seat_map(tx, organiser_id, venue_id, layout)

    with pytest.raises(SeatMapInvalid):
        await rt.db.write(work)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "", "Europe\x00"])
async def test_a_venue_needs_a_real_time_zone(rt: Runtime, zone: str) -> None:
    async def work(tx: Tx) -> None:
        await events.create_venue(tx, uuid.uuid4(), name="H", city="C", country="FI", timezone=zone)

    with pytest.raises(InvalidRequest):
        await rt.db.write(work)


async def test_a_performance_needs_event_and_map_of_one_organiser(rt: Runtime, make_event: MakeEvent) -> None:
    made = await make_event("evening", 1)

    async def work(tx: Tx) -> None:
        other = await accounts.create_organiser(tx, "other", "Other")
        event_id = await events.create_event(tx, other, slug="theirs", title="Theirs", currency="EUR")
        starts_at = (await tx.sql("SELECT now() AS now")).one().now
        await events.create_performance(tx, event_id, made.seat_map_id, starts_at=starts_at)

    with pytest.raises(NotFound):
        await rt.db.write(work)


async def test_prices_get_versions_and_ticket_types_stay(rt: Runtime, make_event: MakeEvent) -> None:
    made = await make_event("evening", 1)
    [performance_id] = made.performance_ids
    dearer = [PriceLine(line.category, line.name, line.amount + 100, line.fee, line.tax_bp) for line in PRICES]
    assert await rt.db.write(lambda tx: events.set_prices(tx, performance_id, dearer)) == 2

    async def look(tx: Tx) -> tuple[Any, Any, Any]:
        performance = await queries.performance(tx, performance_id)
        return performance, await queries.prices(tx, performance_id, 1), await queries.prices(tx, performance_id, 2)

    performance, old, new = await rt.db.read(look)
    assert performance is not None
    assert performance.price_version == 2
    assert [row.amount for row in old] == [5000, 3000, 1500]
    assert [row.amount for row in new] == [5100, 3100, 1600]
    assert [row.ticket_type_id for row in old] == [row.ticket_type_id for row in new]


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        (PRICES[:2], PricesIncomplete),
        ([*PRICES, PriceLine("D", "None", 1)], UnknownCategory),
        ([*PRICES, PriceLine("A", "Best", 1)], TicketTypeTwice),
        ([PriceLine("A", "Best", -1), *PRICES[1:]], InvalidRequest),
        ([PriceLine("A", "Best", 2**31), *PRICES[1:]], InvalidRequest),
        ([PriceLine("A", "Best", 1, 0, 10_001), *PRICES[1:]], InvalidRequest),
        ([PriceLine("A", "Best", 1, fee_bp=10_001), *PRICES[1:]], InvalidRequest),
        ([PriceLine("A", "Best", 1, min_per_order=0), *PRICES[1:]], InvalidRequest),
        ([PriceLine("A", "Best", 1, min_per_order=3, max_per_order=2), *PRICES[1:]], InvalidRequest),
    ],
)
async def test_prices_that_are_refused(
    rt: Runtime, make_event: MakeEvent, lines: list[PriceLine], refusal: type[Refusal]
) -> None:
    made = await make_event("evening", 1)
    with pytest.raises(refusal):
        await rt.db.write(lambda tx: events.set_prices(tx, made.performance_ids[0], lines))


async def test_an_event_without_a_priced_performance_stays_a_draft(rt: Runtime, make_event: MakeEvent) -> None:
    made = await make_event("evening", publish=False)
    with pytest.raises(NotReady):
        await rt.db.write(lambda tx: events.publish(tx, made.event_id))


@pytest.mark.parametrize("slug", ["Not A Slug", "", "a/b", "x" * 121])
async def test_a_bad_slug_is_refused(rt: Runtime, make_event: MakeEvent, slug: str) -> None:
    with pytest.raises(InvalidRequest):
        await make_event(slug, publish=False)
