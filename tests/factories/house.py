"""A small house to sell from: an organiser, a venue, a map of rows, a published event and a performance."""

import uuid
from dataclasses import dataclass

from frontrow.core.db import Database, Tx
from frontrow.core.ids import new_id
from frontrow.seats import actions as seats

PRICE = 4000
LAST_ROW_PRICE = 1500
FEE = 250
TAX_BP = 700


@dataclass(frozen=True)
class House:
    """Ids of what was made; seats are numbered 1..``seat_count`` in rows of ten; the last row is B, the rest A."""

    organiser_id: uuid.UUID
    event_id: uuid.UUID
    performance_id: uuid.UUID
    seat_map_id: uuid.UUID
    ticket_type_id: uuid.UUID
    seat_count: int


async def build_house(db: Database, seat_count: int = 40, slug: str = "an-evening") -> House:
    """Make one in a transaction of its own."""
    ids = [new_id() for _ in range(7)]
    organiser, venue, seat_map, event, performance, ticket_type, last_row = ids
    made = House(organiser, event, performance, seat_map, ticket_type, seat_count)

    async def work(tx: Tx) -> None:
        await tx.sql(
            "INSERT INTO organiser (id, slug, name) VALUES (:id, :slug, 'Test House')", id=organiser, slug=f"org-{slug}"
        )
        await tx.sql(
            """INSERT INTO venue (id, organiser_id, name, address, city, country, timezone)
               VALUES (:id, :organiser, 'Small Hall', 'Hall Street 1', 'Berlin', 'DE', 'Europe/Berlin')""",
            id=venue,
            organiser=organiser,
        )
        await tx.sql(
            """INSERT INTO seat_map (id, organiser_id, venue_id, name, layout, seat_count)
               VALUES (:id, :organiser, :venue, 'Rows', '{}', :count)""",
            id=seat_map,
            organiser=organiser,
            venue=venue,
            count=seat_count,
        )
        await tx.sql(
            """INSERT INTO seat_place (seat_map_id, seat_no, organiser_id, category, section, row, label, x, y)
               SELECT :map, n, :organiser, CASE WHEN n > :count - 10 THEN 'B' ELSE 'A' END, 'Stalls',
                      chr(65 + (n - 1) / 10), ((n - 1) % 10 + 1)::text,
                      (n - 1) % 10 * 10, (n - 1) / 10 * 12
                 FROM generate_series(1, :count) n""",
            map=seat_map,
            organiser=organiser,
            count=seat_count,
        )
        await tx.sql(
            """INSERT INTO event (id, organiser_id, slug, title, currency, state)
               VALUES (:id, :organiser, :slug, 'An Evening', 'EUR', 'published')""",
            id=event,
            organiser=organiser,
            slug=slug,
        )
        await tx.sql(
            """INSERT INTO performance (id, organiser_id, event_id, venue_id, seat_map_id, starts_at)
               VALUES (:id, :organiser, :event, :venue, :map, now() + interval '30 days')""",
            id=performance,
            organiser=organiser,
            event=event,
            venue=venue,
            map=seat_map,
        )
        await tx.sql(
            """INSERT INTO ticket_type (id, organiser_id, performance_id, category, name, position)
               VALUES (:id, :organiser, :performance, 'A', 'Stalls', 0),
                      (:last_row, :organiser, :performance, 'B', 'Last row', 1)""",
            id=ticket_type,
            last_row=last_row,
            organiser=organiser,
            performance=performance,
        )
        await tx.sql(
            """INSERT INTO price (ticket_type_id, version, organiser_id, amount, fee, tax_bp)
               VALUES (:type, 1, :organiser, :amount, :fee, :tax_bp),
                      (:last_row, 1, :organiser, :cheap, :fee, :tax_bp)""",
            type=ticket_type,
            last_row=last_row,
            cheap=LAST_ROW_PRICE,
            organiser=organiser,
            amount=PRICE,
            fee=FEE,
            tax_bp=TAX_BP,
        )
        await tx.sql(
            "INSERT INTO checkin_list (id, organiser_id, performance_id) VALUES (:id, :organiser, :performance)",
            id=new_id(),
            organiser=organiser,
            performance=performance,
        )
        await seats.apply_map(tx, performance)

    await db.write(work)
    return made
