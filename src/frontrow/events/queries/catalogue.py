"""Lists of what is on: by time, by words, by day, and what they can be narrowed down to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from frontrow.core.db import Tx
from frontrow.events.queries.filters import FACETS, FOUND, LAST_ID, After, Filters, Wish
from frontrow.events.queries.rows import AnyRow
from frontrow.events.queries.search import search
from frontrow.events.queries.words import Question, question

MOST_COUNTED = 1000
A_DAY = 20
MOST_FACETS = 100
MOST_LOOKED_AT = 50_000

_IN_FOUND = "p.event_id IN (SELECT event_id FROM found)"
SHOWN = """e.id, e.slug, e.title, e.subtitle, e.category, e.image_key, e.currency, o.slug AS organiser_slug,
       o.name AS organiser_name, v.name AS venue_name, v.city AS venue_city, v.timezone"""

_BY_TIME = """
WITH page AS (
  SELECT p.id, p.event_id, p.starts_at, 0 AS rank FROM performance p
   WHERE {fits} AND p.starts_at >= :at AND (p.starts_at, p.id) > (:at, CAST(:id AS uuid))
     AND NOT EXISTS (SELECT FROM performance s
                      WHERE s.event_id = p.event_id AND (s.starts_at, s.id) < (p.starts_at, p.id) AND {sooner})
   ORDER BY p.starts_at, p.id LIMIT :limit),
counted AS (
  SELECT count(*) AS total FROM (
    SELECT FROM performance p
     WHERE CAST(:counted AS boolean) AND {fits}
       AND NOT EXISTS (SELECT FROM performance s
                        WHERE s.event_id = p.event_id AND (s.starts_at, s.id) < (p.starts_at, p.id) AND {sooner})
     ORDER BY p.starts_at, p.id LIMIT :most) few)
"""

_BY_WORDS = """
WITH page AS (
  SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:events AS uuid[]), CAST(:moments AS timestamptz[]),
                       CAST(:ranks AS int[])) AS key (id, event_id, starts_at, rank)),
counted AS (SELECT 0 AS total)
"""

_PAGE = """
SELECT {shown}, page.id AS performance_id, page.starts_at AS listed_at, page.rank, told.starts_at, counted.total, sums.*
  FROM page CROSS JOIN counted
  JOIN LATERAL (SELECT s.starts_at, s.venue_id FROM performance s{places}
                 WHERE s.event_id = page.event_id AND {sooner} ORDER BY {first}s.starts_at, s.id LIMIT 1) told ON true
  JOIN event e ON e.id = page.event_id JOIN organiser o ON o.id = e.organiser_id JOIN venue v ON v.id = told.venue_id
  JOIN LATERAL (
    SELECT count(*) AS performance_count, sum(s.seats_free) AS seats_free, sum(s.seats_total) AS seats_total,
           min(s.from_price) AS from_price, bool_or(s.wheelchair_free > 0) AS accessible
      FROM performance s WHERE s.event_id = page.event_id AND {sooner}) sums ON true
 ORDER BY page.rank, page.starts_at, page.id
"""


@dataclass(frozen=True)
class Found:
    """``total`` is None when it wasn't asked for, or is more than ``MOST_COUNTED``."""

    rows: Sequence[AnyRow]
    more: After | None
    total: int | None


async def upcoming(tx: Tx, wish: Wish, now: datetime, after: After | None, limit: int) -> Found:
    """Listed events, each by its first performance that fits, from behind ``after``; found by words, those first that
    have them in the title. Words that find nothing are taken for slips of others.

    A row has the event's columns, its organiser's, ``performance_id`` and ``listed_at`` of that performance, by which
    the list goes on; ``starts_at`` and the venue of the one to be shown, which is at a place that the words name if
    there is one; and over all that fit ``performance_count``, ``seats_free``, ``seats_total``, ``from_price``,
    ``accessible``.
    """
    if not wish.words:
        rows = await _by_time(tx, Filters(wish, None, now), now, after, limit)
        return _found(rows, now, after, limit, (rows[0].total if rows else 0))
    hits = await search(tx, wish, now, after, limit)
    if not hits.keys:
        return Found([], None, None if after else hits.total)
    filters = Filters(wish, Question("", hits.some), now)
    statement = (_BY_WORDS + _PAGE).format(
        shown=SHOWN,
        sooner=filters.all("s"),
        places=" JOIN venue w ON w.id = s.venue_id",
        first="(w.words @@ CAST(:some AS tsquery)) DESC, ",
    )
    keys = {
        "ids": [key.id for key in hits.keys],
        "events": [key.event_id for key in hits.keys],
        "moments": [key.starts_at for key in hits.keys],
        "ranks": [key.rank + hits.shift for key in hits.keys],
    }
    return _found((await tx.sql(statement, **filters.values, **keys)).all(), now, after, limit, hits.total)


async def _by_time(tx: Tx, filters: Filters, now: datetime, after: After | None, limit: int) -> Sequence[AnyRow]:
    statement = (_BY_TIME + _PAGE).format(
        shown=SHOWN, fits=filters.all("p"), sooner=filters.all("s"), places="", first=""
    )
    place = {"at": after.starts_at if after else now, "id": after.id if after else LAST_ID, "limit": limit + 1}
    counted = {"counted": after is None, "most": MOST_COUNTED + 1}
    return (await tx.sql(statement, **filters.values, **place, **counted)).all()


