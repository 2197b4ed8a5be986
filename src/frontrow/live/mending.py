"""What one process has told its pages, so that lost frames are found and told again once for all of them.

Without this every page would find out by itself that its sum is wrong, and a thousand would load the snapshot at once.
"""

from array import array
from collections.abc import Iterable

from frontrow.core.broadcast import SeatChange
from frontrow.seats.queries import Snapshot

MOST_MENDED = 5000
"""More lost changes than these aren't told again: for a page the snapshot is smaller than they are."""


class Told:
    """The fences that went out, and their sum. Unknown (``total`` is None) until the first snapshot."""

    def __init__(self) -> None:
        self.total: int | None = None
        self._fences: array[int] = array("q")

    def note(self, changes: Iterable[SeatChange]) -> None:
        """These changes went out."""
        if self.total is None:
            return
        for seat_no, _, fence in changes:
            if 0 < seat_no <= len(self._fences) and fence > self._fences[seat_no - 1]:
                self.total += fence - self._fences[seat_no - 1]
                self._fences[seat_no - 1] = fence

    def missing(self, snapshot: Snapshot) -> list[SeatChange]:
        """Changes of the snapshot that never went out, to be told now; from then on they count as told.

        Empty at the first snapshot, and when there are so many that pages had better load it themselves.
        """
        found: list[SeatChange] = []
        if self.total is not None and len(self._fences) == len(snapshot.fences):
            pairs = zip(snapshot.fences, self._fences, strict=True)
            found = [
                (index + 1, snapshot.states[index], fence) for index, (fence, told) in enumerate(pairs) if fence > told
            ]
        # Never back: a frame that overtook the snapshot was told, too.
        told = self._fences if len(self._fences) == len(snapshot.fences) else snapshot.fences
        self._fences = array("q", map(max, snapshot.fences, told))
        self.total = sum(self._fences)
        return found if len(found) <= MOST_MENDED else []
