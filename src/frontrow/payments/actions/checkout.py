"""A hold becomes an order, and its payment is begun, in one request: what a buyer's "Pay" asks for."""

from dataclasses import dataclass

from frontrow.core.errors import Refusal
from frontrow.core.runtime import Runtime
from frontrow.gateways.hub import Gateways
from frontrow.gateways.stripe import CARD
from frontrow.orders.actions.draft import Wish
from frontrow.orders.actions.place import draft_at_once, place_at_once
from frontrow.orders.queries import Viewer
from frontrow.orders.schemas import encode_order
from frontrow.payments.actions.intent import ask_stripe
from frontrow.payments.actions.start import check_out_at_once, start_payment
from frontrow.payments.queries import PaymentView
from frontrow.tickets.actions.show import show_order


@dataclass(frozen=True)
class CheckedOut:
    """``order``: its JSON. Without a payment, ``problem`` says why; the order stands all the same."""

    order: bytes
    payment: PaymentView | None
    problem: Refusal | None = None


async def check_out(rt: Runtime, gw: Gateways, wish: Wish, buyer: Viewer, key: str, kind: str = CARD) -> CheckedOut:
    """T2 and T3 under one key: the order and payment that ``place_at_once`` and ``start_payment`` would make with it;
    whoever comes again with it finds them.

    Raises what ``place_at_once`` does. What ``start_payment`` refuses is told beside the order, which stands.
    """
    assert buyer.buyer_id is not None
    made = None
    if kind == CARD:
        draft = await draft_at_once(rt.db, wish, buyer.buyer_id, buyer.user_id, rt.settings.stripe)
        if draft is not None and draft.values["total"] > 0:
            made = await check_out_at_once(rt, draft, str(buyer.buyer_id), key, wish.hash())
    if made is not None:
        placed, opened = made
        assert opened.row_id is not None
        try:
            payment = await ask_stripe(rt, gw, opened.wanted, opened.row_id)
        except Refusal as refusal:
            return CheckedOut(await show_order(rt, placed.order.id, buyer), None, refusal)
        return CheckedOut(encode_order(placed.order, placed.lines), payment)
    placed = await place_at_once(rt.db, wish, buyer.buyer_id, buyer.user_id, key, rt.settings.stripe)
    try:
        found, problem = await start_payment(rt, gw, placed.order.id, buyer, key, kind), None
    except Refusal as refusal:
        found, problem = None, refusal
    return CheckedOut(await show_order(rt, placed.order.id, buyer), found, problem)
