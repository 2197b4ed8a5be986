"""The organiser's side, by the API: what the pages for it will do later."""

import secrets
from typing import Any

import httpx

ORGANISER = "frontrow-house"
WHO = "anna@frontrow.example"


class Organiser:
    """Logged in with a token, as a script would be."""

    def __init__(self, origin: str, password: str) -> None:
        self._api = httpx.Client(base_url=origin, timeout=20)
        me = self._api.get("/api/me").raise_for_status().json()
        session = self._api.post(
            "/api/account/log-in",
            json={"email": WHO, "password": password},
            headers={"X-CSRF-Token": me["csrf_token"]},
        ).raise_for_status()
        self._api.headers["Authorization"] = f"Bearer {session.json()['access_token']}"

    def close(self) -> None:
        self._api.close()

    def make_coupon(self, **terms: Any) -> str:
        """A new code: ``percent_bp``, or ``amount`` and ``currency``, and limits. Returns the code."""
        code = f"E2E-{secrets.token_hex(3).upper()}"
        answer = self._api.post(f"/api/organisers/{ORGANISER}/coupons", json={"code": code, **terms})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["code"])

    def refund(self, order_id: str, amount: int | None = None) -> int:
        """Give money back, all that is left when no amount is named. Returns how much, in cents."""
        return int(self._act(f"/api/orders/{order_id}/refunds", amount=amount)["amount"])

    def cancel_line(self, order_id: str, line_id: str) -> int:
        """Take one place back, with what it had cost. Returns that, in cents."""
        return int(self._act(f"/api/orders/{order_id}/cancellations", line_ids=[line_id])["amount"])

    def _act(self, path: str, **wish: Any) -> Any:
        answer = self._api.post(path, json=wish, headers={"Idempotency-Key": secrets.token_hex(16)})
        assert answer.status_code == 201, answer.text
        return answer.json()
