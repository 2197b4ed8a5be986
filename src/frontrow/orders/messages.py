"""Facts that orders announce through the outbox."""

from dataclasses import dataclass
from uuid import UUID

ORDER_PAID = "orders.order_paid"


@dataclass(frozen=True)
class OrderPaid:
    """The money is captured and the tickets are valid."""

    order_id: UUID

    def payload(self) -> dict[str, str]:
        return {"order_id": str(self.order_id)}


ORDER_FAILED = "orders.order_failed"


@dataclass(frozen=True)
class OrderFailed:
    """A payment was under way and the order ended without it, by no wish of the buyer."""

    order_id: UUID

    def payload(self) -> dict[str, str]:
        return {"order_id": str(self.order_id)}
