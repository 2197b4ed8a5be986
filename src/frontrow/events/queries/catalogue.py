"""Lists of what is on: by time, by words, by day, and what they can be narrowed down to."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from frontrow.core.db import Tx
from frontrow.events.queries.filters import FACETS, FOUND, After, Filters, Wish
from frontrow.events.queries.rows import AnyRow
from frontrow.events.queries.words import Question, question

MOST_COUNTED = 1000
NEARLY = 2
"""What is added to the rank of an event that was only found by near misses of every word."""
LAST_ID = uuid.UUID(int=2**128 - 1)
A_DAY = 20
MOST_FACETS = 100

_IN_FOUND = "p.event_id IN (SELECT event_id FROM found)"
_SHOWN = """e.id, e.slug, e.title, e.subtitle, e.category, e.image_key, e.currency, o.slug AS organiser_slug,
       o.name AS organiser_name, v.name AS venue_name, v.city AS venue_city, v.timezone"""

_BY_TIME = """
WITH page AS (
  SELECT p.id, p.event_id, p.venue_id, p.starts_at, 0 AS rank FROM performance p
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
WITH {found},
fits AS MATERIALIZED (
  SELECT f.rank, n.* FROM found f CROSS JOIN LATERAL (
    SELECT p.id, p.event_id, p.venue_id, p.starts_at FROM performance p
     WHERE p.event_id = f.event_id AND {fits}
     ORDER BY p.venue_id NOT IN (SELECT id FROM here), p.starts_at, p.id LIMIT 1) n),
page AS (
  SELECT * FROM fits WHERE (rank, starts_at, id) > (CAST(:rank AS int), :at, CAST(:id AS uuid))
   ORDER BY rank, starts_at, id LIMIT :limit),
counted AS (SELECT count(*) AS total FROM (SELECT FROM fits WHERE CAST(:counted AS boolean) LIMIT :most) few)
"""

_PAGE = """
SELECT {shown}, page.id AS performance_id, page.starts_at, page.rank, counted.total, sums.*
  FROM page CROSS JOIN counted
  JOIN event e ON e.id = page.event_id JOIN organiser o ON o.id = e.organiser_id JOIN venue v ON v.id = page.venue_id
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

    A row has the event's columns, its organiser's, ``performance_id`` and ``starts_at`` of that performance with its
    venue, and over all that fit ``performance_count``, ``seats_free``, ``seats_total``, ``from_price``, ``accessible``.
    """
    nearly = after is not None and after.rank >= NEARLY
    found = await _page(tx, wish, now, after, limit, nearly=nearly)
    if wish.words and not found.rows and after is None:
        return await _page(tx, wish, now, None, limit, nearly=True)
    return found


async def _page(tx: Tx, wish: Wish, now: datetime, after: After | None, limit: int, *, nearly: bool) -> Found:
    asked = await question(tx, wish.words, nearly=nearly) if wish.words else None
    if wish.words and asked is None:
        return Found([], None, 0)
    filters = Filters(wish, asked, now)
    shift = NEARLY if nearly else 0
    values = {
        "at": after.starts_at if after else now,
        "id": after.id if after else LAST_ID,
        "limit": limit + 1,
        "counted": after is None,
        "most": MOST_COUNTED + 1,
    }
    if filters.searching:
        values["rank"] = after.rank - shift if after else -1
    begin = _BY_WORDS if filters.searching else _BY_TIME
    statement = (begin + _PAGE).format(found=FOUND, shown=_SHOWN, fits=filters.all("p"), sooner=filters.all("s"))
    rows = (await tx.sql(statement, **filters.values, **values)).all()
    last = rows[limit - 1] if len(rows) > limit else None
    more = After(now, last.rank + shift, last.starts_at, last.performance_id) if last else None
    total = None if after else rows[0].total if rows else 0
    return Found(rows[:limit], more, None if total is None or total > MOST_COUNTED else total)


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
    statement = _CALENDAR.format(found=found, shown=_SHOWN, fits=fits)
    return (await tx.sql(statement, **filters.values, a_day=A_DAY)).all()


_FACETS = """
WITH {found}base AS MATERIALIZED (
  SELECT p.event_id, p.city, p.category, p.from_price, p.wheelchair_free > 0 AS accessible,
         {city} AS city_fits, {category} AS category_fits, {price} AS price_fits, {accessible} AS accessible_fits
    FROM performance p WHERE {everywhere}),
cities AS (
  SELECT city, count(*) AS n FROM (SELECT DISTINCT city, event_id FROM base
   WHERE category_fits AND price_fits AND accessible_fits) d GROUP BY city ORDER BY n DESC, city LIMIT :most),
categories AS (
  SELECT category, count(*) AS n FROM (SELECT DISTINCT category, event_id FROM base
   WHERE city_fits AND price_fits AND accessible_fits) d GROUP BY category ORDER BY n DESC, category LIMIT :most),
priced AS (
  SELECT e.currency, min(b.from_price) AS least, max(b.from_price) AS most FROM base b JOIN event e ON e.id = b.event_id
   WHERE b.city_fits AND b.category_fits AND b.accessible_fits AND b.from_price IS NOT NULL
   GROUP BY e.currency ORDER BY count(*) DESC, e.currency LIMIT 1)
SELECT 'city' AS kind, city AS name, n AS count, 0 AS least, 0 AS most FROM cities
UNION ALL SELECT 'category', category, n, 0, 0 FROM categories
UNION ALL SELECT 'price', currency, 0, least, most FROM priced
UNION ALL SELECT 'accessible', '', count(DISTINCT event_id), 0, 0 FROM base
           WHERE accessible AND city_fits AND category_fits AND price_fits
"""


async def facets(tx: Tx, wish: Wish, now: datetime) -> Sequence[AnyRow]:
    """Rows of (kind, name, count of events, least, most): cities and categories with the most events first, then the
    range of from-prices in the currency (``name``) that most are in, then how many are accessible."""
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
    return (await tx.sql(statement, **filters.values, most=MOST_FACETS)).all()


async def _asked(tx: Tx, wish: Wish) -> tuple[Question | None, str]:
    """The question of a wish's words and the part of a statement that asks it, if there are any."""
    if not wish.words:
        return None, ""
    asked = await question(tx, wish.words)
    if asked is not None and not await _finds(tx, asked):
        asked = await question(tx, wish.words, nearly=True)
    return asked, "WITH " + FOUND.partition(",\nhere")[0]


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