def _found(rows: Sequence[AnyRow], now: datetime, after: After | None, limit: int, total: int | None) -> Found:
    last = rows[limit - 1] if len(rows) > limit else None
    more = After(now, last.rank, last.listed_at, last.performance_id) if last else None
    return Found(rows[:limit], more, None if after or total is None or total > MOST_COUNTED else total)


_CALENDAR = """
{found}
SELECT days.on_date, days.day_count, days.id AS performance_id, days.starts_at, days.seats_free, days.seats_total,
       days.from_price, {shown}
  FROM (SELECT p.*, count(*) OVER (PARTITION BY p.on_date) AS day_count,
               row_number() OVER (PARTITION BY p.on_date ORDER BY p.starts_at, p.id) AS place
          FROM performance p WHERE {fits}) days
  JOIN event e ON e.id = days.event_id JOIN organiser o ON o.id = e.organiser_id JOIN venue v ON v.id = days.venue_id
 WHERE days.place <= :a_day
 ORDER BY days.on_date, days.place
"""


async def calendar(tx: Tx, wish: Wish, now: datetime, first: date, last: date) -> Sequence[AnyRow]:
    """The coming performances from the first to the last day, by day: ``day_count`` in all, at most twenty of each."""
    begins, ends = max(first, wish.starts or first), min(last, wish.ends or last)
    if begins > ends:
        return []
    within = replace(wish, starts=begins, ends=ends)
    asked, found = await _asked(tx, wish)
    if wish.words and asked is None:
        return []
    filters = Filters(within, asked, now)
    fits = " AND ".join([filters.all("p"), *([_IN_FOUND] if found else [])])
    statement = _CALENDAR.format(found=found, shown=SHOWN, fits=fits)
    return (await tx.sql(statement, **filters.values, a_day=A_DAY)).all()


_FACETS = """
WITH {found}base AS MATERIALIZED (
  SELECT p.event_id, p.city, p.category, p.from_price, p.wheelchair_free > 0 AS accessible,
         {city} AS city_fits, {category} AS category_fits, {price} AS price_fits, {accessible} AS accessible_fits
    FROM performance p WHERE {everywhere} ORDER BY p.starts_at, p.id LIMIT :looked_at),
cities AS (
  SELECT city, count(*) AS n FROM (SELECT DISTINCT city, event_id FROM base
   WHERE category_fits AND price_fits AND accessible_fits) d GROUP BY city ORDER BY n DESC, city LIMIT :most),
categories AS (
  SELECT category, count(*) AS n FROM (SELECT DISTINCT category, event_id FROM base
   WHERE city_fits AND price_fits AND accessible_fits) d GROUP BY category ORDER BY n DESC, category LIMIT :most),
priced AS (
  SELECT min(from_price) AS least, max(from_price) AS most FROM base
   WHERE city_fits AND category_fits AND accessible_fits AND from_price IS NOT NULL),
paid_in AS (
  SELECT e.currency FROM (SELECT event_id FROM base WHERE city_fits AND category_fits AND accessible_fits LIMIT 500) b
    JOIN event e ON e.id = b.event_id GROUP BY e.currency ORDER BY count(*) DESC, e.currency LIMIT 1)
SELECT 'city' AS kind, city AS name, n AS count, 0 AS least, 0 AS most FROM cities
UNION ALL SELECT 'category', category, n, 0, 0 FROM categories
UNION ALL SELECT 'price', currency, 0, least, most FROM priced, paid_in WHERE least IS NOT NULL
UNION ALL SELECT 'accessible', '', count(*), 0, 0 FROM (SELECT DISTINCT event_id FROM base
           WHERE accessible AND city_fits AND category_fits AND price_fits) d
"""


async def facets(tx: Tx, wish: Wish, now: datetime) -> Sequence[AnyRow]:
    """Of the next 50,000 performances rows of (kind, name, count of events, least, most): cities and
    categories with the most events first, then the range of from-prices in the currency (``name``) that most are in,
    then how many are accessible."""
    asked, found = await _asked(tx, wish)
    if wish.words and asked is None:
        return []
    filters = Filters(wish, asked, now)
    everywhere = [*filters.everywhere("p"), *([_IN_FOUND] if found else [])]
    statement = _FACETS.format(
        found=found.removeprefix("WITH ") + (",\n" if found else ""),
        everywhere=" AND ".join(everywhere),
        **{name: filters.facet("p", name) for name in FACETS},
    )
    return (await tx.sql(statement, **filters.values, most=MOST_FACETS, looked_at=MOST_LOOKED_AT)).all()


async def _asked(tx: Tx, wish: Wish) -> tuple[Question | None, str]:
    """The question of a wish's words and the part of a statement that asks it, if there are any."""
    if not wish.words:
        return None, ""
    asked = await question(tx, wish.words)
    if asked is not None and not await _finds(tx, asked):
        asked = await question(tx, wish.words, nearly=True)
    return asked, "WITH " + FOUND


async def _finds(tx: Tx, asked: Question) -> bool:
    statement = "SELECT EXISTS (SELECT FROM event_text WHERE words @@ CAST(:every AS tsquery))"
    return bool((await tx.sql(statement, every=asked.every)).scalar_one())


async def organiser(tx: Tx, slug: str, now: datetime) -> AnyRow | None:
    """An organiser with ``about`` and the number of events that are coming."""
    found = await tx.sql(
        """SELECT o.slug, o.name, o.about,
                  (SELECT count(DISTINCT p.event_id) FROM performance p
                    WHERE p.organiser_id = o.id AND p.listed AND p.starts_at > :now) AS upcoming_count
             FROM organiser o WHERE o.slug = :slug""",
        slug=slug,
        now=now,
    )
    return found.one_or_none()
