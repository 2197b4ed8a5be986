"""What staff do with an order, as one deed of a process: at the desk's doors, and then what the worker makes of it."""

from dataclasses import dataclass
from typing import Any

import httpx

from frontrow.core.log import CORRELATION_HEADER
from tests.faults.boundaries import Boundaries
from tests.faults.purchase import Plan, Refusal, Till


@dataclass(frozen=True)
class Deed:
    """A door of the order is asked with ``body``; whoever repeats a deed repeats its key. ``plan`` is the purchase."""

    plan: Plan
    order_id: str
    door: str
    body: dict[str, Any]
    bearer: str

    @property
    def key(self) -> str:
        return f"{self.door}-{self.order_id}"


def deed_from(told: dict[str, Any]) -> Deed:
    """From its JSON."""
    return Deed(**told | {"plan": Plan(**told["plan"])})


async def place(till: Till, plan: Plan) -> str:
    """Hold and order, and leave it unpaid. Returns the order's id."""
    async with _browser(till, plan, cookies=plan.cookies, headers={"X-CSRF-Token": plan.csrf}) as browser:
        hold = await _post(
            browser, f"/api/performances/{plan.performance_id}/holds", {"seats": plan.seats}, f"hold-{plan.story}"
        )
        wish = {"hold_id": hold["id"], "email": plan.email, "name": "Guest", "locale": "en", "coupon": plan.coupon}
        order = await _post(browser, "/api/orders", wish, f"order-{plan.story}")
        return str(order["id"])


async def do(till: Till, deed: Deed, at: Boundaries | None = None) -> dict[str, Any]:
    """Ask, and let the workers work on what comes of it. Returns the door's answer. Raises Refusal."""
    at = at or Boundaries()
    at.stage = "desk"
    async with _browser(till, deed.plan, headers={"Authorization": f"Bearer {deed.bearer}"}) as desk:
        answer = await _post(desk, f"/api/orders/{deed.order_id}/{deed.door}", deed.body, deed.key)
    await till.work_on(deed.plan, at)
    return answer


def _browser(
    till: Till, plan: Plan, headers: dict[str, str], cookies: dict[str, str] | None = None
) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(till.app),
        base_url="http://testserver",
        cookies=cookies,
        headers={CORRELATION_HEADER: plan.story, **headers},
    )


async def _post(browser: httpx.AsyncClient, path: str, body: dict[str, Any], key: str) -> dict[str, Any]:
    answer = await browser.post(path, json=body, headers={"Idempotency-Key": key})
    if not answer.is_success:
        raise Refusal(answer)
    return dict(answer.json())
