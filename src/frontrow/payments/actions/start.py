"""T3: an order becomes *paying*, and Stripe is asked for an intent. The row is committed before the call."""

import asyncio
import json
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg
import structlog

from frontrow.core import idempotency, ids
from frontrow.core.db import Tx
from frontrow.core.errors import InvalidRequest, NotFound
from frontrow.core.log import bind_correlation
from frontrow.core.runtime import Runtime
from frontrow.events import queries as event_queries
from frontrow.events.errors import PerformanceOver
from frontrow.gateways.hub import Gateways
from frontrow.gateways.stripe import CARD
from frontrow.orders.actions.draft import Draft, Placed
from frontrow.orders.errors import OrderNotPayable
from frontrow.orders.queries import Viewer, check_viewer
from frontrow.payments import queries
from frontrow.payments.actions import statements
from frontrow.payments.actions.intent import ask_stripe, create_key
from frontrow.payments.actions.offline import settle_at_once
from frontrow.payments.errors import StripeUnavailable
from frontrow.payments.messages import CREATE_INTENT
from frontrow.payments.queries import PaymentView, ToCreate
from frontrow.seats import actions as seats
from frontrow.seats.errors import HoldExpired

log = structlog.get_logger(__name__)

LOOK_AGAIN_S = 0.1
EURO_ONLY = frozenset({"ideal", "bancontact", "eps", "multibanco"})


@dataclass(frozen=True)
class Opened:
    """The payment of an order. With ``row_id`` it is new, and its intent is ours to ask for."""

    payment: PaymentView
    order_code: str = ""
    email: str = ""
    row_id: int | None = None

    @property
    def wanted(self) -> ToCreate:
        """What Stripe is asked for."""
        return ToCreate(self.payment, self.order_code, self.email, 0.0)


async def start_payment(
    rt: Runtime, gw: Gateways, order_id: uuid.UUID, viewer: Viewer, key: str, kind: str = CARD
) -> PaymentView:
    """Begin (or find) the one active payment of an order, with its intent made at Stripe.

    ``kind``: ``card``, or one of the methods of the settings that are captured at once. Another tab's payment is
    returned as it is, whatever its kind. Raises NotFound, HoldExpired, OrderNotPayable, PerformanceOver,
    InvalidRequest, IdempotencyMismatch, and StripeUnavailable when Stripe didn't answer: then the intent is made in the
    background, and asking again returns it.
    """
    opened = await open_or_find(rt, order_id, viewer, key, kind)
    if opened.row_id is not None:
        return await ask_stripe(rt, gw, opened.wanted, opened.row_id)
    if opened.payment.state != "creating":
        return opened.payment
    return await _made(rt, opened.payment.id)


async def _made(rt: Runtime, payment_id: uuid.UUID) -> PaymentView:
    """The payment once its intent is there: another tab, or the relay, may be asking Stripe at this moment."""
    give_up_at = time.monotonic() + rt.settings.stripe.timeout_s
    while True:
        found = await rt.db.read(lambda tx: queries.payment(tx, payment_id))
        assert found is not None
        if found.state != "creating":
            return found
        if time.monotonic() > give_up_at:
            raise StripeUnavailable
        await asyncio.sleep(LOOK_AGAIN_S)


async def open_or_find(rt: Runtime, order_id: uuid.UUID, viewer: Viewer, key: str, kind: str) -> Opened:
    """T3 up to Stripe. Raises as :func:`start_payment`, Stripe's silence aside."""
    opened = await open_at_once(rt, order_id, viewer, key, kind)
    if opened is not None:
        return opened
    return await rt.db.write(lambda tx: open_payment(rt, tx, order_id, viewer, key, kind))


async def open_at_once(rt: Runtime, order_id: uuid.UUID, viewer: Viewer, key: str, kind: str) -> Opened | None:
    """As :func:`open_payment` in one statement, for a card's new payment of a *pending* order.

    None: nothing was written, and only the transaction can say why, or what the key was for.
    """
    if kind != CARD:
        return None
    payment_id = ids.new_id()
    try:
        row = await rt.db.once(
            statements.OPENED_AT_ONCE,
            **_claim(order_id, viewer, key, kind, payment_id),
            **_new(rt, payment_id, kind),
            buyer=viewer.buyer_id,
            user=viewer.user_id,
            at_least=_paying_time(rt),
        )
    except asyncpg.DivisionByZeroError:
        return None
    if row is None:
        return None
    bind_correlation(row.correlation_id)
    rt.broadcast.seats_changed(row.performance_id, seats.changes(row, "held"))
    return _opening(row, order_id, payment_id, kind, row)


