"""Facts that events announce through the outbox. ("Event" means only the concert.)"""

from dataclasses import dataclass
from uuid import UUID

PERFORMANCE_MOVED = "events.performance_moved"

PERFORMANCE_CANCELLED = "events.performance_cancelled"

CATALOGUE = "catalogue"
"""What pages of the catalogue are kept under (``core.cache``): every change of what they show outdates it."""


@dataclass(frozen=True)
class PerformanceMoved:
    """A performance has another time or place; ``move_no`` counts its moves."""

    performance_id: UUID
    move_no: int

    def payload(self) -> dict[str, str | int]:
        return {"performance_id": str(self.performance_id), "move_no": self.move_no}


@dataclass(frozen=True)
class PerformanceCancelled:
    """A performance won't take place. It is off sale; whoever has bought it gets their money back."""

    performance_id: UUID

    def payload(self) -> dict[str, str]:
        return {"performance_id": str(self.performance_id)}
