"""One whole purchase, as its buyer sees it and as the worker works on it. Safe to begin again with the same keys."""

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

import httpx
from fastapi import FastAPI
from taskiq import BrokerMessage, InMemoryBroker

from frontrow.core.db import Tx
from frontrow.core.log import CORRELATION_HEADER
from frontrow.core.relay import Relay
from frontrow.tickets.actions.scan import scan
from frontrow.wiring import House as Running
from tests.faults.boundaries import Boundaries
from tests.payments.test_webhooks import signature
from tests.waiting import eventually


@dataclass(frozen=True)
class Plan:
    """What is bought and by whom. Whoever repeats a plan repeats its keys; ``story`` is its correlation id."""

    story: str
    performance_id: str
    seats: list[int]
    door_user_id: str
    cookies: dict[str, str]
    csrf: str
    coupon: str | None
    """With one the order is placed in a transaction, and paid apart; without one both are a single statement."""
    by_news: bool = False
    """Whether the payment is heard of by webhooks, the buyer having closed the page, instead of by their waiting."""

    @property
    def email(self) -> str:
        return f"{self.story}@example.com"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Refusal(Exception):
    """The till didn't do what was asked. ``busy``: it asks for a little patience."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__(f"{answer.request.url.path}: {answer.status_code} {answer.text}")
        self.busy = answer.status_code == 503


class NoQueue(InMemoryBroker):
    """A queue that takes nothing: the relay runs its rows itself, in this process."""

    async def kick(self, message: BrokerMessage) -> None:
        raise ConnectionError


class Till:
    """App and worker in one process, with one thing done at a time, so that boundaries always come in one order."""

    def __init__(self, app: FastAPI, worker: Running, stripe: str, secrets: dict[str, str]) -> None:
        self.app = app
        self.worker = worker
        self.stripe = stripe
        self._secrets = secrets
        self.relay = Relay(worker.runtime.db, worker.registry, NoQueue())

    async def purchase(self, plan: Plan, boundaries: Boundaries | None = None) -> dict[str, Any]:
        """Hold, order, pay, let the workers work, go in. Returns the order. Raises Refusal."""
        at = boundaries or Boundaries()
        async with self._browser(plan) as browser:
            at.stage = "hold"
            hold = await self._post(
                browser, f"/api/performances/{plan.performance_id}/holds", {"seats": plan.seats}, f"hold-{plan.story}"
            )
            wish = {
                "hold_id": hold["id"],
                "email": plan.email,
                "name": "Guest",
                "locale": "en",
                "coupon": plan.coupon,
            }
            payment = await self._begin(browser, wish, plan, at)
            paths = f"/api/orders/{payment['order_id']}/payment"
            await self._confirm(payment["client_secret"])
            if plan.by_news:
                at.stage = "news"
                await self._hear_of(plan, _intent_of(payment["client_secret"]), at)
            else:
                at.stage = "settle"
                await self._post(browser, f"{paths}/check", None, "")
            await self.work_on(plan, at)
            at.stage = "show"
            shown: dict[str, Any] = (await browser.get(f"/api/orders/{payment['order_id']}")).raise_for_status().json()
            at.stage = "door"
            for ticket in shown["tickets"]:
                await scan(
                    self.worker.runtime,
                    ticket["code"],
                    uuid.UUID(plan.performance_id),
                    "gate",
                    uuid.UUID(plan.door_user_id),
                )
            return shown

    async def _begin(
        self, browser: httpx.AsyncClient, wish: dict[str, Any], plan: Plan, at: Boundaries
    ) -> dict[str, Any]:
        """The order's payment: both by one request, or, with a coupon, by one each."""
        at.stage = "order"
        if plan.coupon is None:
            begun = await self._post(browser, "/api/checkouts", wish, f"order-{plan.story}")
            payment: dict[str, Any] | None = begun["payment"]
            if payment is not None:
                return payment
            order = begun["order"]
        else:
            order = await self._post(browser, "/api/orders", wish, f"order-{plan.story}")
        at.stage = "pay"
        return await self._post(browser, f"/api/orders/{order['id']}/payment", None, f"pay-{plan.story}")

    async def _confirm(self, client_secret: str) -> None:
        """What the payment form does, straight to Stripe; the second time Stripe says that it's done already."""
        card = {"type": "card", "card][number": "4242424242424242", "card][exp_month": "12", "card][exp_year": "2034",
                "card][cvc": "123"}  # fmt: skip
        async with self._stripe("stripe_publishable_key") as stripe:
            await stripe.post(
                f"/v1/payment_intents/{_intent_of(client_secret)}/confirm",
                data={
                    "client_secret": client_secret,
                    **{f"payment_method_data[{name}]": value for name, value in card.items()},
                },
            )

    def _stripe(self, key: str) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {self._secrets[key]}"}
        return httpx.AsyncClient(base_url=self.stripe, headers=headers, verify=False)

    async def _hear_of(self, plan: Plan, intent_id: str, at: Boundaries) -> None:
        """Bring Stripe's events about an intent to the webhook, each once, until nothing new comes of them."""
        told: set[str] = set()
        headers = {CORRELATION_HEADER: plan.story}
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url="http://testserver", headers=headers
        ) as stripe:
            while news := [event for event in await self._events_of(intent_id) if event["id"] not in told]:
                for event in news:
                    body = json.dumps(event).encode()
                    signed = {"Stripe-Signature": signature(body, self._secrets["stripe_webhook_secret"])}
                    answer = await stripe.post("/api/webhooks/stripe", content=body, headers=signed)
                    if not answer.is_success:
                        raise Refusal(answer)
                    told.add(event["id"])
                await self._no_rest(plan)
                await self.work_on(plan, at)
                at.stage = "news"

    async def _no_rest(self, plan: Plan) -> None:
        """News rests a moment for a buyer who may be waiting. Nobody waits here. This is no boundary of the till."""
        db = self.worker.runtime.db
        watched, db.boundary = db.boundary, None
        await db.call("UPDATE outbox SET due_at = clock_timestamp() WHERE correlation_id = $1", plan.story)
        db.boundary = watched

    async def _events_of(self, intent_id: str) -> list[dict[str, Any]]:
        """Oldest first, from Stripe's own list of them."""
        async with self._stripe("stripe_secret_key") as stripe:
            answer = await stripe.get("/v1/events", params={"limit": 100})
        found = answer.raise_for_status().json()["data"]
        return [event for event in reversed(found) if event["data"]["object"]["id"] == intent_id]

    async def work_on(self, plan: Plan, at: Boundaries) -> None:
        """Run what the outbox holds of this story, in order, until there is nothing left of it."""

        async def due(tx: Tx) -> list[Any]:
            rows = await tx.sql(
                """SELECT id, attempts, topic FROM outbox
                    WHERE correlation_id = :story AND done_at IS NULL AND dead_at IS NULL
                      AND due_at <= clock_timestamp() AND coalesce(lease_until <= clock_timestamp(), true)
                    ORDER BY id""",
                story=plan.story,
            )
            return list(rows.all())

        while rows := await self.worker.runtime.db.read(due):
            for row in rows:
                at.stage = row.topic
                await self.relay.deliver(row.id, row.attempts + 1)

    async def relay_until(self, fact: Callable[[], Awaitable[bool]]) -> None:
        """Relay as a worker does, until ``fact``."""
        stop = asyncio.Event()
        relaying = asyncio.create_task(self.relay.run(stop))
        await eventually(fact, within=60)
        stop.set()
        await relaying

    def _browser(self, plan: Plan) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url="http://testserver",
            cookies=plan.cookies,
            headers={CORRELATION_HEADER: plan.story, "X-CSRF-Token": plan.csrf},
        )

    async def _post(self, browser: httpx.AsyncClient, path: str, body: Any, key: str) -> dict[str, Any]:
        answer = await browser.post(path, json=body, headers={"Idempotency-Key": key})
        if not answer.is_success:
            raise Refusal(answer)
        return dict(answer.json())


def _intent_of(client_secret: str) -> str:
    return client_secret.split("_secret_", maxsplit=1)[0]
