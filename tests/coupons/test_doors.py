"""Coupons over HTTP: what organisers may do with them, and what buyers send."""

import uuid
from typing import Any

import pytest

from frontrow.core.ids import new_id
from frontrow.people.access import Doorkeeper
from frontrow.people.actions import sessions
from tests.factories.buyer import Buyer
from tests.factories.stack import Stage

BAD_COUPONS: list[dict[str, Any]] = [
    {},
    {"code": "ab", "percent_bp": 1000},
    {"code": "sä ve", "percent_bp": 1000},
    {"code": "SAVE", "percent_bp": 0},
    {"code": "SAVE", "percent_bp": 10_001},
    {"code": "SAVE", "percent_bp": "1000"},
    {"code": "SAVE", "percent_bp": 10.5},
    {"code": "SAVE", "percent_bp": True},
    {"code": "SAVE", "percent_bp": 1000, "amount": 1, "currency": "EUR"},
    {"code": "SAVE", "amount": 100},
    {"code": "SAVE", "percent_bp": 1000, "currency": "EUR"},
    {"code": "SAVE", "amount": 100, "currency": "eur"},
    {"code": "SAVE", "amount": 10**12, "currency": "EUR"},
    {"code": "SAVE", "percent_bp": 1000, "max_uses": 0},
    {"code": "SAVE", "percent_bp": 1000, "max_uses": 2**31},
    {"code": "SAVE", "percent_bp": 1000, "per_account": -1},
    {"code": "SAVE", "percent_bp": 1000, "ticket_types": []},
    {"code": "SAVE", "percent_bp": 1000, "valid_from": "2026-01-02T00:00:00Z", "valid_until": "2026-01-01T00:00:00Z"},
    {"code": "SAVE", "percent_bp": 1000, "valid_from": "2026-01-02T00:00:00"},
    {"code": "SAVE", "percent_bp": 1000, "event_id": str(uuid.uuid4())},
    {"code": "SAVE", "percent_bp": 1000, "used": 5},
    {"code": "SAVE", "percent_bp": 1000, "organiser_id": str(uuid.uuid4())},
]


async def log_in(buyer: Buyer, stage: Stage, role: str | None) -> None:
    user = new_id()
    await stage.sql(
        "INSERT INTO user_account (id, email, name) VALUES (:id, :email, 'Sam')", id=user, email=f"{user}@example.com"
    )
    if role is not None:
        await stage.sql(
            "INSERT INTO team_member (organiser_id, user_id, role) VALUES (:organiser, :user, :role)",
            organiser=stage.house.organiser_id,
            user=user,
            role=role,
        )
    opened = await stage.rt.db.write(lambda tx: sessions.begin(tx, user, 3600, "tests"))
    buyer.http.headers["Authorization"] = f"Bearer {await Doorkeeper(stage.rt).sign(user, opened.session_id)}"


COUPONS = "/api/organisers/org-an-evening/coupons"


async def test_an_organiser_makes_lists_changes_and_disables_coupons(stage: Stage) -> None:
    async with stage.buyer() as sam, stage.buyer() as guest:
        await log_in(sam, stage, "manager")
        for body in BAD_COUPONS:
            refused = await sam.http.post(COUPONS, json=body)
            assert refused.status_code == 422, (body, refused.text)
        made = await sam.post(
            COUPONS, {"code": " spring ", "percent_bp": 2500, "max_uses": 2, "event_id": str(stage.house.event_id)}
        )
        assert (made["code"], made["used"], made["event_slug"], made["enabled"]) == ("SPRING", 0, "an-evening", True)
        assert (await sam.post(COUPONS, {"code": "SPRING", "percent_bp": 1}, expect=409))["code"] == "coupon_exists"

        hold = await guest.hold(stage.house.performance_id, [1, 2])
        quoted = await guest.post(f"/api/holds/{hold['id']}/quote", {"coupon": "Spring"}, expect=200)
        assert quoted["coupon"] == {"code": "SPRING", "discount": 2000, "problem": None}
        order = await guest.post(
            "/api/orders", {"hold_id": hold["id"], "email": "a@example.com", "name": "Ann", "coupon": "Spring"}
        )
        assert {name: order[name] for name in ("subtotal", "discount", "total", "coupon_code")} == {
            "subtotal": 8000, "discount": 2000, "total": 6500, "coupon_code": "SPRING",
        }  # fmt: skip
        assert {name: quoted[name] for name in ("total", "tax", "tax_lines")} == {
            name: order[name] for name in ("total", "tax", "tax_lines")
        }

        path = f"{COUPONS}/{made['id']}"
        assert (await sam.http.get(path)).json()["used"] == 1
        lower = await sam.http.patch(path, json={"max_uses": 1, "percent_bp": None, "amount": 500, "currency": "EUR"})
        assert (lower.status_code, lower.json()["amount"], lower.json()["percent_bp"]) == (200, 500, None)
        assert (await sam.http.patch(path, json={"enabled": False})).json()["enabled"] is False
        assert (await sam.http.patch(path, json={"enabled": None})).status_code == 422
        assert (await sam.http.patch(path, json={"currency": "USD"})).json()["code"] == "coupon_invalid"
        assert (await sam.http.patch(path, json={"code": "OTHER"})).status_code == 422
        listed = (await sam.http.get(COUPONS)).json()
        assert [coupon["code"] for coupon in listed["items"]] == ["SPRING"]

        other = await guest.hold(stage.house.performance_id, [3])
        quoted = await guest.post(f"/api/holds/{other['id']}/quote", {"coupon": "Spring"}, expect=200)
        assert quoted["coupon"]["problem"]["code"] == "coupon_unknown"
        # What the first buyer was promised, they pay.
        payment = await guest.start_payment(order["id"])
        await guest.confirm(payment)
        paid = await guest.check(order["id"])
        assert (paid["state"], paid["total"], paid["coupon_code"]) == ("paid", 6500, "SPRING")


