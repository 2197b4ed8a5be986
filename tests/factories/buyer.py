"""A buyer over HTTP, as a browser would be one: cookies, CSRF proof, idempotency keys."""

import uuid
from typing import Any, Self

import httpx


class Buyer:
    """One browser. Every verb returns the response's JSON and fails the test on an unexpected status."""

    def __init__(self, origin: str, stripe: str = "", publishable_key: str = "") -> None:
        self.http = httpx.AsyncClient(base_url=origin, timeout=30)
        self._stripe = stripe
        self._publishable = publishable_key

    async def __aenter__(self) -> Self:
        await self.me()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def me(self) -> dict[str, Any]:
        answer = await self.http.get("/api/me")
        assert answer.status_code == 200, answer.text
        self.http.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        return dict(answer.json())

    async def post(self, path: str, body: Any = None, *, key: str | None = None, expect: int = 201) -> dict[str, Any]:
        answer = await self.http.post(path, json=body, headers={"Idempotency-Key": key or str(uuid.uuid4())})
        assert answer.status_code == expect, f"{answer.status_code}: {answer.text}"
        return dict(answer.json())

    async def hold(self, performance_id: uuid.UUID, seats: list[int], expect: int = 201) -> dict[str, Any]:
        return await self.post(f"/api/performances/{performance_id}/holds", {"seats": seats}, expect=expect)

    async def order(
        self, hold_id: str, email: str = "guest@example.com", name: str = "Guest", locale: str = "en"
    ) -> dict[str, Any]:
        return await self.post("/api/orders", {"hold_id": hold_id, "email": email, "name": name, "locale": locale})

    async def start_payment(self, order_id: str, expect: int = 201) -> dict[str, Any]:
        return await self.post(f"/api/orders/{order_id}/payment", expect=expect)

    async def confirm(self, payment: dict[str, Any], card: str = "4242424242424242") -> dict[str, Any]:
        """What the payment form does with the browser's key: straight to Stripe."""
        intent = payment["client_secret"].split("_secret_")[0]
        async with httpx.AsyncClient() as browser:
            answer = await browser.post(
                f"{self._stripe}/v1/payment_intents/{intent}/confirm",
                data={
                    "client_secret": payment["client_secret"],
                    "payment_method_data[type]": "card",
                    "payment_method_data[card][number]": card,
                    "payment_method_data[card][exp_month]": "12",
                    "payment_method_data[card][exp_year]": "2034",
                    "payment_method_data[card][cvc]": "123",
                },
                headers={"Authorization": f"Bearer {self._publishable}"},
            )
        return dict(answer.json())

    async def check(self, order_id: str) -> dict[str, Any]:
        return await self.post(f"/api/orders/{order_id}/payment/check", expect=200)

    async def see(self, order_id: str, token: str | None = None) -> dict[str, Any]:
        answer = await self.http.get(f"/api/orders/{order_id}", params={"token": token} if token else {})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def buy(
        self, performance_id: uuid.UUID, seats: list[int], email: str = "guest@example.com"
    ) -> dict[str, Any]:
        """The whole purchase; returns the order as it is after the check."""
        hold = await self.hold(performance_id, seats)
        order = await self.order(hold["id"], email)
        payment = await self.start_payment(order["id"])
        await self.confirm(payment)
        return await self.check(order["id"])
