"""Every atomic action on one buyer: a transaction of ours, or a single call outside. The names are the protocol's.

A crash is an action that doesn't follow: nothing here happens because something else happened, except inside one
transaction. So there may be any number of crashes, anywhere. A worker that slept through its lease is a call that comes
late; a lost answer is news that isn't told.
"""

from collections.abc import Iterator
from typing import NamedTuple

from tests.model import news
from tests.model.state import (
    ASKS,
    ASKS_AGAIN,
    AUTHORISED,
    CANCELLED,
    CANCELLING,
    CAPTURED,
    DEAD,
    DEAD_LATE,
    EXPIRED,
    EXPIRING,
    GIVEN_UP,
    GONE,
    HELD,
    HISTORY,
    LEFT_CHECKOUT,
    LIVE_INTENTS,
    MADE,
    MAILED,
    NEWS,
    NO_INTENT,
    NO_SUCH,
    NONE,
    OFFLINE,
    OPEN,
    OWED,
    PAID,
    PAYING,
    PENDING,
    QUEUED,
    RECORDED,
    REFUND_DUE,
    REFUNDED,
    REFUSED,
    SENT,
    TAKING,
    TIME,
    TOOK,
    VALID,
    Buyer,
    Kind,
    Pay,
    lines,
)
from tests.model.verbs import World, cancel_lines, end, expiring, given_back, outstanding, sell, start

HELD_SOFTLY = frozenset({HELD, PENDING, PAYING, EXPIRING})
"""Orders whose seats another buyer may take once the time is up, unless they are in payment."""


class Step(NamedTuple):
    """``worker``: it happens without any buyer, by our processes, the clock and a Stripe that answers."""

    label: str
    worker: bool
    buyer: Buyer
    coupon: int = 0  # what it adds to the coupon's count
    steals: int = 0  # seats that others' lapsed holds lose


def steps(b: Buyer, kind: Kind, world: World) -> Iterator[Step]:
    """All actions on this buyer that the protocol allows now, those that change nothing included."""
    yield from _buying(b, kind, world)
    yield from _clock(b, world)
    for at, pay in enumerate(b.pays):
        if pay.intent != OFFLINE:
            yield from _payment(b, kind, world, at, pay)
    if b.order == PAID:
        yield from _after_sale(b, kind, world)
    yield from _refunding(b, kind, world)
    yield from _mailing(b, world)


def _buying(b: Buyer, kind: Kind, world: World) -> Iterator[Step]:
    own_all = b.own == kind.want
    if b.order == NONE:
        if not kind.want & world.firm:
            held = Buyer(b.kind, HELD, own=kind.want)
            yield Step("T1 hold", False, held, steals=kind.want & world.soft)
        elif "t1_takes_held" in world.mutant:
            yield Step("T1 hold", False, Buyer(b.kind, HELD, own=kind.want), steals=kind.want)
        elif "t1_partial" in world.mutant and kind.want & ~world.firm:
            yield Step("T1 hold", False, Buyer(b.kind, HELD, own=kind.want & ~world.firm))
    elif b.order == HELD:
        yield Step("release the hold", False, Buyer(b.kind, GONE))
        if not b.late or "t2_no_expiry" in world.mutant:
            yield Step("T2 order", False, b._replace(order=PENDING))
            if kind.coupon and (world.room or "coupon_no_max" in world.mutant):
                yield Step("T2 order with the coupon", False, b._replace(order=PENDING, coupon=1), coupon=1)
    elif b.order == PENDING:
        ended, coupon = end(b, CANCELLED, world)
        yield Step("the buyer cancels", False, ended, coupon)
        if len(b.pays) < kind.payments and ((not b.late and own_all) or "t3_no_expiry" in world.mutant):
            yield Step("T3 start paying", False, start(b))
        if kind.cash and own_all:
            paid = sell(b, kind)._replace(
                order=PAID, ticket=VALID, late=0, captures=b.captures + 1, mail=QUEUED if kind.mail else 0,
                pays=(*b.pays, Pay(CAPTURED, 1, 0, OFFLINE, 0)),
            )  # fmt: skip
            yield Step("T14 cash", False, paid)
    elif b.order == PAYING:
        yield Step("T7 the buyer cancels while paying", False, expiring(b, GIVEN_UP, world))
        if kind.payments > 1:
            yield Step("T7 the buyer leaves the checkout", False, expiring(b, LEFT_CHECKOUT, world))
        if "double_active" in world.mutant and len(b.pays) < kind.payments:
            yield Step("T3 start paying in a second tab", False, start(b))


