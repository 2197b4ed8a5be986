"""Pure decisions about seats: how states go over the wire, and how changes are applied to a snapshot.

The browser's ``features/seatmap/apply.ts`` does the same; both are held to the fixtures in ``tests/fixtures``.
"""

from collections.abc import Iterable, Sequence

from frontrow.seats.errors import TooManySeats, UnknownSeats

WIRE_STATE = {"free": "f", "held": "h", "sold": "s", "blocked": "b"}


WIRE_STATES = frozenset(WIRE_STATE.values())


def check_count(count: int, max_seats: int) -> None:
    """Raises TooManySeats for a wish that the cap can't meet, whatever the buyer holds already."""
    if count > max_seats:
        raise TooManySeats(f"One buyer may hold at most {max_seats} seats.", held=0, max_seats=max_seats)


def checked_seats(seats: Sequence[int], max_seats: int) -> list[int]:
    """The wanted seat numbers, in order. Raises UnknownSeats (doubles, none, out of range) or TooManySeats."""
    if not seats:
        raise UnknownSeats("Name at least one seat.")
    check_count(len(seats), max_seats)
    if len(set(seats)) != len(seats):
        raise UnknownSeats("A seat is named twice.")
    if any(not 1 <= seat < 2**31 for seat in seats):
        raise UnknownSeats
    return sorted(seats)


def apply(states: str, fences: Sequence[int], changes: Iterable[tuple[int, str, int]]) -> tuple[str, list[int]]:
    """Apply live changes to a snapshot: index i is seat number i+1. A change counts only if its fence is higher.

    Changes of unknown seats and states are passed over: the digest then differs. Order and repetition make no
    difference.
    """
    new_states, new_fences = list(states), list(fences)
    for seat_no, state, fence in changes:
        at = seat_no - 1
        if 0 <= at < len(new_fences) and fence > new_fences[at] and state in WIRE_STATES:
            new_states[at], new_fences[at] = state, fence
    return "".join(new_states), new_fences


def digest(fences: Iterable[int]) -> str:
    """What two parties compare to know that they see the same: the sum of all fences, as decimal digits."""
    return str(sum(fences))
