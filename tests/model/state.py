"""What the model remembers of one buyer: the order, its seats, its payments, and what Stripe knows of them.

Everything is a small number in a tuple, so that states are compact, comparable and quickly hashed. Seats, lines and
tickets are bit masks; money is counted in lines (a line costs 1).
"""

from dataclasses import dataclass
from typing import NamedTuple

# An order, by the names of the code; before it a hold.
NONE, HELD, GONE, PENDING, PAYING, CAPTURING, EXPIRING, PAID, FAILED, EXPIRED, CANCELLED, REFUND_DUE, REFUNDED = range(
    13
)
ORDER = (
    *("nothing", "held", "let go", "pending", "paying", "capturing", "expiring"),
    *("paid", "failed", "expired", "cancelled", "refund_due", "refunded"),
)
ENDED = frozenset({FAILED, EXPIRED, CANCELLED, REFUND_DUE, REFUNDED})

# Why an order is expiring, and so what it becomes when Stripe has confirmed.
TIME, GIVEN_UP, LEFT_CHECKOUT = range(3)

# A payment's row.
CREATING, OPEN, TAKING, CAPTURED, CANCELLING, STOPPED, BROKEN = range(7)
PAYMENT = ("creating", "open", "capturing", "captured", "cancelling", "cancelled", "failed")

# Stripe's own state machine. The two endings of an intent differ in which news of it may still be under way; so does an
# intent whose capture the bank declined, which waits for a card again.
NO_INTENT, ASKS, AUTHORISED, TOOK, DEAD, DEAD_LATE, ASKS_AGAIN, NO_SUCH, OFFLINE = range(9)
INTENT = (
    *("no intent", "requires_payment_method", "requires_capture", "succeeded", "canceled", "canceled"),
    *("requires_payment_method", "create refused", "no Stripe"),
)
LIVE_INTENTS = frozenset({ASKS, AUTHORISED, ASKS_AGAIN})

# News of an intent. Whatever it once was may be told at any later time, any number of times, or never: copies, losses
# and disorder of webhooks, late answers and slow readers all are this.
SAYS_ASKS, SAYS_AUTHORISED, SAYS_TOOK, SAYS_DEAD = range(4)
NEWS = ("requires_payment_method", "requires_capture", "succeeded", "canceled")
HISTORY: dict[int, tuple[int, ...]] = {
    NO_INTENT: (),
    ASKS: (SAYS_ASKS,),
    AUTHORISED: (SAYS_ASKS, SAYS_AUTHORISED),
    TOOK: (SAYS_ASKS, SAYS_AUTHORISED, SAYS_TOOK),
    DEAD: (SAYS_ASKS, SAYS_DEAD),
    DEAD_LATE: (SAYS_ASKS, SAYS_AUTHORISED, SAYS_DEAD),
    ASKS_AGAIN: (SAYS_AUTHORISED, SAYS_ASKS),
    NO_SUCH: (),
    OFFLINE: (),
}
"""What may be told of an intent; the last one is what a reader sees now."""

# A refund: owed, made at Stripe but not recorded, recorded; or refused by the bank.
OWED, MADE, RECORDED, REFUSED = range(4)
REFUND = ("owed", "made at Stripe", "succeeded", "failed")

# The confirmation: queued, the server said 250 but we haven't recorded it, recorded.
NO_MAIL, QUEUED, SENT, MAILED = range(4)

NO_TICKET, INACTIVE, VALID = range(3)


class Pay(NamedTuple):
    """A payment row with its outbox rows (1: queued) and its intent at Stripe."""

    state: int = CREATING
    active: int = 1
    known: int = 0  # our row has the intent's id, so the buyer may have its secret
    intent: int = NO_INTENT
    create: int = 1
    capture: int = 0
    cancel: int = 0
    none_found: int = 0  # a worker searched Stripe for the intent and is about to act on "there is none"
    declined: int = 0  # a worker heard that the bank declined the capture and is about to act on it
    read_paying: int = 0  # only in a mutant: a worker read "paying" without a lock


class Buyer(NamedTuple):
    """One buyer with one hold and at most one order."""

    kind: int
    order: int = NONE
    late: int = 0  # 1: the time ran out; 2: so did the hard cap
    why: int = 0
    own: int = 0  # seats whose row names our hold or order
    sold: int = 0
    in_payment: int = 0
    ticket: int = NO_TICKET
    live: int = 0  # lines with a ticket that isn't void
    lines: int = 0  # lines that were sold, once and for all
    used: int = 0  # tickets that let somebody in
    coupon: int = 0  # 1: a live redemption
    pays: tuple[Pay, ...] = ()
    refunds: tuple[tuple[int, int, int], ...] = ()  # (payment, lines, state)
    twice: int = 0  # lines that Stripe refunded without a row of ours
    mail: int = NO_MAIL
    message_ids: int = 0
    captures: int = 0  # bookings of a capture


@dataclass(frozen=True)
class Kind:
    """What a buyer of this kind may do. ``want`` is a mask of seats."""

    want: int = 1
    coupon: bool = False
    payments: int = 1  # by card, one after another; 0: cash only
    cash: bool = False
    refunds: int = 0  # T9 and T13 at the desk; the refund of T8 comes on top
    scan: bool = False
    mail: bool = False
    by_hand: bool = False  # somebody captures or cancels at Stripe's own dashboard; a capture that comes late
    declined_capture: bool = False
    refused_create: bool = False
    search_lags: bool = False  # Stripe's search doesn't find what was just made


def lines(mask: int) -> int:
    """How many seats or lines a mask has."""
    return mask.bit_count()


def describe(buyer: Buyer) -> str:
    """One line for a person who reads a counterexample."""
    parts = [ORDER[buyer.order]]
    if buyer.late:
        parts.append(("", "time is up", "past the cap")[buyer.late])
    if buyer.own:
        parts.append(
            f"{'sold' if buyer.sold else 'in payment' if buyer.in_payment else 'held'} seats {_seats(buyer.own)}"
        )
    if buyer.live:
        parts.append(f"{('no', 'inactive', 'valid')[buyer.ticket]} tickets {_seats(buyer.live)}")
    if buyer.coupon:
        parts.append("coupon")
    for number, pay in enumerate(buyer.pays, 1):
        jobs = "".join(f" +{name}" for name in ("create", "capture", "cancel") if getattr(pay, name))
        parts.append(
            f"payment {number} {PAYMENT[pay.state]}{'' if pay.active else ' (old)'}{jobs} / {INTENT[pay.intent]}"
        )
    parts.extend(f"refund of {amount} {REFUND[state]}" for _, amount, state in buyer.refunds)
    if buyer.message_ids:
        parts.append(f"{buyer.message_ids} mail")
    return ", ".join(parts)


def _seats(mask: int) -> str:
    return "+".join(str(at + 1) for at in range(mask.bit_length()) if mask >> at & 1)
