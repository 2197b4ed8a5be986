"""The real verbs of hold, order, payment and ticket on real PostgreSQL and the Stripe stand-in, one call an action.

News of intents isn't left to the stand-in's deliveries: every answer that an intent ever gave is kept, and any of them
is told again when the walk says so, over the webhook's own verb. Time is moved by changing what expires.
"""

import asyncio
import functools
import json
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from frontrow.auditor.main import QUESTIONS, audit
from frontrow.core import outbox
from frontrow.core.db import Tx
from frontrow.core.errors import Refusal
from frontrow.core.ids import new_id
from frontrow.core.jobs import Registry
from frontrow.core.runtime import Runtime
from frontrow.coupons.actions import CouponWish, create_coupon
from frontrow.gateways.hub import Gateways
from frontrow.gateways.stripe import StripeUnreachable
from frontrow.orders import actions as orders
from frontrow.orders.actions import Wish
from frontrow.orders.queries import Viewer
from frontrow.payments.actions import checkout, desk, news, offline, start, stop, webhooks
from frontrow.seats import actions as seats
from frontrow.tickets import queries as ticket_queries
from frontrow.tickets.actions.draw import codes
from frontrow.tickets.actions.scan import scan
from tests.factories.house import House, build_house
from tests.payments.test_webhooks import signature

COUPON = "ONCE"
NEWS = {
    "requires_capture": "payment_intent.amount_capturable_updated",
    "succeeded": "payment_intent.succeeded",
    "canceled": "payment_intent.canceled",
}
MOVING = ("capturing", "expiring", "refund_due")

QUESTIONS_OF_STATE = tuple(one for one in QUESTIONS if one.number not in {4, 15, 16, 21})
"""Those that ask how things stand. Mails are others' (15), a walk's outbox waits as long as it likes (16), and nobody
here changes maps (4) or tables (21)."""


class Crash(BaseException):
    """The process ends here."""


@dataclass
class Bought:
    """What one buyer has by now."""

    buyer: uuid.UUID
    hold: uuid.UUID
    key: str
    order: uuid.UUID | None = None

    @property
    def viewer(self) -> Viewer:
        return Viewer(self.buyer, None, None)


