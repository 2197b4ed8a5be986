"""Putting up a seat map: an immutable version with all its places."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

import msgspec

from frontrow.core.db import Tx
from frontrow.core.errors import NotFound
from frontrow.core.ids import new_id
from frontrow.events.rules import Place, places_of


@dataclass(frozen=True)
class StoredMap:
    """A version of a venue's map; ``fresh`` unless the newest version of that name was the same already."""

    id: uuid.UUID
    version: int
    fresh: bool


async def create_seat_map(
    tx: Tx,
    organiser_id: uuid.UUID,
    venue_id: uuid.UUID,
    layout: dict[str, Any],
    places: Sequence[Place] | None = None,
) -> uuid.UUID:
    """Store the next version of the venue's map of that name with its ``places``, if they were found sound already, or
    those that its layout is checked for here. Raises SeatMapInvalid, NotFound."""
    if places is None:
        places = places_of(layout)
    before = await _newest(tx, organiser_id, venue_id, layout["name"], "")
    version = before.version + 1 if before else 1
    return (await _store(tx, organiser_id, venue_id, layout["name"], _json(layout), places, version)).id


async def put_seat_map(
    tx: Tx, organiser_id: uuid.UUID, venue_id: uuid.UUID, layout: dict[str, Any], places: Sequence[Place]
) -> StoredMap:
    """Store a layout whose ``places`` were found sound, unless it is the newest version of its name; safe to repeat.

    Raises NotFound unless the venue is the organiser's.
    """
    text = _json(layout)
    before = await _newest(tx, organiser_id, venue_id, layout["name"], text)
    if before is not None and before.same:
        return StoredMap(before.id, before.version, fresh=False)
    version = before.version + 1 if before else 1
    return await _store(tx, organiser_id, venue_id, layout["name"], text, places, version)


def _json(layout: dict[str, Any]) -> str:
    return msgspec.json.encode(layout).decode()


async def _newest(tx: Tx, organiser_id: uuid.UUID, venue_id: uuid.UUID, name: str, layout: str) -> Any:
    """The newest version of that name, if any, and whether it is the ``layout``; nobody adds one before the commit."""
    # A stadium's places are written for longer than any other statement may take; nobody waits for them meanwhile.
    await tx.sql("SET LOCAL statement_timeout = '120s'")
    # Two imports at once follow one another here, so that each finds the version of the other.
    found = await tx.sql(
        "SELECT id FROM venue WHERE id = :venue AND organiser_id = :organiser FOR NO KEY UPDATE",
        venue=venue_id,
        organiser=organiser_id,
    )
    if found.first() is None:
        raise NotFound
    newest = await tx.sql(
        """SELECT id, version, layout = CAST(NULLIF(CAST(:layout AS text), '') AS jsonb) AS same FROM seat_map
            WHERE organiser_id = :organiser AND venue_id = :venue AND name = :name ORDER BY version DESC LIMIT 1""",
        layout=layout,
        organiser=organiser_id,
        venue=venue_id,
        name=name,
    )
    return newest.first()


async def _store(
    tx: Tx,
    organiser_id: uuid.UUID,
    venue_id: uuid.UUID,
    name: str,
    layout: str,
    places: Sequence[Place],
    version: int,
) -> StoredMap:
    stored = StoredMap(new_id(), version, fresh=True)
    await tx.sql(
        """INSERT INTO seat_map (id, organiser_id, venue_id, name, version, layout, seat_count)
           VALUES (:id, :organiser, :venue, :name, :version, CAST(:layout AS jsonb), :seat_count)""",
        id=stored.id,
        organiser=organiser_id,
        venue=venue_id,
        name=name,
        version=version,
        layout=layout,
        seat_count=len(places),
    )
    await _put_places(tx, organiser_id, stored.id, places)
    return stored


async def _put_places(tx: Tx, organiser_id: uuid.UUID, seat_map_id: uuid.UUID, places: Sequence[Place]) -> None:
    """All in one round trip, which may be 100,000. Constraints are asked of each, as everywhere."""
    # A place's fields are columns of the table, in the same order: see `Place`.
    own = fields(Place)
    of = attrgetter(*(field.name for field in own))
    columns = ("seat_map_id", "organiser_id", *(field.name for field in own))
    await tx.copy("seat_place", columns, ((seat_map_id, organiser_id, *of(place)) for place in places))
