"""What is found in the end of each purchase: in our books, in Stripe's, in the seats, and in the buyer's post."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from email.message import EmailMessage
from typing import Any

from frontrow.core.db import Database, Tx
from tests.faults.purchase import Plan

_FOUND = """
WITH mine AS (SELECT * FROM orders WHERE email = :email),
     seats AS (SELECT * FROM seat WHERE performance_id = :performance AND seat_no = ANY (:seats))
SELECT (SELECT count(*) FROM hold WHERE performance_id = :performance AND seat_nos && CAST(:seats AS int[])) AS holds,
       (SELECT coalesce(array_agg(state), '{}') FROM mine) AS orders,
       (SELECT coalesce(sum(total), 0) FROM mine) AS total,
       (SELECT coalesce(array_agg(code), '{}') FROM mine) AS codes,
       (SELECT coalesce(sum(captured - refunded), 0) FROM payment WHERE order_id IN (SELECT id FROM mine)) AS booked,
       (SELECT count(*) FROM ticket WHERE order_id IN (SELECT id FROM mine) AND state = 'valid') AS tickets,
       (SELECT count(*) FROM checkin c JOIN ticket t ON t.id = c.ticket_id
         WHERE t.order_id IN (SELECT id FROM mine) AND c.ok AND c.kind = 'entry') AS entries,
       (SELECT count(*) FROM coupon_redemption WHERE order_id IN (SELECT id FROM mine) AND given_back_at IS NULL)
         AS coupons,
       (SELECT count(*) FROM effect e JOIN mine o ON e.effect_key = 'mail:order_paid:' || o.id
         WHERE e.done_at IS NOT NULL) AS confirmed,
       (SELECT array_agg(DISTINCT state) FROM seats) AS seats,
       (SELECT count(*) FROM seats WHERE order_id IN (SELECT id FROM mine)) AS sold
"""


@dataclass(frozen=True)
class Tally:
    """One purchase, counted. Money in minor units."""

    holds: int
    orders: tuple[str, ...]  # their states
    total: int
    booked: int  # what our books say was kept
    intents: int  # at Stripe
    taken: int  # what Stripe says was kept
    seats: tuple[str, ...]
    sold: int
    tickets: int
    confirmed: int  # by our books
    mails: int  # distinct Message-IDs
    letters: int
    entries: int
    coupons: int  # redemptions that live


@dataclass(frozen=True)
class Outside:
    """What the outside world has seen."""

    ledger: dict[str, Any]
    letters: Iterable[EmailMessage]

    def intents(self, codes: list[str]) -> list[dict[str, Any]]:
        return [one for one in self.ledger["intents"] if one["metadata"].get("order_code") in codes]

    def refunded(self, intent_ids: set[str]) -> int:
        return sum(
            int(one["amount"])
            for one in self.ledger["refunds"]
            if one["payment_intent"] in intent_ids and one["status"] != "failed"
        )

    def message_ids(self, email: str) -> list[str]:
        return [str(one["Message-ID"]) for one in self.letters if email in str(one["To"])]


async def tally(db: Database, plan: Plan, outside: Outside) -> Tally:
    async def look(tx: Tx) -> Any:
        found = await tx.sql(_FOUND, email=plan.email, performance=uuid.UUID(plan.performance_id), seats=plan.seats)
        return found.one()

    row = await db.read(look)
    intents = outside.intents(list(row.codes))
    messages = outside.message_ids(plan.email)
    return Tally(
        holds=row.holds,
        orders=tuple(row.orders),
        total=int(row.total),
        booked=int(row.booked),
        intents=len(intents),
        taken=sum(one["amount_received"] for one in intents) - outside.refunded({one["id"] for one in intents}),
        seats=tuple(row.seats),
        sold=row.sold,
        tickets=row.tickets,
        confirmed=row.confirmed,
        mails=len(set(messages)),
        letters=len(messages),
        entries=row.entries,
        coupons=row.coupons,
    )


def bought(plan: Plan, found: Tally, *, entered: bool) -> Tally:
    """What it must be when everything happened, once."""
    places = len(plan.seats)
    return Tally(
        holds=1,
        orders=("paid",),
        total=found.total,
        booked=found.total,
        intents=1,
        taken=found.total,
        seats=("sold",),
        sold=places,
        tickets=places,
        confirmed=1,
        mails=1,
        letters=found.letters,
        entries=places if entered else found.entries,
        coupons=int(plan.coupon is not None),
    )


def not_bought(found: Tally) -> Tally:
    """What it must be when it was given up: nothing kept or confirmed, every seat free; whoever had begun to pay may
    have been told that nothing was charged, once."""
    ended = tuple(state for state in found.orders if state in {"expired", "cancelled", "failed"})
    told = min(found.mails, found.intents)
    return replace(
        found,
        orders=ended,
        booked=0,
        taken=0,
        seats=("free",),
        sold=0,
        tickets=0,
        confirmed=0,
        mails=told,
        letters=told,
        entries=0,
        coupons=0,
    )