def _clock(b: Buyer, world: World) -> Iterator[Step]:
    if b.order in (HELD, PENDING, PAYING) and not b.late:
        yield Step("the time runs out", True, b._replace(late=1))
    if b.order == EXPIRING and b.late == 1:
        yield Step("the hard cap passes", True, b._replace(late=2))
    if b.order == HELD and b.late:
        yield Step("T6 sweep the hold", True, Buyer(b.kind, GONE))
    if b.order == PENDING and b.late:
        ended, coupon = end(b, EXPIRED, world)
        if "expiry_keeps_coupon" in world.mutant:
            ended, coupon = ended._replace(coupon=b.coupon), 0
        yield Step("T6 expire", True, ended, coupon)
    if b.order == PAYING and b.late:
        yield Step("T7 expire while paying", True, expiring(b, TIME, world))
    if b.order == EXPIRING and b.late == 2:
        pays = tuple(pay._replace(state=CANCELLING, active=0) if pay.active else pay for pay in b.pays)
        ended, coupon = end(b._replace(pays=pays), EXPIRED, world)
        yield Step("T7 hard cap: expired, seats free", True, ended, coupon)


def _payment(b: Buyer, kind: Kind, world: World, at: int, pay: Pay) -> Iterator[Step]:
    def now(**changes: int) -> Buyer:
        return b._replace(pays=(*b.pays[:at], pay._replace(**changes), *b.pays[at + 1 :]))

    n = at + 1
    # -- the outbox row `create`, and its zombies
    if pay.intent == NO_INTENT:
        late = "" if pay.create else " by a worker that slept"
        yield Step(f"call: create intent {n}{late}", bool(pay.create), now(intent=ASKS))
        if kind.refused_create and pay.create:
            yield Step(f"call: create intent {n} is refused", True, now(intent=NO_SUCH))
    elif not pay.known and pay.intent in LIVE_INTENTS | {DEAD}:
        yield Step(f"answer: intent {n} was created", bool(pay.create), news.opened(b, at, world))
    elif pay.known:
        # Two workers had the row; the one that slept comes with the same intent when the other's work is done.
        yield Step(f"answer: intent {n} was created, says a worker that slept", False, news.opened(b, at, world))
    elif pay.intent == NO_SUCH and (pay.create or pay.active):
        failed, coupon = news.create_refused(b, at, world)
        yield Step(f"answer: create intent {n} was refused", True, failed, coupon)
    # -- Stripe and the buyer's browser
    if pay.known and pay.intent in (ASKS, ASKS_AGAIN):
        yield Step(f"the buyer confirms intent {n}", False, now(intent=AUTHORISED))
    if pay.intent == AUTHORISED:
        yield Step(f"Stripe: authorisation {n} lapses", False, now(intent=DEAD_LATE))
    if kind.by_hand:
        if pay.intent == AUTHORISED:
            yield Step(f"Stripe: intent {n} is captured by hand", False, now(intent=TOOK))
        if pay.intent == ASKS and pay.known:
            yield Step(f"Stripe: intent {n} is cancelled by hand", False, now(intent=DEAD))
    # -- the outbox row `capture`
    if pay.capture:
        if pay.intent == AUTHORISED:
            yield Step(f"call: capture {n}", True, now(intent=TOOK))
            if kind.declined_capture:
                yield Step(f"call: capture {n} is declined", True, now(intent=ASKS_AGAIN, declined=1))
        if pay.intent == ASKS_AGAIN:
            yield Step(f"call: capture {n} is refused", True, now(declined=1))
        if pay.intent == TOOK and "capture_key_unstable" in world.mutant:
            # Another key, and Stripe says that it can't be captured: nobody remembers that it was.
            yield Step(f"call: capture {n} again, under another key, is refused", True, now(declined=1))
    if pay.declined:
        refused, coupon = news.capture_refused(b, at, world)
        yield Step(f"answer: capture {n} was refused", True, refused, coupon)
    # -- the outbox row `cancel`
    if pay.cancel:
        if pay.intent in (ASKS, AUTHORISED, ASKS_AGAIN) and (pay.known or pay.intent == ASKS):
            dead = DEAD if pay.intent == ASKS else DEAD_LATE
            yield Step(f"call: cancel intent {n}", True, now(intent=dead))
        if not pay.known and (pay.intent in (NO_INTENT, NO_SUCH) or (kind.search_lags and pay.intent == ASKS)):
            yield Step(f"call: search for intent {n} finds none", True, now(none_found=1))
    if pay.none_found:
        ended, coupon = news.never_made(b, at, world)
        yield Step(f"act: intent {n} was never made", True, ended, coupon)
    yield from _telling(b, kind, world, at, pay)


