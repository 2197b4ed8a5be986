"""Which events words find, in what order: those first that have all of them in the title, and each kind by time.

Few that are found are simply sorted. Of words that thousands of events have, the next in time are looked through until
a page is full: that is less work than to sort them all, and if it isn't, they are sorted after all.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from frontrow.core.db import Tx
from frontrow.events.queries.filters import LAST_ID, After, Filters, Wish
from frontrow.events.queries.rows import AnyRow
from frontrow.events.queries.words import question

MOST_SORTED = 2000
WINDOW = 2000
TITLE, TEXT, NEARLY = 0, 1, 2
"""Ranks. ``NEARLY`` is added when nothing was found, and each word was taken for a slip of others."""

_IN = {
    TITLE: "t.title @@ CAST(:every AS tsquery)",
    TEXT: "t.words @@ CAST(:every AS tsquery) AND NOT t.title @@ CAST(:every AS tsquery)",
}

_ANYWHERE = "t.words @@ CAST(:every AS tsquery)"

_FEW = """
WITH found AS MATERIALIZED (
  SELECT t.event_id, CASE WHEN t.title @@ CAST(:every AS tsquery) THEN 0 ELSE 1 END AS rank
    FROM event_text t WHERE {where} LIMIT :most),
fits AS MATERIALIZED (
  SELECT f.rank, n.* FROM found f CROSS JOIN LATERAL (
    SELECT p.id, p.event_id, p.starts_at FROM performance p
     WHERE p.event_id = f.event_id AND {fits} ORDER BY p.starts_at, p.id LIMIT 1) n
   WHERE (SELECT count(*) FROM found) < :most),
page AS (
  SELECT * FROM fits WHERE (rank, starts_at, id) > (CAST(:rank AS int), :at, CAST(:id AS uuid))
   ORDER BY rank, starts_at, id LIMIT :limit)
SELECT (SELECT count(*) FROM found) AS seen, (SELECT count(*) FROM fits) AS total, page.*
  FROM (VALUES (1)) AS one LEFT JOIN page ON true ORDER BY page.rank, page.starts_at, page.id
"""

_NEXT = """
WITH near AS MATERIALIZED (
  SELECT p.* FROM performance p
   WHERE {everywhere} AND p.starts_at >= :at AND (p.starts_at, p.id) > (:at, CAST(:id AS uuid))
   ORDER BY p.starts_at, p.id LIMIT :most),
page AS (
  SELECT CAST(:rank AS int) AS rank, p.id, p.event_id, p.starts_at FROM near p
    JOIN event_text t ON t.event_id = p.event_id
   WHERE {where} AND {fits}
     AND NOT EXISTS (SELECT FROM performance s
                      WHERE s.event_id = p.event_id AND (s.starts_at, s.id) < (p.starts_at, p.id) AND {sooner})
   ORDER BY p.starts_at, p.id LIMIT :limit)
SELECT (SELECT count(*) FROM near) AS seen, 0 AS total, page.*
  FROM (VALUES (1)) AS one LEFT JOIN page ON true ORDER BY page.starts_at, page.id
"""


@dataclass(frozen=True)
class Hits:
    """Keys of a page: rows of rank, performance's id, event_id and starts_at; one too many if there are more.

    ``some``: for the index on places, any of the words. ``total`` is None when there were too many to be counted.
    """

    keys: Sequence[AnyRow]
    total: int | None
    some: str
    shift: int


async def search(tx: Tx, wish: Wish, now: datetime, after: After | None, limit: int) -> Hits:
    """The next ``limit`` + 1 behind ``after``."""
    nearly = after is not None and after.rank >= NEARLY
    hits = await _hits(tx, wish, now, after, limit, nearly=nearly)
    return hits if hits.keys or after else await _hits(tx, wish, now, None, limit, nearly=True)


async def _hits(tx: Tx, wish: Wish, now: datetime, after: After | None, limit: int, *, nearly: bool) -> Hits:
    asked = await question(tx, wish.words, nearly=nearly)
    shift = NEARLY if nearly else 0
    if asked is None:
        return Hits([], 0, "", shift)
    filters = Filters(wish, asked, now)
    behind = replace(after, rank=after.rank - shift) if after else After(now, -1, now, LAST_ID)
    if await _expected(tx, asked.every) <= 2 * MOST_SORTED:
        seen, total, keys = await _ask(tx, _FEW, filters, behind, limit, _ANYWHERE, MOST_SORTED)
        if seen <= MOST_SORTED:
            return Hits(keys, total, asked.some, shift)
    found: list[AnyRow] = []
    for rank in (TITLE, TEXT):
        if rank < behind.rank or len(found) > limit:
            continue
        start = behind if behind.rank == rank else After(now, rank, now, LAST_ID)
        left = limit - len(found)
        seen, _, keys = await _ask(tx, _NEXT, filters, start, left, _IN[rank], WINDOW)
        if len(keys) <= left and seen > WINDOW:
            start = start if behind.rank == rank else replace(start, rank=-1)
            _, _, keys = await _ask(tx, _FEW, filters, start, left, _IN[rank], 2**30)
        found += keys
    return Hits(found, None, asked.some, shift)


async def _expected(tx: Tx, every: str) -> float:
    """How many events the planner takes these words to be in, from its statistics: counting them would be the work."""
    told = await tx.sql(f"EXPLAIN (FORMAT JSON) SELECT FROM event_text t WHERE {_ANYWHERE}", every=every)
    plan = told.scalar_one()
    return float((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]["Plan Rows"])


async def _ask(
    tx: Tx, statement: str, filters: Filters, behind: After, limit: int, where: str, most: int
) -> tuple[int, int, list[AnyRow]]:
    """How many were looked at (more than ``most``: there are more), how many fit, and the keys."""
    text = statement.format(
        where=where, fits=filters.all("p"), sooner=filters.all("s"), everywhere=" AND ".join(filters.everywhere("p"))
    )
    place = {"rank": behind.rank, "at": behind.starts_at, "id": behind.id, "limit": limit + 1, "most": most + 1}
    rows = (await tx.sql(text, **filters.values, **place)).all()
    return rows[0].seen, rows[0].total, [row for row in rows if row.id is not None]
