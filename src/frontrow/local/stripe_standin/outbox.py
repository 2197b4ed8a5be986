"""Which events are to be sent next: new ones are at hand in memory, all others are looked up in the ledger.

What waits for an endpoint that is down stays in the ledger, so an hour of it costs nothing but time.
"""

from collections import deque
from collections.abc import Callable, Collection

import msgspec


class PendingEvent(msgspec.Struct, frozen=True):
    """An event that the webhook endpoint has not acknowledged yet."""

    seq: int
    id: str
    body: bytes
    attempts: int


MOST_AT_HAND = 512

Look = Callable[[float, int, Collection[int]], list[PendingEvent]]
"""Events due by a moment (seconds since 1970), oldest first, at most so many, without some (by seq)."""


class Outbox:
    """Hands out each event that is due, in the order in which they became due."""

    def __init__(self, look: Look, next_after: Callable[[float], float | None]) -> None:
        self._look = look
        self._next_after = next_after
        self._at_hand: deque[PendingEvent] = deque()
        # The ledger has events that are due and not at hand. So it is after a start.
        self._behind = True
        self._look_at: float | None = None

    def announce(self, event: PendingEvent, due_at: float, moment: float) -> None:
        """An event that was just written down, to be sent at ``due_at``."""
        if due_at > moment:
            self.again(due_at)
        elif len(self._at_hand) >= MOST_AT_HAND:
            self._behind = True
        elif not self._behind:
            self._at_hand.append(event)

    def again(self, at: float) -> None:
        """Some event in the ledger is due at this time."""
        if self._look_at is None or at < self._look_at:
            self._look_at = at

    def take(self, moment: float, limit: int, under_way: Collection[int]) -> list[PendingEvent]:
        """The next to be sent, at most ``limit``; ``under_way`` (by seq) are being sent already."""
        lapsed = self._look_at is not None and self._look_at <= moment
        if lapsed or (self._behind and not self._at_hand):
            found = self._look(moment, MOST_AT_HAND, under_way)
            self._at_hand = deque(found)
            self._behind = len(found) == MOST_AT_HAND
            self._look_at = self._next_after(moment)
        return [self._at_hand.popleft() for _ in range(min(limit, len(self._at_hand)))]

    def next_at(self) -> float | None:
        """When the ledger has to be looked through again, if nothing else happens."""
        return self._look_at

    def clear(self) -> bool:
        """Forgets all; whether there may have been any."""
        some = self._behind or bool(self._at_hand) or self._look_at is not None
        self._at_hand.clear()
        self._behind, self._look_at = False, None
        return some