def _telling(b: Buyer, kind: Kind, world: World, at: int, pay: Pay) -> Iterator[Step]:
    told = HISTORY[pay.intent]
    for said in told:
        # A reader sees the latest; so do the reconciler and whoever runs a job of this payment.
        read = said == told[-1] and bool(
            (pay.known and pay.state in (OPEN, TAKING, CANCELLING) and "no_reconciler" not in world.mutant)
            or pay.capture
            or pay.cancel
            or pay.create
        )
        for outcome in news.settle(b, kind, world, at, said):
            yield Step(f"news: intent {at + 1} is {NEWS[said]}{outcome.label}", read, *outcome[1:])


def _after_sale(b: Buyer, kind: Kind, world: World) -> Iterator[Step]:
    if kind.scan:
        for seat in (1, 2):
            if b.live & seat & ~b.used and b.ticket == VALID:
                yield Step("T12 scan", False, b._replace(used=b.used | seat))
    at = next(n for n, pay in enumerate(b.pays) if pay.active)
    if len(b.refunds) < kind.refunds:
        left = lines(kind.want) - outstanding(b, at, world)
        for amount in range(1, left + 1):
            yield Step(f"T9 refund {amount}", False, b._replace(refunds=(*b.refunds, (at, amount, OWED))))
        for mask in {1, 2, 3} & {b.live & 1, b.live & 2, b.live}:
            if mask and (not mask & b.used or "t13_used" in world.mutant):
                given, coupon = cancel_lines(b, mask, at, left, world)
                yield Step(f"T13 cancel lines {mask:02b}, with T9", False, given, coupon)


def _refunding(b: Buyer, kind: Kind, world: World) -> Iterator[Step]:
    for at, (pay, amount, state) in enumerate(b.refunds):

        def now(to: int, order: int = b.order, twice: int = b.twice) -> Buyer:
            rows = (*b.refunds[:at], (pay, amount, to), *b.refunds[at + 1 :])  # noqa: B023 -- called at once
            return b._replace(refunds=rows, order=order, twice=twice)

        if state == OWED:
            offline = b.pays[pay].intent == OFFLINE
            yield Step("T9 pay back in cash" if offline else f"call: refund {at + 1}", True, now(MADE))
            if not offline and b.order != REFUND_DUE and b.pays[pay].active:
                yield Step(f"call: refund {at + 1} is refused by the bank", False, now(REFUSED))
        elif state == MADE:
            due = REFUNDED if b.order == REFUND_DUE else b.order
            yield Step(f"answer: refund {at + 1} is made", True, given_back(now(RECORDED, order=due)))
            if "refund_key_unstable" in world.mutant and b.twice < 2:
                yield Step(f"call: refund {at + 1} again, under another key", True, now(MADE, twice=b.twice + amount))


def _mailing(b: Buyer, world: World) -> Iterator[Step]:
    if b.mail == QUEUED:
        yield Step("call: mail the tickets", True, b._replace(mail=SENT, message_ids=1))
    elif b.mail == SENT:
        if "no_effect_key" in world.mutant:
            # The same message id derives from the effect key; without one a second run sends a second message.
            yield Step("call: mail the tickets again", True, b._replace(message_ids=2))
        yield Step("record that the mail is sent", True, b._replace(mail=MAILED))
