"""What must hold of one buyer in every state, at rest, and among all buyers. Each returns the broken rule, or None."""

from collections.abc import Iterator, Sequence

from tests.model.state import (
    CANCELLED,
    CAPTURED,
    CAPTURING,
    CREATING,
    ENDED,
    EXPIRED,
    EXPIRING,
    FAILED,
    GONE,
    INACTIVE,
    LIVE_INTENTS,
    MAILED,
    NONE,
    OFFLINE,
    PAID,
    PAYING,
    PENDING,
    RECORDED,
    REFUND_DUE,
    REFUNDED,
    REFUSED,
    TOOK,
    VALID,
    Buyer,
    Kind,
    lines,
)


def broken(b: Buyer, kind: Kind, ignoring: tuple[str, ...] = ()) -> str | None:
    """A rule of a single buyer that this state breaks, unless its name begins with one of ``ignoring``."""
    return next((rule for rule in _broken(b, kind) if not rule.startswith(ignoring)), None)


def _broken(b: Buyer, kind: Kind) -> Iterator[str]:
    captured = [pay for pay in b.pays if pay.state == CAPTURED]
    if b.order == PENDING and not b.late and b.own != kind.want:
        yield "T2: an order in time has every one of its seats"
    if b.order in (PAYING, EXPIRING) and (b.own != kind.want or b.sold or not b.in_payment):
        yield "T3, T7: seats in payment are kept until Stripe confirms"
    if b.order == EXPIRING and not b.pays[-1].active:
        yield "T7: what an expiring order waits for can't end it"
    if b.order == CAPTURING and (b.own != kind.want or not b.sold or b.ticket != INACTIVE or b.live != kind.want):
        yield "T4: what is being captured is sold, with inactive tickets"
    if b.order == PAID and (not b.sold or not b.live or b.own != b.live or b.ticket != VALID):
        yield "I2: paid, and a seat isn't sold to the order or has no ticket"
    if b.order == PAID and not captured:
        yield "I2: paid, and nothing was captured"
    if b.ticket == VALID and b.order != PAID:
        yield "I2: a valid ticket of an order that isn't paid"
    if b.order == FAILED and not (kind.by_hand or kind.declined_capture) and any(pay.intent == TOOK for pay in b.pays):
        yield "T5: the money was taken, as asked, and the order failed"
    if b.order in ENDED and (b.own or b.sold or b.live):
        yield "I2: an ended order has seats or tickets"
    if any(pay.capture and not (b.order == CAPTURING and pay.active) for pay in b.pays):
        yield "T8: a capture is asked for although no seats are sold for it"
    if b.order == CAPTURING and any(pay.cancel and pay.active for pay in b.pays):
        yield "T4: a payment is cancelled while it is captured"
    if b.order == PAYING and any(pay.active and pay.state == CREATING and not pay.create for pay in b.pays):
        yield "T3: the buyer waits for an intent that nobody makes"
    if sum(pay.active for pay in b.pays) > 1:
        yield "two active payments of one order"
    if b.captures != len(captured):
        yield "a capture was booked twice, or not at all"
    yield from _refunds(b, kind)
    if (b.coupon == 1 and b.order in ENDED - {REFUNDED}) or (b.coupon == 2 and b.order not in ENDED):
        yield "I6: the order and its redemption don't agree"
    if b.used & ~b.live and b.order != REFUNDED:
        yield "T13: a used ticket was given back"
    if b.message_ids > 1:
        yield "I7: two confirmations of one order"


def _refunds(b: Buyer, kind: Kind) -> Iterator[str]:
    for at, pay in enumerate(b.pays):
        mine = [(amount, state) for which, amount, state in b.refunds if which == at]
        owed = sum(amount for amount, state in mine if state != REFUSED)
        if owed > (lines(kind.want) if pay.state == CAPTURED else 0):
            yield "I5: refunded more than captured"
        late = pay.state == CAPTURED and b.order in (EXPIRED, FAILED, REFUND_DUE, REFUNDED)
        if late and owed != lines(kind.want):
            yield "I3: captured, not paid, and no refund was asked for"
    if b.order == PAID and not kind.refunds and any(b.pays[at].active for at, _, _ in b.refunds):
        yield "I2: a live ticket, although the money goes back"
    if b.order == REFUNDED and all(state != RECORDED for _, _, state in b.refunds):
        yield "T9: refunded, and no refund was made"


def broken_at_rest(b: Buyer, kind: Kind) -> str | None:
    """A rule that this state breaks if no worker, no timer and no answer can change it any more."""
    return next(_broken_at_rest(b, kind), None)


def _broken_at_rest(b: Buyer, kind: Kind) -> Iterator[str]:
    if b.order not in (NONE, GONE, PAID, FAILED, EXPIRED, CANCELLED, REFUNDED):
        yield "I4: rests in a passing state"
    for at, pay in enumerate(b.pays):
        if pay.intent in LIVE_INTENTS and pay.known:
            yield "T8: an intent that the buyer could still pay was never cancelled"
        if (pay.intent in (TOOK, OFFLINE)) != (pay.state == CAPTURED):
            yield "I2: our books and Stripe don't agree about a capture"
        given = [(amount, state) for which, amount, state in b.refunds if which == at]
        back = sum(amount for amount, state in given if state == RECORDED)
        gave_up = b.order == CANCELLED and any(state == REFUSED for _, state in given)
        keeps = b.order == PAID and pay.active
        if pay.intent in (TOOK, OFFLINE) and not keeps and back != lines(kind.want) and not gave_up:
            yield "I3: money is taken, and there is neither a ticket nor a refund"
    if b.twice:
        yield "T9: Stripe refunded twice"
    if kind.mail and b.order == PAID and (b.mail != MAILED or b.message_ids != 1):
        yield "I7: paid, and no confirmation"


def broken_together(buyers: Sequence[Buyer], coupon_used: int, coupon_max: int) -> str | None:
    """A rule among buyers that this state breaks."""
    seen = 0
    for b in buyers:
        if b.live & seen:
            return "I1: two live tickets for one seat"
        seen |= b.live
    live = sum(b.coupon == 1 for b in buyers)
    if coupon_used != live:
        return "I6: the coupon's count differs from its live redemptions"
    if coupon_used > coupon_max:
        return "I6: the coupon was used too often"
    return None
