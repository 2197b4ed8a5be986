"""What an answer or news of an intent does to the order: T4, T5, T7, T8. Each function is one transaction."""

from collections.abc import Iterator
from typing import NamedTuple

from tests.model.state import (
    BROKEN,
    CANCELLED,
    CANCELLING,
    CAPTURED,
    CAPTURING,
    CREATING,
    EXPIRED,
    EXPIRING,
    FAILED,
    GIVEN_UP,
    LEFT_CHECKOUT,
    OPEN,
    OWED,
    PAID,
    PAYING,
    PENDING,
    REFUND_DUE,
    REFUNDED,
    SAYS_ASKS,
    SAYS_AUTHORISED,
    SAYS_TOOK,
    STOPPED,
    TAKING,
    TIME,
    VALID,
    Buyer,
    Kind,
    Pay,
    lines,
)
from tests.model.verbs import World, end, paid, sell, with_pay


class Outcome(NamedTuple):
    label: str
    buyer: Buyer
    coupon: int = 0
    steals: int = 0


_AFTER_EXPIRING = {TIME: EXPIRED, GIVEN_UP: CANCELLED, LEFT_CHECKOUT: PENDING}


def _current(b: Buyer, at: int, world: World) -> bool:
    """Whether it is the order's present payment: an earlier one, left by its buyer, has no say any more."""
    return at == len(b.pays) - 1 or "any_payment_ends" in world.mutant


def _learn(b: Buyer, at: int, world: World) -> Buyer:
    """The row gets its intent's id, from whoever brings it first. An intent that turns up after we gave it up for never
    made must be cancelled after all."""
    pay = b.pays[at]
    if pay.known:
        return b
    state, cancel = pay.state, pay.cancel
    if state == CREATING and "news_keeps_creating" not in world.mutant:
        state = OPEN
    waits = b.order == PAYING and _current(b, at, world) and pay.active
    if not waits and "late_create_stays" not in world.mutant:
        cancel = 1
        state = CANCELLING if state in (OPEN, CREATING, STOPPED) else state
    return with_pay(b, at, known=1, state=state, create=0, cancel=cancel)


def opened(b: Buyer, at: int, world: World) -> Buyer:
    """T3, second half: Stripe made the intent. The order is locked again: no longer *paying* -> cancel."""
    if b.pays[at].known and "opened_by_order_state" in world.mutant and b.order != PAYING:
        return with_pay(b, at, cancel=1)
    learnt = _learn(b, at, world)
    pay = learnt.pays[at]
    return with_pay(learnt, at, state=OPEN) if pay.state == CREATING else learnt


def create_refused(b: Buyer, at: int, world: World) -> tuple[Buyer, int]:
    broken = with_pay(b, at, state=BROKEN, active=0, create=0, cancel=0, none_found=0)
    if b.order in (PAYING, EXPIRING) and _current(b, at, world):
        return end(broken, FAILED if b.order == PAYING else _AFTER_EXPIRING[b.why], world)
    return broken, 0


def never_made(b: Buyer, at: int, world: World) -> tuple[Buyer, int]:
    """T7 when Stripe has no such intent. Under the order's lock: meanwhile its maker may have brought one."""
    pay = b.pays[at]
    stale = pay.known or pay.state not in (CREATING, CANCELLING)
    if stale and "never_made_unlocked" not in world.mutant:
        return with_pay(b, at, none_found=0), 0
    stopped = with_pay(b, at, state=STOPPED, active=0, create=0, cancel=0, none_found=0)
    if b.order == EXPIRING and _current(b, at, world):
        return end(stopped, _AFTER_EXPIRING[b.why], world)
    return stopped, 0


def capture_refused(b: Buyer, at: int, world: World) -> tuple[Buyer, int]:
    """T5 refused by the bank: no money, no seats; and the intent, which would take another card, is cancelled."""
    heard = with_pay(b, at, declined=0)
    pay = b.pays[at]
    if b.order != CAPTURING or not pay.active or pay.state != TAKING:
        return heard, 0
    return _failed(with_pay(heard, at, state=CANCELLING, active=0, capture=0, cancel=1), world)


def _failed(b: Buyer, world: World) -> tuple[Buyer, int]:
    if "refused_keeps_seats" in world.mutant:
        return b._replace(order=FAILED, ticket=0, live=0, coupon=2 if b.coupon else 0), -(b.coupon == 1)
    return end(b, FAILED, world)


def settle(b: Buyer, kind: Kind, world: World, at: int, said: int) -> Iterator[Outcome]:
    """Every source of news ends here, and moves the order only forward."""
    learnt = _learn(b, at, world)
    pay = learnt.pays[at]
    if said == SAYS_AUTHORISED:
        yield from _authorised(learnt, kind, world, at, pay)
    elif said == SAYS_TOOK:
        yield _captured(learnt, kind, world, at, pay)
    elif said == SAYS_ASKS:
        if "webhook_moves_back" in world.mutant and b.order == CAPTURING:
            yield Outcome("", learnt._replace(order=PAYING, late=1, in_payment=1))
        elif b.order not in (PAYING, EXPIRING) or not _current(b, at, world):
            yield Outcome(": nobody waits, void", _void(learnt, at) if pay.state in (CREATING, OPEN) else learnt)
        else:
            yield Outcome("", learnt)
    else:
        yield Outcome("", *_dead(learnt, world, at, pay))


