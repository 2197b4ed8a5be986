"""A buyer's browser on the lean client: cookies, CSRF proof, idempotency keys, and the card form's part."""

import os
from typing import Any
from urllib.parse import urlencode

import msgspec

from bench.wire import Answer, Connection

CARD = {
    "payment_method_data[type]": "card",
    "payment_method_data[card][number]": "4242424242424242",
    "payment_method_data[card][exp_month]": "12",
    "payment_method_data[card][exp_year]": "2034",
    "payment_method_data[card][cvc]": "123",
}


class UnexpectedAnswer(RuntimeError):
    """The app said something else than a purchase needs; a bench that counts refusals as work would lie."""


class Busy(RuntimeError):
    """503: the app had no connection to spare in time and did nothing. Not an error, but not work either."""


class Browser:
    """One buyer. Every verb raises Busy or UnexpectedAnswer unless the app agreed."""

    def __init__(self, app: Connection) -> None:
        self._app = app
        self._cookies: dict[str, str] = {}
        self._headers = b""
        self._name = os.urandom(6).hex()
        self._asked = 0

    @classmethod
    async def open(cls, origin: str) -> "Browser":
        """A fresh one, with the cookies that ``GET /api/me`` sets."""
        fresh = cls(await Connection.open(origin))
        await fresh.me()
        return fresh

    async def me(self) -> None:
        answer = await self._app.ask("GET", "/api/me", self._headers)
        _expect(answer, 200)
        self._cookies |= answer.cookies()
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        proof = answer.json()["csrf_token"]
        self._headers = f"Cookie: {cookies}\r\nX-CSRF-Token: {proof}\r\n".encode()

    async def get(self, path: str) -> Any:
        return _expect(await self._app.ask("GET", path, self._headers), 200).json()

    async def post(self, path: str, body: Any, expect: int = 201) -> Answer:
        """A changing request under a key of its own."""
        self._asked += 1
        headers = b"%sContent-Type: application/json\r\nIdempotency-Key: %s-%d\r\n" % (
            self._headers,
            self._name.encode(),
            self._asked,
        )
        return _expect(await self._app.ask("POST", path, headers, msgspec.json.encode(body)), expect)

    async def hold(self, performance: str, seats: list[int]) -> Answer:
        return await self.post(f"/api/performances/{performance}/holds", {"seats": seats})

    async def check_out(self, hold_id: str) -> Any:
        body = {"hold_id": hold_id, "email": f"{self._name}@example.com", "name": "A Buyer"}
        return (await self.post("/api/checkouts", body)).json()

    async def check(self, order_id: str) -> Any:
        return (await self.post(f"/api/orders/{order_id}/payment/check", None, expect=200)).json()

    def close(self) -> None:
        self._app.close()


async def confirm(stripe: Connection, payment: Any) -> None:
    """What the payment form does in the browser, with the publishable key. Raises UnexpectedAnswer."""
    secret = payment["client_secret"]
    intent = secret.partition("_secret_")[0]
    headers = f"Authorization: Bearer {payment['publishable_key']}\r\n".encode()
    answer = await stripe.ask(
        "POST",
        f"/v1/payment_intents/{intent}/confirm",
        headers + b"Content-Type: application/x-www-form-urlencoded\r\n",
        urlencode({"client_secret": secret, **CARD}).encode(),
    )
    _expect(answer, 200)


def _expect(answer: Answer, status: int) -> Answer:
    if answer.status == 503:
        raise Busy
    if answer.status != status:
        raise UnexpectedAnswer(f"{answer.status} instead of {status}: {answer.body[:300].decode(errors='replace')}")
    return answer