async def check_out_at_once(
    rt: Runtime, draft: Draft, subject: str, key: str, order_hash: bytes
) -> tuple[Placed, Opened] | None:
    """T2 and T3 up to Stripe in one statement, for an order that is to be paid by card.

    None: nothing was written, and placing the order and beginning its payment, one after the other, can say why.
    """
    values = draft.values
    payment_id = ids.new_id()
    try:
        row = await rt.db.once(
            statements.CHECKED_OUT,
            **values,
            subject=subject,
            key=key,
            hash=order_hash,
            pay_hash=_pay_hash(values["id"], CARD),
            payment=payment_id,
            **_new(rt, payment_id, CARD),
            at_least=_paying_time(rt),
        )
    except asyncpg.DivisionByZeroError:
        return None
    if row is None:
        return None
    placed = draft.placed(row, "paying")
    rt.broadcast.seats_changed(placed.order.performance_id, seats.changes(row, "held"))
    return placed, _opening(placed.order, placed.order.id, payment_id, CARD, row)


def _claim(order_id: uuid.UUID, viewer: Viewer, key: str, kind: str, payment_id: uuid.UUID) -> dict[str, Any]:
    return {
        "subject": str(viewer.buyer_id or viewer.user_id),
        "key": key,
        "hash": _pay_hash(order_id, kind),
        "payment": payment_id,
        "order": order_id,
    }


def _pay_hash(order_id: uuid.UUID, kind: str) -> bytes:
    return idempotency.request_hash([str(order_id)] + ([kind] if kind != CARD else []))


def _new(rt: Runtime, payment_id: uuid.UUID, kind: str) -> dict[str, Any]:
    return {
        "before": "pending",
        "kind": kind,
        "topic": CREATE_INTENT,
        "create_key": create_key(payment_id),
        "payload": json.dumps({"payment_id": str(payment_id)}),
        "leased": outbox_lease(rt),
    }


def _paying_time(rt: Runtime) -> timedelta:
    return timedelta(seconds=rt.settings.till.paying_min_s)


async def open_payment(rt: Runtime, tx: Tx, order_id: uuid.UUID, viewer: Viewer, key: str, kind: str) -> Opened:
    payment_id = ids.new_id()
    claim = _claim(order_id, viewer, key, kind, payment_id)
    subject = claim["subject"]
    order = (await tx.sql(statements.CLAIMED, **claim)).one_or_none()
    if order is None:
        raise NotFound
    check_viewer(order, viewer)
    bind_correlation(order.correlation_id)
    if order.claimed is None:
        # Used before: this raises if it was for something else, and names the payment of that time.
        known = await idempotency.claim(tx, subject, "pay", key, claim["hash"], payment_id)
        earlier = await queries.payment(tx, known)
        assert earlier is not None
        return Opened(earlier)
    if order.state == "paying":
        active = await queries.active_payment(tx, order_id)
        if active is not None:
            # The key stands for the payment that it was answered with.
            await tx.sql(
                """UPDATE idempotency SET resource_id = :payment
                    WHERE subject = :subject AND endpoint = 'pay' AND key = :key""",
                payment=active.id,
                subject=subject,
                key=key,
            )
            return Opened(active)
    if order.state != "pending":
        raise OrderNotPayable(state=order.state)
    if await event_queries.is_cancelled(tx, order.performance_id):
        raise PerformanceOver
    if order.total == 0:
        return Opened(await settle_at_once(tx, order, payment_id, "free", "nothing to pay"))
    _check_kind(rt, kind, order.currency)
    expires_at = await seats.keep_for_payment(tx, order.hold_id, _paying_time(rt))
    new = _new(rt, payment_id, kind)
    made = (
        await tx.sql(statements.OPENED, order=order_id, expires=expires_at, payment=payment_id, **new)
    ).one_or_none()
    if made is None:
        raise HoldExpired
    return _opening(order, order_id, payment_id, kind, made)


def _opening(order: Any, order_id: uuid.UUID, payment_id: uuid.UUID, kind: str, made: Any) -> Opened:
    """What was just written; ``order`` and ``made`` are the rows that the statements returned."""
    payment = PaymentView(
        id=payment_id,
        organiser_id=order.organiser_id,
        order_id=order_id,
        seq=made.seq,
        method="stripe",
        kind=kind,
        state="creating",
        ends_as=None,
        active=True,
        amount=order.total,
        captured=0,
        refunded=0,
        currency=order.currency,
        intent_id=None,
        client_secret=None,
        tries=0,
    )
    return Opened(payment, order.code, order.email, made.row_id)


def outbox_lease(rt: Runtime) -> float:
    """How long a row that its committer runs itself is left to it, in seconds: a Stripe call and a little."""
    return rt.settings.stripe.timeout_s + 3.0


def _check_kind(rt: Runtime, kind: str, currency: str) -> None:
    offered = kind == CARD or kind in rt.settings.stripe.automatic_methods
    if not offered or (kind in EURO_ONLY and currency != "EUR"):
        raise InvalidRequest("This order can't be paid that way.")