def _authorised(b: Buyer, kind: Kind, world: World, at: int, pay: Pay) -> Iterator[Outcome]:
    waits = b.order == PAYING and pay.active
    if "t4_no_lock" in world.mutant:
        if waits:
            yield Outcome(": one worker reads *paying*", with_pay(b, at, read_paying=1))
        if pay.read_paying:
            read = with_pay(b, at, read_paying=0)
            if b.own == kind.want and not b.sold:
                yield Outcome(": T4", _t4(read, kind, at, world))
            else:
                yield Outcome(": seats lost, void", with_pay(read, at, cancel=1))
        return
    if b.order == CAPTURING and pay.active:
        return
    if b.order == EXPIRING and _current(b, at, world) and "void_deactivates" not in world.mutant:
        # Its cancellation is asked for already, and Stripe's answer to that ends the order (T7).
        yield Outcome("", b)
        return
    if waits and (b.own == kind.want or "t4_no_fence" in world.mutant):
        yield Outcome(": T4", _t4(b, kind, at, world), 0, kind.want & ~b.own)
    elif waits:
        lost, coupon = end(b, FAILED, world)
        yield Outcome(": seats lost, void", _void(lost, at), coupon)
    elif "late_auth_captured" in world.mutant and pay.state in (OPEN, CANCELLING):
        yield Outcome(": captured all the same", with_pay(b, at, capture=1, state=TAKING))
    else:
        yield Outcome(": late, void", _void(b, at))


def _t4(b: Buyer, kind: Kind, at: int, world: World) -> Buyer:
    row = int("t4_no_outbox" not in world.mutant)
    return with_pay(sell(b, kind)._replace(order=CAPTURING), at, state=TAKING, capture=row)


def _void(b: Buyer, at: int) -> Buyer:
    """T8: an authorisation that nobody waits for is cancelled, never captured."""
    pay = b.pays[at]
    if pay.state in (OPEN, CREATING, CANCELLING):
        return with_pay(b, at, state=CANCELLING, active=0, cancel=1)
    return b


def _captured(b: Buyer, kind: Kind, world: World, at: int, pay: Pay) -> Outcome:
    """T5 done; or T8, money for an order that isn't waiting for it."""
    if b.order in (PAID, REFUND_DUE, REFUNDED) and (pay.state == CAPTURED or "second_money_kept" in world.mutant):
        return Outcome("", b)
    if pay.state == CAPTURED and not world.mutant & {"t8_leaves_expired", "booked_by_order_state"}:
        return Outcome("", b)
    first = pay.state != CAPTURED
    booked = with_pay(b, at, state=CAPTURED, capture=0, cancel=0, declined=0)
    if b.order == CAPTURING and pay.active:
        return Outcome(": T5", paid(booked, kind, at, PAID, VALID))
    if b.order in (PAYING, EXPIRING) and _current(b, at, world) and b.own == kind.want:
        sold = sell(with_pay(booked, at, active=1), kind)
        return Outcome(": T4 and T5", paid(sold, kind, at, PAID, VALID))
    coupon = 0
    if b.order in (PAYING, EXPIRING) and _current(b, at, world):
        booked, coupon = end(booked, EXPIRED, world)
    again = booked.coupon == 2
    free = "rescue_takes_sold" in world.mutant or not kind.want & world.firm
    if booked.order == EXPIRED and free and (world.room or not again or "rescue_no_coupon" in world.mutant):
        sold = sell(with_pay(booked, at, active=1), kind)
        if again and "rescue_no_coupon" not in world.mutant:
            sold, coupon = sold._replace(coupon=1), coupon + 1
        rescued = paid(sold, kind, at, PAID, VALID)
        rescued = rescued if first else rescued._replace(captures=b.captures)
        return Outcome(": T8, seats taken again", rescued, coupon, kind.want)
    if not first and "t8_leaves_expired" in world.mutant:
        return Outcome("", b)
    owed = with_pay(paid(booked, kind, at, booked.order, booked.ticket)._replace(mail=b.mail), at, active=0)
    known = any(which == at for which, _, _ in b.refunds)
    if not known or "booked_by_order_state" in world.mutant:
        owed = owed._replace(refunds=(*owed.refunds, (at, lines(kind.want), OWED)))
    if booked.order in (EXPIRED, FAILED, CANCELLED) and "t8_leaves_expired" not in world.mutant:
        owed = owed._replace(order=REFUND_DUE)
    return Outcome(": T8, refund due", owed, coupon)


def _dead(b: Buyer, world: World, at: int, pay: Pay) -> tuple[Buyer, int]:
    """Stripe will never take this money: whatever was kept for it is free."""
    stopped = with_pay(b, at, state=STOPPED, active=0, capture=0, cancel=0, declined=0, none_found=0)
    waits = _current(b, at, world) and (pay.active or "void_deactivates" not in world.mutant)
    if b.order == EXPIRING and waits:
        return end(stopped, _AFTER_EXPIRING[b.why], world)
    if b.order == PAYING and pay.active:
        return end(stopped, FAILED, world)
    if b.order == CAPTURING and pay.active:
        return _failed(stopped, world)
    return stopped, 0
