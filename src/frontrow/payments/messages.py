"""Jobs that payments give themselves through the outbox, and facts that they announce. Payloads are ids."""

from dataclasses import dataclass
from uuid import UUID

CREATE_INTENT = "payments.create_intent"
CAPTURE = "payments.capture"
CANCEL_INTENT = "payments.cancel_intent"
REFUND = "payments.refund"
INBOX = "payments.inbox"

REFUND_MADE = "payments.refund_made"
LINES_CANCELLED = "payments.lines_cancelled"


@dataclass(frozen=True)
class RefundMade:
    """Money went back to the buyer."""

    refund_id: UUID

    def payload(self) -> dict[str, str]:
        return {"refund_id": str(self.refund_id)}


@dataclass(frozen=True)
class LinesCancelled:
    """Some or all places of a paid order were given back: their tickets are void, their seats are free."""

    cancellation_id: UUID

    def payload(self) -> dict[str, str]:
        return {"cancellation_id": str(self.cancellation_id)}


CALL_OFF_BATCH = "payments.call_off_batch"
"""{performance_id, after}: some orders of a cancelled evening, from behind the order ``after``."""

CALL_OFF = "payments.call_off"
"""{order_id}: one of them."""

CALLED_OFF = "payments.called_off"


@dataclass(frozen=True)
class CalledOff:
    """A paid order was taken back because its evening was cancelled; its money is on its way back."""

    order_id: UUID

    def payload(self) -> dict[str, str]:
        return {"order_id": str(self.order_id)}
