"""The demo data: whole, and the same when seeded twice."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from frontrow.core.db import Tx
from frontrow.core.runtime import Runtime
from frontrow.demo.evenings import LEFT_OVER, moment
from frontrow.demo.main import Seeded, seed
from frontrow.demo.people import PEOPLE
from frontrow.demo.programme import SHOWS
from frontrow.demo.programme.houses import COMPANIES, HALLS
from frontrow.demo.programme.words import MON, InDays, OnWeekday
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
    # What is gone is blocked; nobody is made to have paid.
    assert {row.state for row in await rows(rt, "SELECT DISTINCT state FROM seat")} == {"free", "blocked"}
    nearly = await rows(rt, "SELECT seats_free FROM performance WHERE seats_free BETWEEN 1 AND :few", few=LEFT_OVER)
    assert [row.seats_free for row in nearly] == [LEFT_OVER]
    gone = (
        """SELECT e.slug FROM event e JOIN performance p ON p.event_id = e.id GROUP BY 1 HAVING sum(p.seats_free) = 0"""
    )
    assert [row.slug for row in await rows(rt, gone)] == ["all-but-the-hat"]
    partly = """SELECT count(*) FROM performance WHERE seats_free > 10 AND seats_free < 0.9 * seats_total"""
    assert (await rows(rt, partly))[0][0] > 20
    free = """SELECT DISTINCT e.slug FROM event e JOIN performance p ON p.event_id = e.id WHERE p.from_price = 0"""
    assert [row.slug for row in await rows(rt, free)] == ["stage-door-open"]
    soon = """SELECT DISTINCT e.slug FROM event e JOIN performance p ON p.event_id = e.id
               WHERE p.sales_open_at > now() ORDER BY 1"""
    assert [row.slug for row in await rows(rt, soon)] == ["nine-stops-to-the-harbour", "velvet-comet"]
    assert (await rows(rt, "SELECT max(seats_total) FROM performance"))[0][0] == 50_000
    assert (await rows(rt, "SELECT count(DISTINCT city) FROM venue"))[0][0] == 5

    # A lost picture is drawn again.
    keys = {row.image_key for row in await rows(rt, "SELECT image_key FROM event")}
    (rt.settings.objects.folder / min(keys)).unlink()
    assert await seed(rt) == Seeded(0, 0, 0)
    fresh = {row.image_key for row in await rows(rt, "SELECT image_key FROM event")} - keys
    assert len(fresh) == 1
    store = open_objects(rt.settings.objects, Breaker("objects", rt.redis))
    assert (await store.get(fresh.pop())).startswith(b"<svg")


async def test_an_older_demo_gets_what_is_new(rt: Runtime) -> None:
    assert (await seed(rt, only={"what-the-ice-remembers", "the-keepers-log"})).events == 2
    before = await counts(rt)
    assert (before["organiser"], before["venue"]) == (2, 2)
    assert await seed(rt, only={"what-the-ice-remembers", "pull-your-own-poster"}) == Seeded(0, 1, 3)
    after = await counts(rt)
    assert (after["organiser"], after["venue"], after["event"]) == (2, 3, 3)
    owners = "SELECT o.slug, t.role FROM organiser o JOIN team_member t ON t.organiser_id = o.id ORDER BY 1, 2"
    told = [tuple(row) for row in await rows(rt, owners)]
    assert told == [("frontrow-house", "door"), ("frontrow-house", "owner"), ("two-harbours", "owner")]


class Killed(Exception):
    """Stands for the end of the process: everything that wasn't committed is rolled back."""


SMALL = {"what-the-ice-remembers", "pull-your-own-poster", "all-but-the-hat"}
"""A show of three organisers each, in small halls."""


@pytest.mark.parametrize(
    ("place", "nth"),
    [
        ("commit", 1),
        ("committed", 1),
        ("sql:COPY seat_place", 2),
        ("sql:INSERT INTO seat", 3),
        ("committed", 2),
        ("commit", 4),
    ],
)
async def test_seeding_that_was_killed_is_finished_by_the_next(rt: Runtime, place: str, nth: int) -> None:
    places: list[str] = []

    def boundary(reached: str) -> None:
        places.append(reached)
        if places.count(place) == nth:
            raise Killed

    rt.db.boundary = boundary
    with pytest.raises((Killed, ExceptionGroup)):
        await seed(rt, only=SMALL)
    rt.db.boundary = None
    assert (await counts(rt))["event"] < len(SMALL)

    await seed(rt, only=SMALL)
    whole = await counts(rt)
    evenings = sum(len(show.evenings) for show in SHOWS if show.slug in SMALL)
    assert (whole["organiser"], whole["event"], whole["venue"], whole["seat_map"]) == (3, 3, 3, 3)
    assert (whole["user_account"], whole["team_member"], whole["coupon"]) == (len(PEOPLE), 4, 2)
    assert whole["performance"] == whole["checkin_list"] == evenings
    sizes = "SELECT sum(m.seat_count) FROM performance p JOIN seat_map m ON m.id = p.seat_map_id"
    assert whole["seat"] == (await rows(rt, sizes))[0][0]
    assert whole["seat_place"] == (await rows(rt, "SELECT sum(seat_count) FROM seat_map"))[0][0]
    assert not await rows(rt, "SELECT id FROM event WHERE state <> 'published'")
    assert await seed(rt, only=SMALL) == Seeded(0, 0, 0)


def test_the_programme_is_two_dozen_events_over_ten_weeks() -> None:
    assert 24 <= len(SHOWS) <= 26
    assert len({show.slug for show in SHOWS}) == len({show.title for show in SHOWS}) == len(SHOWS)
    assert len({show.category for show in SHOWS}) >= 15
    assert {HALLS[show.hall].company for show in SHOWS} == {company.slug for company in COMPANIES}
    assert {HALLS[show.hall].timezone for show in SHOWS} == {"Europe/Helsinki", "Europe/Stockholm", "Europe/Lisbon"}
    for show in SHOWS:
        assert len(show.text) > 250, show.slug
        assert len(show.sold) <= len(show.evenings), show.slug
        assert set(show.prices) == set(HALLS[show.hall].bands), show.slug
    late = max(evening.week for show in SHOWS for evening in show.evenings if isinstance(evening, OnWeekday))
    assert late == 9


def test_evenings_are_told_in_local_time_across_the_clock_change() -> None:
    today = datetime(2026, 10, 20, 12, 0, tzinfo=ZoneInfo("Europe/Helsinki"))
    # Summer time ends in Helsinki on the 25th: 19:00 is 16:00 UTC before that, and 17:00 after.
    assert moment(today, InDays(4, 19)) == datetime(2026, 10, 24, 16, 0, tzinfo=UTC)
    assert moment(today, OnWeekday(0, MON, 19)) == datetime(2026, 10, 26, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize("day", range(7))
def test_whatever_the_day_of_seeding_no_two_shows_meet_in_a_hall(day: int) -> None:
    now = datetime(2026, 11, 22 + day, 22, 0, tzinfo=UTC)
    taken = sorted(
        (HALLS[show.hall].venue, begins, begins + timedelta(minutes=show.minutes), show.slug)
        for show in SHOWS
        for begins in (moment(now.astimezone(ZoneInfo(HALLS[show.hall].timezone)), one) for one in show.evenings)
    )
    assert all(now < begins < now + timedelta(weeks=11) for _, begins, _, _ in taken)
    assert all(
        one[0] != other[0] or other[1] - one[2] >= timedelta(minutes=0 if one[3] == "a-ship-after-dark" else 30)
        for one, other in itertools.pairwise(taken)
    )
