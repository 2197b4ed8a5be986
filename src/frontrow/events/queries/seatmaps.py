"""Seat maps as their organiser sees them: which there are, and one as a whole."""

import uuid
from collections.abc import Sequence
from typing import Any

from frontrow.core.db import Tx
from frontrow.core.errors import NotFound
from frontrow.events.queries.rows import AnyRow

MOST_MAPS = 200
"""Of a list: the newest. An organiser with more versions than that looks for a venue's."""


async def organiser_at(tx: Tx, slug: str, venue_id: uuid.UUID | None = None) -> uuid.UUID:
    """The organiser at ``slug``; with a venue, whose venue it is. Raises NotFound."""
    found = await tx.sql(
        """SELECT o.id FROM organiser o WHERE o.slug = :slug AND (CAST(:venue AS uuid) IS NULL OR EXISTS (
             SELECT FROM venue v WHERE v.organiser_id = o.id AND v.id = :venue))""",
        slug=slug,
        venue=venue_id,
    )
    organiser_id: uuid.UUID | None = found.scalar_one_or_none()
    if organiser_id is None:
        raise NotFound
    return organiser_id


async def venues_called(tx: Tx, slug: str | None, words: str) -> Sequence[AnyRow]:
    """Venues with this id or name (of any case), of this organiser or of all: id, name, organiser_id, organiser."""
    found = await tx.sql(
        """SELECT v.id, v.name, v.city, v.organiser_id, o.slug AS organiser
             FROM venue v JOIN organiser o ON o.id = v.organiser_id
            WHERE (CAST(v.id AS text) = lower(:words) OR lower(v.name) = lower(:words))
              AND (CAST(:slug AS text) IS NULL OR o.slug = :slug) ORDER BY o.slug, v.id""",
        words=words,
        slug=slug,
    )
    return found.all()


async def maps_of(
    tx: Tx, *, organiser_id: uuid.UUID | None = None, venue_id: uuid.UUID | None = None
) -> Sequence[AnyRow]:
    """The newest ``MOST_MAPS`` versions of an organiser's, or a venue's, or of all maps, without their layouts."""
    found = await tx.sql(
        """SELECT m.id, m.name, m.version, m.seat_count, m.created_at, m.venue_id, v.name AS venue, v.city,
                  o.slug AS organiser, COALESCE(m.layout -> 'origin' ->> 'format', 'frontrow') AS origin,
                  EXISTS (SELECT FROM performance p WHERE p.seat_map_id = m.id) AS used
             FROM seat_map m JOIN venue v ON v.id = m.venue_id JOIN organiser o ON o.id = m.organiser_id
            WHERE (CAST(:organiser AS uuid) IS NULL OR m.organiser_id = :organiser)
              AND (CAST(:venue AS uuid) IS NULL OR m.venue_id = :venue)
            ORDER BY m.created_at DESC, m.id DESC LIMIT :most""",
        organiser=organiser_id,
        venue=venue_id,
        most=MOST_MAPS,
    )
    return found.all()


async def whole_layout(tx: Tx, seat_map_id: uuid.UUID, organiser_id: uuid.UUID | None = None) -> dict[str, Any]:
    """A map's layout with everything in it, origin included. Raises NotFound, also when it's another organiser's."""
    found = await tx.sql(
        """SELECT layout FROM seat_map
            WHERE id = :map AND (CAST(:organiser AS uuid) IS NULL OR organiser_id = :organiser)""",
        map=seat_map_id,
        organiser=organiser_id,
    )
    layout: dict[str, Any] | None = found.scalar_one_or_none()
    if layout is None:
        raise NotFound
    return layout
