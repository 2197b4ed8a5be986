"""What several actions have in common: end an order, sell its seats, begin to expire, cancel lines."""

from dataclasses import dataclass

from tests.model.state import (
    CANCELLED,
    EXPIRING,
    INACTIVE,
    NO_MAIL,
    NO_TICKET,
    OWED,
    PAID,
    PAYING,
    PENDING,
    QUEUED,
    RECORDED,
    REFUNDED,
    REFUSED,
    Buyer,
    Kind,
    Pay,
    lines,
)


@dataclass(frozen=True)
class World:
    """What one buyer's transactions see of the others, and which guards are missing."""

    firm: int  # seats that others hold in time or in payment, or have bought
    soft: int  # seats of others' holds that lapsed
    room: bool  # the coupon may be used once more
    mutant: frozenset[str] = frozenset()


def with_pay(b: Buyer, at: int, **changes: int) -> Buyer:
    return b._replace(pays=(*b.pays[:at], b.pays[at]._replace(**changes), *b.pays[at + 1 :]))


def end(b: Buyer, order: int, world: World) -> tuple[Buyer, int]:
    """*failed*, *expired*, *cancelled*: what it still has is free, and the coupon is given back. Also (T7, the buyer
    left the checkout) back to *pending*, which keeps both. Returns the change of the coupon's count, too."""
    if order == PENDING:
        return b._replace(order=PENDING, late=0, why=0, in_payment=0), 0
    back = b.coupon == 1
    ended = b._replace(
        order=order, late=0, why=0, own=0, sold=0, in_payment=0, ticket=NO_TICKET, live=0, coupon=2 if b.coupon else 0
    )
    return ended, -1 if back else 0


def start(b: Buyer) -> Buyer:
    """T3: order, seats, payment row and the outbox row `create` in one transaction."""
    return b._replace(order=PAYING, late=0, in_payment=1, pays=(*b.pays, Pay()))


def expiring(b: Buyer, why: int, world: World) -> Buyer:
    """T7: nobody may pay any more, and Stripe is asked to cancel."""
    at = len(b.pays) - 1
    gone = with_pay(b, at, cancel=int("t7_no_outbox" not in world.mutant))._replace(order=EXPIRING, late=1, why=why)
    return gone._replace(own=0, in_payment=0) if "t7_frees_early" in world.mutant else gone


def sell(b: Buyer, kind: Kind) -> Buyer:
    """T4, the seats' part: every one is sold to the order; tickets are there, and don't admit yet."""
    return b._replace(
        own=kind.want, sold=1, in_payment=0, ticket=INACTIVE, live=kind.want, lines=kind.want, why=0, late=0
    )


def paid(b: Buyer, kind: Kind, at: int, order: int, ticket: int) -> Buyer:
    """T5 done: booked, tickets valid, the confirmation queued."""
    mail = QUEUED if kind.mail and b.mail == NO_MAIL else b.mail
    return b._replace(order=order, ticket=ticket, mail=mail, captures=min(b.captures + 1, 3))


def given_back(b: Buyer) -> Buyer:
    """T9: when all the money of a *paid* order went back, nobody is let in for it any more."""
    whole = lines(b.lines)
    done = sum(amount for at, amount, state in b.refunds if state == RECORDED and b.pays[at].active)
    if b.order != PAID or done < whole:
        return b
    return b._replace(order=REFUNDED, own=0, sold=0, ticket=NO_TICKET, live=0)


def outstanding(b: Buyer, at: int, world: World) -> int:
    """Lines that are refunded already, or will be."""
    counted = [amount for pay, amount, state in b.refunds if pay == at and state != REFUSED]
    if "refund_ignores_pending" in world.mutant:
        counted = [amount for pay, amount, state in b.refunds if pay == at and state not in (REFUSED, OWED)]
    return sum(counted)


def cancel_lines(b: Buyer, mask: int, at: int, left: int, world: World) -> tuple[Buyer, int]:
    """T13 and T9 in one click: tickets void, seats free, reversing lines, and their money back as far as it's there."""
    given = b._replace(live=b.live & ~mask, own=b.own & ~mask)
    owed = min(lines(mask), left)
    if owed:
        given = given._replace(refunds=(*b.refunds, (at, owed, OWED)))
    if given.live:
        return given, 0
    return given._replace(order=CANCELLED, sold=0, ticket=NO_TICKET, coupon=2 if b.coupon else 0), -(b.coupon == 1)
