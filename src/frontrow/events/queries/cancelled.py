"""Events that were to come and are cancelled altogether: they stay in the list by time until their day has passed."""

from collections.abc import Sequence
from datetime import datetime

from frontrow.core.db import Tx
from frontrow.events.queries.catalogue import SHOWN, Found
from frontrow.events.queries.filters import LAST_ID, After, Filters, Wish
from frontrow.events.queries.rows import AnyRow

MOST = 20

# From the cancellations, which are few: no index over the performances is spent on them.
_CANCELLED = """
SELECT {shown}, p.id AS performance_id, p.starts_at AS listed_at, p.starts_at, p.performance_count,
       0 AS seats_free, 0 AS seats_total, CAST(NULL AS bigint) AS from_price, false AS accessible
  FROM (SELECT DISTINCT ON (p.event_id) p.id, p.event_id, p.venue_id, p.starts_at,
               count(*) OVER (PARTITION BY p.event_id) AS performance_count
          FROM performance_cancellation c JOIN performance p ON p.id = c.performance_id
         WHERE p.state = 'cancelled' AND {fits}
           AND NOT EXISTS (SELECT FROM performance s WHERE s.event_id = p.event_id AND s.listed AND s.starts_at > :now)
         ORDER BY p.event_id, p.starts_at, p.id) p
  JOIN event e ON e.id = p.event_id JOIN organiser o ON o.id = e.organiser_id JOIN venue v ON v.id = p.venue_id
 WHERE e.state <> 'draft' AND p.starts_at >= :at AND (p.starts_at, p.id) > (:at, CAST(:id AS uuid))
   AND (CAST(:until AS timestamptz) IS NULL OR (p.starts_at, p.id) <= (:until, CAST(:until_id AS uuid)))
 ORDER BY p.starts_at, p.id LIMIT :most
"""


async def cancelled(tx: Tx, wish: Wish, now: datetime, after: After | None, found: Found) -> Sequence[AnyRow]:
    """Events with no performance to come but cancelled ones, of the time that a page of ``upcoming`` covers: rows as
    its own, at most twenty a page. None for who searches, or asks for a price or a place: nothing of them can be had.
    """
    if wish.words or wish.accessible or wish.max_price is not None:
        return []
    filters = Filters(wish, None, now)
    fits = [*filters.somewhere("p"), filters.facet("p", "city"), filters.facet("p", "category")]
    rows = await tx.sql(
        _CANCELLED.format(shown=SHOWN, fits=" AND ".join(fits)),
        **filters.values,
        at=after.starts_at if after else now,
        id=after.id if after else LAST_ID,
        until=found.more.starts_at if found.more else None,
        until_id=found.more.id if found.more else LAST_ID,
        most=MOST,
    )
    return rows.all()
