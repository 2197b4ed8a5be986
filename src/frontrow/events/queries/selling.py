"""How a performance is sold, for its organiser."""

import uuid
from collections.abc import Sequence

from frontrow.core.db import Tx
from frontrow.core.errors import NotFound
from frontrow.events.queries.rows import AnyRow


async def organiser_of_performance(tx: Tx, slug: str, performance_id: uuid.UUID) -> uuid.UUID:
    """The organiser at ``slug`` whose performance it is. Raises NotFound when it isn't theirs."""
    found = await tx.sql(
        """SELECT p.organiser_id FROM performance p JOIN organiser o ON o.id = p.organiser_id
            WHERE p.id = :performance AND o.slug = :slug""",
        performance=performance_id,
        slug=slug,
    )
    organiser_id: uuid.UUID | None = found.scalar_one_or_none()
    if organiser_id is None:
        raise NotFound
    return organiser_id


async def for_pricing(tx: Tx, performance_id: uuid.UUID, *, lock: bool = False) -> AnyRow:
    """What a price list hangs on: the sale of a performance, its currency and the categories of its map, by name.

    ``lock``: two price lists at once follow one another; it is weak enough for sales to go on meanwhile. Raises
    NotFound.
    """
    locking = "FOR NO KEY UPDATE OF p" if lock else ""
    row = (
        await tx.sql(
            f"""SELECT p.organiser_id, p.state, p.starts_at, p.sales_open_at, p.sales_close_at, p.max_per_account,
                      p.price_version, e.currency,
                      ARRAY(SELECT DISTINCT category FROM seat_place WHERE seat_map_id = p.seat_map_id ORDER BY 1)
                        AS categories
                 FROM performance p JOIN event e ON e.id = p.event_id WHERE p.id = :performance {locking}""",  # noqa: S608 -- two words of ours
            performance=performance_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


async def price_lines(tx: Tx, performance_id: uuid.UUID) -> Sequence[AnyRow]:
    """The present price list as it was put up, in the organiser's order."""
    found = await tx.sql(
        """SELECT t.category, t.name, pr.amount, pr.fee, pr.fee_bp, pr.tax_bp, pr.tax_added, t.sales_open_at,
                  t.sales_close_at, t.min_per_order, t.max_per_order
             FROM performance p JOIN ticket_type t ON t.performance_id = p.id
             JOIN price pr ON pr.ticket_type_id = t.id AND pr.version = p.price_version
            WHERE p.id = :performance ORDER BY t.position, t.category, t.name""",
        performance=performance_id,
    )
    return found.all()


async def is_cancelled(tx: Tx, performance_id: uuid.UUID) -> bool:
    """Whether a performance, or its whole event, was cancelled."""
    found = await tx.sql(
        """SELECT p.state = 'cancelled' OR e.state = 'cancelled'
             FROM performance p JOIN event e ON e.id = p.event_id WHERE p.id = :performance""",
        performance=performance_id,
    )
    return bool(found.scalar_one_or_none())
