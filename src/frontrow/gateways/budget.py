"""How often an outside service may be asked again. Retries that everybody makes at once keep a sick service sick."""

import time
from collections import OrderedDict
from collections.abc import Callable

MOST_REMEMBERED = 10_000


class RetryBudget:
    """At most a tenth more calls than were asked for the first time, or a few a second, whichever is more.

    ``ratio``: retries allowed for each first call; ``floor_per_s``: retries a second that are always allowed, so that
    a quiet shop's one lost answer is asked for again; ``most``: what can be saved up. The idea and its two parts are
    those of Finagle's RetryBudget. Each process has a budget of its own.
    """

    def __init__(
        self,
        *,
        ratio: float = 0.1,
        floor_per_s: float = 5.0,
        most: float = 100.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ratio = ratio
        self._floor_per_s = floor_per_s
        self._most = most
        self._clock = clock
        self._saved = min(most, 10.0)
        self._since = clock()
        self._calls = 0
        self._unsettled: OrderedDict[str, None] = OrderedDict()

    def may_ask(self, what: str) -> bool:
        """Whether to make this call now. ``what`` names the operation; it is a retry if its last outcome is unknown."""
        if what not in self._unsettled:
            self._calls += 1
            return True
        now = self._clock()
        earned = max(self._floor_per_s * (now - self._since), self._ratio * self._calls)
        self._saved, self._since, self._calls = min(self._most, self._saved + earned), now, 0
        if self._saved < 1:
            return False
        self._saved -= 1
        return True

    def told(self, what: str, *, known: bool) -> None:
        """How the call ended. An unknown outcome makes the next one a retry."""
        if known:
            self._unsettled.pop(what, None)
            return
        self._unsettled[what] = None
        if len(self._unsettled) > MOST_REMEMBERED:
            self._unsettled.popitem(last=False)