async def test_who_may(stage: Stage) -> None:
    """Attack 43: another's organiser isn't there; a door-keeper doesn't give discounts."""
    async with stage.buyer() as nobody:
        assert (await nobody.http.get(COUPONS)).status_code == 401
        assert (await nobody.http.post(COUPONS, json={"code": "SAVE", "percent_bp": 1})).status_code == 401
    for role in (None, "door"):
        async with stage.buyer() as stranger:
            await log_in(stranger, stage, role)
            for path in (COUPONS, "/api/organisers/no-such/coupons", f"{COUPONS}/{uuid.uuid4()}"):
                assert (await stranger.http.get(path)).status_code == 404
            assert (await stranger.http.post(COUPONS, json={"code": "SAVE", "percent_bp": 1})).status_code == 404
            assert (await stranger.http.patch(f"{COUPONS}/{uuid.uuid4()}", json={})).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"ticket_types": {"0": str(uuid.uuid4())}},
        {"ticket_types": {"-1": str(uuid.uuid4())}},
        {"ticket_types": {"1.5": str(uuid.uuid4())}},
        {"ticket_types": {"1e3": str(uuid.uuid4())}},
        {"ticket_types": {"2147483648": str(uuid.uuid4())}},
        {"ticket_types": {"1": "adult"}},
        {"ticket_types": {"1": None}},
        {"ticket_types": {str(at): str(uuid.uuid4()) for at in range(1, 10_001)}},
        {"ticket_types": {"1": str(uuid.uuid4())}},
        {"ticket_types": []},
        {"coupon": ""},
        {"coupon": "x" * 61},
        {"coupon": 5},
        {"coupon": ["SAVE"]},
        {"coupon": "\x00"},
        {"email": "not an address"},
    ],
)
async def test_what_an_order_may_not_be_sent(stage: Stage, body: dict[str, Any]) -> None:
    """Attacks 2 to 5 and 55: refused by name, before anything is written."""
    async with stage.buyer() as guest:
        hold = await guest.hold(stage.house.performance_id, [1])
        wanted = {"hold_id": hold["id"], "email": "a@example.com", "name": "Ann"} | body
        refused = await guest.post("/api/orders", wanted, expect=422)
        assert refused["code"] in {"invalid_request", "ticket_type_not_for_seat", "coupon_unknown"}
        assert (await guest.http.get(f"/api/holds/{hold['id']}")).json()["state"] == "active"


async def test_prices_that_a_client_sends_are_ignored(stage: Stage) -> None:
    """Attack 6."""
    async with stage.buyer() as guest:
        hold = await guest.hold(stage.house.performance_id, [1])
        wanted = {"hold_id": hold["id"], "email": "a@example.com", "name": "Ann"}
        cheap = {"total": 1, "price": 1, "discount": 4249, "currency": "XXX", "tax_bp": 0, "state": "paid"}
        order = await guest.post("/api/orders", wanted | cheap)
        assert (order["total"], order["currency"], order["state"]) == (4250, "EUR", "pending")


async def test_a_wrong_code_leaves_the_hold_as_it_was(stage: Stage) -> None:
    """Attack 12 on the way: another browser's hold is 404 for a quote, too."""
    async with stage.buyer() as guest, stage.buyer() as other:
        hold = await guest.hold(stage.house.performance_id, [1])
        wanted = {"hold_id": hold["id"], "email": "a@example.com", "name": "Ann"}
        for typed in ("WRONG", "ſave", "' OR 1=1 --", "%", "ＳＡＶＥ"):
            refused = await guest.post("/api/orders", wanted | {"coupon": typed}, expect=422)
            assert refused["code"] == "coupon_unknown"
        await other.post(f"/api/holds/{hold['id']}/quote", {}, expect=404)
        assert (await guest.post("/api/orders", wanted))["total"] == 4250