@dataclass
class Till:
    """A house with a few seats, and everything that may happen in it."""

    rt: Runtime
    gw: Gateways
    registry: Registry
    secrets: dict[str, str]
    house: House
    staff: uuid.UUID
    http: httpx.AsyncClient
    bought: list[Bought] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)  # every state of every intent, as Stripe showed it
    said: list[str] = field(default_factory=list)  # what happened, for whoever reads a failure

    # -- a walk's frame ------------------------------------------------------------------------------------------------

    async def sql(self, statement: str, **values: object) -> list[Any]:
        done = await self.rt.db.write(lambda tx: tx.sql(statement, **values))
        return list(done.all())

    async def attempt(self, what: str, work: Callable[[], Awaitable[object]], crash_at: int = 0) -> None:
        """Do it; a refusal is an answer like any other. ``crash_at``: the process ends at that boundary, from 1."""
        left = crash_at

        def boundary(_place: str) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Crash

        self.rt.db.boundary = boundary if crash_at else None
        try:
            await work()
            how = "done"
        except (Refusal, StripeUnreachable) as error:
            how = type(error).__name__
        except Crash:
            how = f"crashed at boundary {crash_at}"
        finally:
            self.rt.db.boundary = None
        self.said.append(f"{what}: {how}")

    async def faults(self, **knobs: object) -> None:
        await self.http.delete("/_standin/faults")
        (await self.http.post("/_standin/faults", json={"webhooks": "off", **knobs})).raise_for_status()

    async def observe(self) -> None:
        """Keep what Stripe says of each intent now, to be told at any later time."""
        known = await self.sql(
            """SELECT intent_id FROM payment p JOIN orders o ON o.id = p.order_id
                WHERE intent_id IS NOT NULL AND o.performance_id = :performance""",
            performance=self.house.performance_id,
        )
        headers = {"Authorization": f"Bearer {self.secrets['stripe_secret_key']}"}
        for (intent_id,) in known:
            seen = [one["status"] for one in self.told if one["id"] == intent_id]
            if seen and seen[-1] in {"succeeded", "canceled"}:
                continue
            try:
                answer = await self.http.get(f"/v1/payment_intents/{intent_id}", headers=headers)
            except httpx.TransportError:
                continue  # a mishap that was meant for the till
            if answer.status_code == 200 and (not seen or seen[-1] != answer.json()["status"]):
                self.told.append(answer.json())

    # -- buyers --------------------------------------------------------------------------------------------------------

    async def hold(self, wanted: list[int]) -> None:
        buyer, key = new_id(), uuid.uuid4().hex
        held = await seats.hold_seats(self.rt.db, self.rt.settings.till, self.house.performance_id, buyer, wanted, key)
        assert not isinstance(held, uuid.UUID)
        self.bought.append(Bought(buyer, held.hold_id, key))

    async def order(self, one: Bought, coupon: bool) -> None:
        wish = Wish(one.hold, "guest@example.com", "Guest", "en", coupon=COUPON if coupon else None)
        stripe = self.rt.settings.stripe
        one.order = await self.rt.db.write(
            lambda tx: orders.place_order(tx, wish, one.buyer, None, f"order-{one.key}-{coupon}", stripe)
        )

    async def check_out(self, one: Bought) -> None:
        """Order and payment in one request. The order is found by its hold, also when the answer was lost."""
        wish = Wish(one.hold, "guest@example.com", "Guest", "en")
        try:
            await checkout.check_out(self.rt, self.gw, wish, one.viewer, f"checkout-{one.key}")
        finally:
            for [found] in await self.sql("SELECT id FROM orders WHERE hold_id = :hold", hold=one.hold):
                one.order = found

    async def start(self, one: Bought, order: uuid.UUID) -> None:
        """Not while the intent is being made: then it would only wait for the relay."""
        if await self.sql("SELECT 1 FROM payment WHERE order_id = :order AND state = 'creating'", order=order):
            return
        await start.start_payment(self.rt, self.gw, order, one.viewer, uuid.uuid4().hex)

    async def confirm(self, order: uuid.UUID, card: str) -> None:
        """What any tab that ever got a client secret may do at any time."""
        rows = await self.sql(
            "SELECT intent_id, client_secret FROM payment WHERE order_id = :order AND intent_id IS NOT NULL",
            order=order,
        )
        headers = {"Authorization": f"Bearer {self.secrets['stripe_publishable_key']}"}
        details = {"number": card, "exp_month": "12", "exp_year": "2034", "cvc": "123"}
        for intent_id, secret in rows:
            form = {f"payment_method_data[card][{name}]": value for name, value in details.items()}
            form |= {"client_secret": secret, "payment_method_data[type]": "card"}
            path = f"/v1/payment_intents/{intent_id}/confirm"
            answer = (await self.http.post(path, data=form, headers=headers)).json()
            if answer.get("status") == "requires_action":
                form = {"payment_intent": intent_id, "client_secret": secret, "outcome": "complete"}
                await self.http.post("/v1/3ds2/authenticate", data=form, headers=headers)

    async def scan(self, order: uuid.UUID) -> None:
        tickets = await self.rt.db.read(lambda tx: ticket_queries.tickets_of(tx, order))
        for code in await codes(self.rt, tickets[:1]):
            await scan(self.rt, code, self.house.performance_id, "gate", self.staff)

    # -- Stripe, by itself or by somebody's hand -----------------------------------------------------------------------

    async def by_hand(self, order: uuid.UUID, what: str) -> None:
        for (intent_id,) in await self.sql("SELECT intent_id FROM payment WHERE order_id = :order", order=order):
            if intent_id is not None:
                ask = self.gw.stripe.capture if what == "capture" else self.gw.stripe.cancel
                await ask(intent_id, f"by hand {uuid.uuid4()}")

    async def tell(self, which: int) -> None:
        """A webhook: whatever an intent once was, however old, however often."""
        worth = [one for one in self.told if one["status"] in NEWS]
        if worth:
            intent = worth[which % len(worth)]
            event = {"id": f"evt_{uuid.uuid4().hex}", "object": "event", "type": NEWS[intent["status"]]}
            body = json.dumps({**event, "livemode": False, "data": {"object": intent}}).encode()
            header = signature(body, self.secrets["stripe_webhook_secret"])
            await webhooks.receive_webhook(self.rt, self.gw, body, header)

    # -- workers -------------------------------------------------------------------------------------------------------

    async def jobs(self) -> list[Any]:
        waiting = await self.sql("SELECT id, topic, payload FROM outbox WHERE done_at IS NULL ORDER BY id")
        return [row for row in waiting if row.topic in self.registry.handlers]

    async def job(self, which: int, copies: int = 1) -> None:
        """One row of the outbox; with ``copies``, by so many workers at once."""
        waiting = await self.jobs()
        if waiting:
            row = waiting[which % len(waiting)]
            self.said.append(f"  it is {row.topic}")
            if copies == 1:
                await self._deliver(row)
            else:
                await asyncio.gather(*(self._deliver(row) for _ in range(copies)))

    async def _deliver(self, row: Any) -> None:
        try:
            await self.registry.deliver(row.topic, row.payload)
        except (Refusal, StripeUnreachable):
            return  # the relay would come back to it
        await self.rt.db.write(functools.partial(outbox.done, row_id=row.id))

    async def timers(self) -> None:
        await self.rt.db.write(seats.sweep)
        await self.rt.db.write(orders.expire_pending)
        await stop.expire_paying(self.rt)
        await stop.reach_hard_cap(self.rt)

    async def reconcile(self) -> None:
        await news.reconcile(self.rt, self.gw, older_than_s=0)

    async def lapse(self, hold: uuid.UUID | None = None) -> None:
        """The time of a hold, and of its order, runs out; of all of them without ``hold``."""
        for statement in (
            """UPDATE seat SET expires_at = now() - interval '1 s', fence = fence + 1
                WHERE hold_id IS NOT NULL AND (hold_id = :hold OR :all)""",
            """UPDATE hold SET expires_at = now() - interval '1 s'
                WHERE state IN ('active', 'ordered') AND (id = :hold OR :all)""",
            """UPDATE orders SET expires_at = now() - interval '1 s'
                WHERE state IN ('pending', 'paying') AND (hold_id = :hold OR :all)""",
        ):
            await self.rt.db.write(functools.partial(_run, statement=statement, hold=hold, all=hold is None))

    async def cap(self, order: uuid.UUID) -> None:
        """The hard cap of an expiring order passes."""
        statement = "UPDATE orders SET expires_at = now() - interval '1 h' WHERE id = :order AND state = 'expiring'"
        await self.rt.db.write(functools.partial(_run, statement=statement, order=order))

    # -- the desk ------------------------------------------------------------------------------------------------------

    async def cash(self, order: uuid.UUID) -> None:
        await self.rt.db.write(lambda tx: offline.pay_offline(tx, order, "cash", self.staff, uuid.uuid4().hex))

    async def refund(self, order: uuid.UUID, amount: int | None) -> None:
        await self.rt.db.write(lambda tx: desk.request_refund(tx, order, amount, "asked", self.staff, uuid.uuid4().hex))

    async def cancel_lines(self, order: uuid.UUID, first_only: bool) -> None:
        standing = await self.sql(
            """SELECT id FROM order_line l WHERE order_id = :order AND reverses_id IS NULL
                AND NOT EXISTS (SELECT FROM order_line r WHERE r.reverses_id = l.id) ORDER BY seat_no""",
            order=order,
        )
        wish = desk.Cancel([standing[0].id] if first_only and standing else None, refund=True, reason="")
        await self.rt.db.write(lambda tx: desk.request_cancellation(tx, order, wish, self.staff, uuid.uuid4().hex))

    # -- what must hold ------------------------------------------------------------------------------------------------

    async def check(self) -> None:
        found = await audit(self.rt.db, QUESTIONS_OF_STATE)
        assert not found, self._failure([f"{one.number} {one.name}: {one.rows}" for one in found])

    async def rest(self) -> None:
        """Everything works again: workers alone must bring the house to rest, and Stripe's books must be ours."""
        await self.faults()
        await self._work()
        # Stripe answers, so nothing may need the hard cap to get on.
        moving = await self.sql("SELECT code, state FROM orders WHERE state = ANY (:moving)", moving=list(MOVING))
        assert not moving, self._failure([f"rests in a passing state: {moving}"])
        await self.lapse()
        await self._work()
        open_orders = await self.sql("SELECT code, state FROM orders WHERE state IN ('pending', 'paying', 'expiring')")
        held = await self.sql("SELECT seat_no FROM seat WHERE state = 'held'")
        left = await self.jobs()
        assert not [*open_orders, *held, *left], self._failure([f"left over: {open_orders} {held} {left}"])
        await self.check()
        await self._compare()

    async def _work(self) -> None:
        for _ in range(30):
            await self.timers()
            await self.reconcile()
            waiting = await self.jobs()
            for row in waiting:
                await self._deliver(row)
            if not waiting:
                return
        raise AssertionError(self._failure(["the workers go round in a circle"]))

    async def _compare(self) -> None:
        ledger = (await self.http.get("/_standin/ledger")).json()
        ours = {
            str(row.id): row
            for row in await self.sql(
                "SELECT id, intent_id, state, captured, refunded FROM payment WHERE method = 'stripe'"
            )
        }
        wrong = []
        for intent in ledger["intents"]:
            row = ours.get(intent["metadata"].get("payment_id"))
            if row is None:
                continue
            back = sum(
                one["amount"]
                for one in ledger["refunds"]
                if one["payment_intent"] == intent["id"] and one["status"] == "succeeded"
            )
            if (intent["amount_received"], back) != (row.captured, row.refunded) and row.intent_id == intent["id"]:
                wrong.append(
                    f"{intent['id']}: Stripe took {intent['amount_received']}, gave {back}; we say {tuple(row)}"
                )
            if intent["status"] not in {"succeeded", "canceled"} and row.intent_id == intent["id"]:
                wrong.append(f"{intent['id']} is {intent['status']} for good: {tuple(row)}")
            if intent["amount_received"] and row.intent_id != intent["id"]:
                wrong.append(f"{intent['id']} took money, and we know nothing of it: {tuple(row)}")
        assert not wrong, self._failure(wrong)

    def _failure(self, found: list[str]) -> str:
        return "\n".join([*self.said, "-- found:", *found])


async def _run(tx: Tx, *, statement: str, **values: object) -> None:
    await tx.sql(statement, **values)


async def open_till(
    rt: Runtime, gw: Gateways, registry: Registry, http: httpx.AsyncClient, secrets: dict[str, str]
) -> Till:
    """A new house of three seats with a coupon that may be used once; older houses in the database are at rest."""
    house = await build_house(rt.db, 3, slug=f"walk-{uuid.uuid4().hex}")
    staff = new_id()

    async def furnish(tx: Tx) -> None:
        await create_coupon(tx, house.organiser_id, CouponWish(COUPON, percent_bp=1000, max_uses=1))
        await tx.sql(
            "INSERT INTO user_account (id, email, name) VALUES (:id, :email, 'Staff')",
            id=staff,
            email=f"{staff}@example.com",
        )
        await tx.sql(
            "INSERT INTO team_member (organiser_id, user_id, role) VALUES (:organiser, :user, 'owner')",
            organiser=house.organiser_id,
            user=staff,
        )

    await rt.db.write(furnish)
    return Till(rt, gw, registry, secrets, house, staff, http)
