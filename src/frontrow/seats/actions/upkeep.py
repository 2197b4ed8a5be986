"""What timers and organisers do with seats: apply a map, sweep what lapsed, store what listings show."""

import uuid
from collections.abc import Iterable

from frontrow.core.db import Tx
from frontrow.seats.actions.ordering import FREE
from frontrow.seats.rules import WIRE_STATE


async def apply_map(tx: Tx, performance_id: uuid.UUID, blocked: Iterable[int] = ()) -> int:
    """Give a performance its seat rows, one a place of its map; those ``blocked``, by number, aren't for sale.

    Returns how many were added: none when it has its seats already, so this is safe to repeat. Raises IndexError for a
    number beyond the map's.
    """
    # Two at once follow one another here, so that the second finds the seats of the first.
    found = await tx.sql(
        """SELECT p.seat_map_id, m.seat_count FROM performance p JOIN seat_map m ON m.id = p.seat_map_id
            WHERE p.id = :performance FOR NO KEY UPDATE OF p""",
        performance=performance_id,
    )
    of = found.first()
    if of is None:
        return 0
    await find_spots(tx, of.seat_map_id)
    # A bit a place, looked up by its number: a join with a list could be planned badly for a map of this minute.
    bits = bytearray(of.seat_count // 8 + 1)
    for seat_no in blocked:
        bits[seat_no // 8] |= 1 << seat_no % 8
    added = await tx.sql(
        """INSERT INTO seat (performance_id, seat_no, organiser_id, kind, category, state, fence)
           SELECT p.id, sp.seat_no, p.organiser_id, sp.kind, sp.category,
                  CASE get_bit(CAST(:blocked AS bytea), sp.seat_no) WHEN 1 THEN 'blocked' ELSE 'free' END,
                  get_bit(CAST(:blocked AS bytea), sp.seat_no)
             FROM performance p JOIN seat_place sp ON sp.seat_map_id = p.seat_map_id
            WHERE p.id = :performance AND NOT EXISTS (SELECT FROM seat WHERE performance_id = :performance)""",
        performance=performance_id,
        blocked=bytes(bits),
    )
    await refresh_availability(tx, [performance_id])
    return added.rowcount


async def find_spots(tx: Tx, seat_map_id: uuid.UUID) -> None:
    """Note which places of a map are neighbours and how good each is, once a map; safe to repeat."""
    await tx.sql(
        """SELECT fill_seat_spots(CAST(:map AS uuid))
            WHERE NOT EXISTS (SELECT FROM seat_run WHERE seat_map_id = CAST(:map AS uuid))""",
        map=seat_map_id,
    )


SWEEP = f"""
WITH lapsed AS MATERIALIZED (
  SELECT id FROM hold WHERE state = 'active' AND expires_at < statement_timestamp()
   ORDER BY expires_at LIMIT :batch FOR NO KEY UPDATE SKIP LOCKED),
ended AS (
  UPDATE hold h SET state = 'expired' FROM lapsed WHERE h.id = lapsed.id RETURNING h.id),
mine AS MATERIALIZED (
  SELECT s.performance_id, s.seat_no, s.hold_id FROM ended JOIN seat s ON s.hold_id = ended.id
   WHERE s.hold_id IS NOT NULL AND NOT s.in_payment
   ORDER BY s.performance_id, s.seat_no FOR NO KEY UPDATE OF s),
freed AS (
  UPDATE seat s SET fence = s.fence + 1, {FREE} FROM mine
   WHERE s.performance_id = mine.performance_id AND s.seat_no = mine.seat_no AND s.hold_id = mine.hold_id
  RETURNING s.performance_id, s.seat_no, s.fence)
SELECT CAST((SELECT count(*) FROM ended) AS int) AS holds, freed.* FROM (VALUES (1)) AS one LEFT JOIN freed ON true
"""  # noqa: S608 -- literals of this room
"""T6. The time is the statement's beginning, not ``clock_timestamp()``, which no index could be asked for."""


async def sweep(tx: Tx, batch: int = 100) -> int:
    """T6 for holds without an order: free what lapsed. Returns how many holds; several sweepers don't meet."""
    holds = 0
    for row in await tx.sql(SWEEP, batch=batch):
        holds = row.holds
        if row.performance_id is not None:
            tx.seats_changed(row.performance_id, [(row.seat_no, WIRE_STATE["free"], row.fence)])
    return holds


async def refresh_availability(tx: Tx, performance_ids: list[uuid.UUID] | None = None) -> int:
    """Store what listings show (places left, those for wheelchairs, lowest price). All coming performances unless some
    are named.

    Returns how many had changed. The timer asks the index of free seats alone, a twentieth of the work of counting all
    rows; how many there are in all, ``apply_map`` knows, who names its performance.
    """
    changed = await tx.sql(
        """UPDATE performance p SET seats_total = f.total, seats_free = f.free, from_price = f.from_price,
                                    wheelchair_free = f.wheelchair, availability_at = clock_timestamp()
             FROM (SELECT q.id,
                          CASE WHEN CAST(:ids AS uuid[]) IS NULL THEN q.seats_total
                               ELSE (SELECT count(*) FROM seat s WHERE s.performance_id = q.id) END AS total,
                          (SELECT count(*) FROM seat s WHERE s.performance_id = q.id AND s.state = 'free') AS free,
                          (SELECT count(*) FROM seat_place sp
                             JOIN seat s ON s.performance_id = q.id AND s.seat_no = sp.seat_no AND s.state = 'free'
                            WHERE sp.seat_map_id = q.seat_map_id AND sp.access = 'wheelchair') AS wheelchair,
                          (SELECT min(pr.total)
                             FROM (SELECT DISTINCT category FROM ticket_type WHERE performance_id = q.id) c
                             JOIN price pr ON pr.version = q.price_version
                              AND pr.ticket_type_id = usual_ticket_type(q.id, c.category, q.price_version, now())
                          ) AS from_price
                     FROM performance q
                    WHERE CASE WHEN CAST(:ids AS uuid[]) IS NULL THEN q.starts_at > now() ELSE q.id = ANY (:ids) END
                  ) f
            WHERE p.id = f.id
              AND (p.seats_total, p.seats_free, p.wheelchair_free, p.from_price)
                  IS DISTINCT FROM (f.total, f.free, f.wheelchair, f.from_price)""",
        ids=performance_ids,
    )
    return changed.rowcount
