"""The demo data: whole, and the same when seeded twice."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from frontrow.core.db import Tx
from frontrow.core.runtime import Runtime
from frontrow.demo.main import LEFT_OVER, PEOPLE, Seeded, moment, seed
from frontrow.demo.programme import MON, SHOWS, TIMEZONE, InDays, OnWeekday
from frontrow.gateways.breaker import Breaker
from frontrow.gateways.objects import open_objects

EVENINGS = sum(len(show.evenings) for show in SHOWS)
TABLES: tuple[str, ...] = (
    "organiser",
    "user_account",
    "team_member",
    "venue",
    "seat_map",
    "seat_place",
    "event",
    "performance",
)
TABLES += ("ticket_type", "price", "seat", "checkin_list", "coupon")


async def rows(rt: Runtime, statement: str, **parameters: Any) -> list[Any]:
    async def read(tx: Tx) -> list[Any]:
        return list(await tx.sql(statement, **parameters))

    return await rt.db.read(read)


async def counts(rt: Runtime) -> dict[str, int]:
    return {table: (await rows(rt, f"SELECT count(*) FROM {table}"))[0][0] for table in TABLES}


async def test_seeding_twice_adds_nothing(rt: Runtime) -> None:
    assert await seed(rt) == Seeded(len(PEOPLE), len(SHOWS), EVENINGS)
    first = await counts(rt)
    assert first["performance"] == first["checkin_list"] == EVENINGS
    assert await seed(rt) == Seeded(0, 0, 0)
    assert await counts(rt) == first

    # Seats are those of the map, and each category has its price.
    assert not await rows(
        rt,
        """SELECT p.id FROM performance p JOIN seat_map m ON m.id = p.seat_map_id
            WHERE p.seats_total <> m.seat_count OR p.from_price IS NULL
               OR m.seat_count <> (SELECT count(*) FROM seat s WHERE s.performance_id = p.id)""",
    )
    assert not await rows(
        rt,
        """SELECT s.performance_id, s.category FROM (SELECT DISTINCT performance_id, category FROM seat) s
            WHERE NOT EXISTS (SELECT FROM ticket_type t JOIN price p ON p.ticket_type_id = t.id
                               WHERE t.performance_id = s.performance_id AND t.category = s.category)""",
    )
    # More than one ticket type to choose from, of which the usual one is the dearest.
    assert not await rows(
        rt,
        """SELECT t.performance_id, t.category FROM ticket_type t JOIN price p ON p.ticket_type_id = t.id
            GROUP BY 1, 2 HAVING count(*) < 2 OR max(p.total) <> min(p.total) FILTER (WHERE t.id =
              usual_ticket_type(t.performance_id, t.category, 1, now()))""",
    )
    assert [row.code for row in await rows(rt, "SELECT code FROM coupon ORDER BY code")] == ["TENNER", "WELCOME10"]
    # One evening is nearly full, by blocked seats; nobody is made to have paid.
    full = await rows(rt, "SELECT seats_free, seats_total FROM performance WHERE seats_free < seats_total")
    assert [tuple(row) for row in full] == [(LEFT_OVER, 120)]
    assert {row.state for row in await rows(rt, "SELECT DISTINCT state FROM seat")} == {"free", "blocked"}

    # A lost picture is drawn again.
    keys = {row.image_key for row in await rows(rt, "SELECT image_key FROM event")}
    (rt.settings.objects.folder / min(keys)).unlink()
    assert await seed(rt) == Seeded(0, 0, 0)
    fresh = {row.image_key for row in await rows(rt, "SELECT image_key FROM event")} - keys
    assert len(fresh) == 1
    store = open_objects(rt.settings.objects, Breaker("objects", rt.redis))
    assert (await store.get(fresh.pop())).startswith(b"<svg")


def test_evenings_are_told_in_local_time_across_the_clock_change() -> None:
    today = datetime(2026, 10, 20, 12, 0, tzinfo=ZoneInfo(TIMEZONE))
    # Summer time ends in Helsinki on the 25th: 19:00 is 16:00 UTC before that, and 17:00 after.
    assert moment(today, InDays(4, 19)) == datetime(2026, 10, 24, 16, 0, tzinfo=UTC)
    assert moment(today, OnWeekday(0, MON, 19)) == datetime(2026, 10, 26, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize("day", range(7))
def test_whatever_the_day_of_seeding_no_two_shows_meet_in_a_hall(day: int) -> None:
    today = datetime(2026, 11, 22 + day, 22, 0, tzinfo=ZoneInfo(TIMEZONE))
    taken = sorted(
        (show.hall, moment(today, evening), moment(today, evening) + timedelta(minutes=show.minutes))
        for show in SHOWS
        for evening in show.evenings
    )
    assert all(begins > today for _, begins, _ in taken)
    assert all(
        one[0] != other[0] or other[1] - one[2] >= timedelta(minutes=30) for one, other in itertools.pairwise(taken)
    )
