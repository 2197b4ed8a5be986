"""The halls as drawn: each once a process, since drawing a stadium takes half a second."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

from frontrow.events.rules import Place
from frontrow.events.rules.seatmaps import all_places, invalid, layout_of

Draw = Callable[[], dict[str, Any]]


@functools.cache
def drawn(draw: Draw) -> tuple[dict[str, Any], Sequence[Place]]:
    """A hall's layout and its places, for everybody to read. Raises SeatMapInvalid when it isn't in our format.

    Its sense isn't asked here, where somebody waits for it: ``tests/demo`` asks it of every hall of the programme.
    """
    layout = draw()
    plan, faults = layout_of(layout)
    if plan is None:
        raise invalid(faults)
    return layout, all_places(plan)
