"""Halls to choose seats in: drawn as text, a line a row, stage at the top."""

import uuid
from typing import Any

from frontrow.core.db import Tx
from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.seats import actions, queries
from frontrow.seats.actions import Best, Held, Standing
from tests.factories.house import House

ACCESS = {"w": "wheelchair", "c": "companion"}
CATEGORY = {"b": "B"}


async def build_hall(rt: Runtime, house: House, rows: list[str], standing: dict[str, int] | None = None) -> uuid.UUID:
    """A performance in a hall. ``a`` and ``b`` are seats of that category, ``w`` and ``c`` a wheelchair's place and its
    companion's, a blank is an aisle. ``standing``: name and capacity of areas. Returns the performance's id.
    """
    places: list[dict[str, Any]] = []
    for at, line in enumerate(rows):
        for x, letter in enumerate(line):
            if letter == " ":
                continue
            places.append(
                {
                    "no": len(places) + 1,
                    "kind": "numbered",
                    "access": ACCESS.get(letter, ""),
                    "category": CATEGORY.get(letter, "A"),
                    "section": "Stalls",
                    "row": chr(65 + at),
                    "label": str(x + 1),
                    "x": 10.0 * x,
                    "y": 10.0 * at,
                }
            )
    for name, capacity in (standing or {}).items():
        for _ in range(capacity):
            words = {"section": name, "row": "", "label": "", "access": "", "category": "A", "kind": "standing"}
            places.append({"no": len(places) + 1, "x": 0.0, "y": 0.0, **words})
    seat_map, performance = new_id(), new_id()

    async def work(tx: Tx) -> None:
        await tx.sql(
            """INSERT INTO seat_map (id, organiser_id, venue_id, name, layout, seat_count)
               SELECT :map, organiser_id, venue_id, :name, '{}', :count FROM seat_map WHERE id = :like""",
            map=seat_map,
            name=str(seat_map),
            count=len(places),
            like=house.seat_map_id,
        )
        for place in places:
            await tx.sql(
                """INSERT INTO seat_place (seat_map_id, seat_no, organiser_id, kind, access, category, section, "row",
                                           label, x, y)
                   VALUES (:map, :no, :organiser, :kind, :access, :category, :section, :row, :label, :x, :y)""",
                map=seat_map,
                organiser=house.organiser_id,
                **place,
            )
        await tx.sql(
            """INSERT INTO performance (id, organiser_id, event_id, venue_id, seat_map_id, starts_at)
               SELECT :performance, organiser_id, event_id, venue_id, :map, starts_at
                 FROM performance WHERE id = :like""",
            performance=performance,
            map=seat_map,
            like=house.performance_id,
        )
        for category in ("A", "B"):
            ticket_type = new_id()
            await tx.sql(
                """INSERT INTO ticket_type (id, organiser_id, performance_id, category, name)
                   VALUES (:id, :organiser, :performance, CAST(:category AS text), :category)""",
                id=ticket_type,
                organiser=house.organiser_id,
                performance=performance,
                category=category,
            )
            await tx.sql(
                "INSERT INTO price (ticket_type_id, version, organiser_id, amount) VALUES (:id, 1, :organiser, 1000)",
                id=ticket_type,
                organiser=house.organiser_id,
            )
        await actions.apply_map(tx, performance)

    await rt.db.write(work)
    return performance


async def best(
    rt: Runtime, performance: uuid.UUID, count: int, buyer: uuid.UUID | None = None, **how: Any
) -> list[int]:
    """Hold the best seats; returns their numbers."""
    wish = Best(count, **how)
    made = await actions.hold_best(rt.db, rt.settings.till, performance, buyer or new_id(), wish, str(new_id()))
    assert isinstance(made, Held)
    return made.seats


async def standing(rt: Runtime, performance: uuid.UUID, section: str, count: int) -> list[int]:
    """Hold standing places; returns their numbers."""
    wish = Standing(section, count)
    made = await actions.hold_standing(rt.db, rt.settings.till, performance, new_id(), wish, str(new_id()))
    assert isinstance(made, Held)
    return made.seats


async def block(rt: Runtime, performance: uuid.UUID, seats: list[int]) -> None:
    """Take seats out of the sale."""
    await rt.db.write(
        lambda tx: tx.sql(
            """UPDATE seat SET state = 'blocked', fence = fence + 1
                WHERE performance_id = :performance AND seat_no = ANY (CAST(:seats AS int[]))""",
            performance=performance,
            seats=seats,
        )
    )


async def states(rt: Runtime, performance: uuid.UUID) -> str:
    return (await rt.db.read(lambda tx: queries.snapshot(tx, performance))).states
