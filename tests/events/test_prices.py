"""The organiser's door of prices: what is put up holds for the next buyer, and never for the last one."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.factories.stack import Stage
from tests.payments.test_desk import Staff, staff

STALLS = {"category": "A", "name": "Stalls", "amount": 4000, "fee": 250, "tax_bp": 700}
LAST_ROW = {"category": "B", "name": "Last row", "amount": 1500, "fee": 250, "tax_bp": 700}
CHILD = {"category": "A", "name": "Child", "amount": 2000, "fee": 100, "fee_bp": 500, "tax_bp": 700}


@pytest.fixture
async def sam(stage: Stage) -> AsyncIterator[Staff]:
    async with staff(stage) as one:
        await one.log_in(stage)
        yield one


def door(stage: Stage, slug: str = "org-an-evening", performance: uuid.UUID | None = None) -> str:
    return f"/api/organisers/{slug}/performances/{performance or stage.house.performance_id}/prices"


async def put(stage: Stage, sam: Staff, *types: dict[str, Any], etag: str | None = None, **more: Any) -> httpx.Response:
    headers = {} if etag is None else {"If-Match": etag}
    return await sam.http.put(door(stage), json={"ticket_types": types, **more}, headers=headers)


async def days(stage: Stage, from_now: float) -> str:
    return (datetime.now(UTC) + timedelta(days=from_now)).isoformat()


async def test_a_list_is_read_changed_and_read_again(stage: Stage, sam: Staff) -> None:
    now = await sam.http.get(door(stage))
    told = now.json()
    assert (told["currency"], told["categories"], told["smallest_charge"]) == ("EUR", ["A", "B"], 50)
    assert [(one["name"], one["amount"], one["fee"]) for one in told["ticket_types"]] == [
        ("Stalls", 4000, 250),
        ("Last row", 1500, 250),
    ]
    assert (told["price_version"], told["max_per_account"]) == (1, None)

    changed = await put(stage, sam, STALLS, CHILD, LAST_ROW, max_per_account=4, etag=now.headers["etag"])
    assert changed.status_code == 200, changed.text
    assert changed.json() == (await sam.http.get(door(stage))).json()
    assert (changed.json()["price_version"], changed.json()["max_per_account"]) == (2, 4)
    assert changed.json()["sales_close_at"] == told["sales_close_at"]
    child = changed.json()["ticket_types"][1]
    assert (child["name"], child["fee"], child["fee_bp"]) == ("Child", 100, 500)
    async with stage.buyer() as guest:
        shown = (await guest.http.get(f"/api/performances/{stage.house.performance_id}")).json()
    assert [(tag["name"], tag["total"]) for tag in shown["prices"]] == [
        ("Stalls", 4250),
        ("Child", 2200),
        ("Last row", 1750),
    ]
    assert shown["max_per_account"] == 4


async def test_asking_twice_makes_one_version_and_windows_make_none(stage: Stage, sam: Staff) -> None:
    first = await put(stage, sam, STALLS, {**LAST_ROW, "amount": 1600})
    etag = first.headers["etag"]
    # The answer was lost: the same once more, with what was known before, is no quarrel with oneself.
    again = await put(stage, sam, STALLS, {**LAST_ROW, "amount": 1600}, etag='"before"')
    assert (again.status_code, again.headers["etag"], again.json()["price_version"]) == (200, etag, 2)
    later = {**STALLS, "sales_close_at": await days(stage, 7), "max_per_order": 4}
    windows = await put(stage, sam, later, {**LAST_ROW, "amount": 1600}, etag=etag)
    assert (windows.status_code, windows.json()["price_version"]) == (200, 2)
    assert windows.headers["etag"] != etag
    assert windows.json()["ticket_types"][0]["max_per_order"] == 4


async def test_nobody_overwrites_what_they_havent_seen(stage: Stage, sam: Staff) -> None:
    etag = (await sam.http.get(door(stage))).headers["etag"]
    lists = [({**STALLS, "amount": 4000 + by}, LAST_ROW) for by in (100, 200, 300)]
    answers = await asyncio.gather(*(put(stage, sam, *types, etag=etag) for types in lists))
    assert sorted(one.status_code for one in answers) == [200, 412, 412]
    assert {one.json()["code"] for one in answers if one.status_code == 412} == {"prices_changed"}
    assert (await sam.http.get(door(stage))).json()["price_version"] == 2


async def test_who_holds_or_bought_keeps_the_price_they_were_shown(stage: Stage, sam: Staff) -> None:
    async with stage.buyer() as early, stage.buyer() as late, stage.buyer() as paid:
        bought = await paid.buy(stage.house.performance_id, [1])
        hold = await early.hold(stage.house.performance_id, [2])
        # Dearer, under another name: "Stalls" isn't sold any more.
        assert (await put(stage, sam, {**STALLS, "name": "Parquet", "amount": 9000}, LAST_ROW)).status_code == 200
        assert (await early.order(hold["id"]))["total"] == 4250
        assert (await late.order((await late.hold(stage.house.performance_id, [3]))["id"]))["total"] == 9250
        assert (await paid.see(bought["id"]))["total"] == 4250
    named = await stage.sql("SELECT seat_no, ticket_type, unit_price FROM order_line ORDER BY seat_no")
    assert [tuple(row) for row in named] == [(1, "Stalls", 4000), (2, "Stalls", 4000), (3, "Parquet", 9000)]


async def test_a_cap_counts_from_when_it_is_set(stage: Stage, sam: Staff) -> None:
    async with stage.buyer() as guest:
        await guest.buy(stage.house.performance_id, [1, 2])
        assert (await put(stage, sam, STALLS, LAST_ROW, max_per_account=2)).status_code == 200
        hold = await guest.hold(stage.house.performance_id, [3])
        order = {"hold_id": hold["id"], "email": "buyer@frontrow.example", "name": "Ben"}
        [(email,)] = await stage.sql("SELECT email FROM orders")
        refused = await guest.post("/api/orders", order | {"email": email}, expect=409)
        assert (refused["code"], refused["limit"], refused["left"]) == ("account_limit", 2, 0)


async def test_the_window_of_sale_is_the_organisers(stage: Stage, sam: Staff) -> None:
    async with stage.buyer() as guest:
        assert (await put(stage, sam, STALLS, LAST_ROW, sales_open_at=await days(stage, 1))).status_code == 200
        wanted = {"seats": [1]}
        path = f"/api/performances/{stage.house.performance_id}/holds"
        assert (await guest.post(path, wanted, expect=409))["code"] == "sales_closed"
        assert (await put(stage, sam, STALLS, LAST_ROW)).status_code == 200
        await guest.hold(stage.house.performance_id, [1])


BAD: list[tuple[str, list[dict[str, Any]], dict[str, Any]]] = [
    ("invalid_request", [], {}),
    ("invalid_request", [{**STALLS, "amount": -1}, LAST_ROW], {}),
    ("invalid_request", [{**STALLS, "amount": 10.5}, LAST_ROW], {}),
    ("invalid_request", [{**STALLS, "fee": -1}, LAST_ROW], {}),
    ("invalid_request", [{**STALLS, "tax_bp": 10_001}, LAST_ROW], {}),
    ("invalid_request", [{**STALLS, "name": " "}, LAST_ROW], {}),
    ("invalid_request", [{**STALLS, "name": "a\nb"}, LAST_ROW], {}),
    ("invalid_request", [{**STALLS, "min_per_order": 3, "max_per_order": 2}, LAST_ROW], {}),
    ("invalid_request", [{**STALLS, "colour": "red"}, LAST_ROW], {}),
    ("invalid_request", [STALLS, LAST_ROW], {"max_per_account": 0}),
    ("invalid_request", [STALLS, LAST_ROW], {"sales_open_at": "2027-01-01T00:00:00"}),
    ("unknown_category", [STALLS, LAST_ROW, {**STALLS, "category": "Z"}], {}),
    ("prices_incomplete", [STALLS], {}),
    ("ticket_type_twice", [STALLS, STALLS, LAST_ROW], {}),
    ("price_below_minimum", [{**STALLS, "amount": 20, "fee": 0}, LAST_ROW], {}),
    ("sale_window_empty", [{**STALLS, "sales_open_at": "2099-01-01T00:00:00Z"}, LAST_ROW], {}),
    ("sale_window_empty", [STALLS, LAST_ROW], {"sales_open_at": "2099-01-01T00:00:00Z"}),
    (
        "sale_window_empty",
        [{**STALLS, "sales_close_at": "2026-01-02T00:00:00Z"}, LAST_ROW],
        {"sales_open_at": "2026-01-02T00:00:00Z"},
    ),
]


async def test_what_nobody_could_sell_or_pay_is_refused_by_name(stage: Stage, sam: Staff) -> None:
    before = (await sam.http.get(door(stage))).json()
    for code, types, more in BAD:
        refused = await put(stage, sam, *types, **more)
        assert (refused.status_code, refused.json()["code"]) == (422, code), (types, more, refused.text)
    said = (await put(stage, sam, {**STALLS, "amount": 20, "fee": 0}, LAST_ROW)).json()
    assert (said["ticket_types"], said["minimum"]) == (["Stalls"], 50)
    assert (await put(stage, sam, STALLS)).json()["categories"] == ["B"]
    assert (await sam.http.get(door(stage))).json() == before
    # Free is no amount that is too small, and three at 0.20 can be paid.
    cheap = {**STALLS, "amount": 20, "fee": 0, "min_per_order": 3}
    assert (await put(stage, sam, cheap, {**LAST_ROW, "amount": 0, "fee": 0})).status_code == 200


async def test_it_is_for_owners_and_managers_of_this_very_organiser(stage: Stage, sam: Staff) -> None:
    other = door(stage, slug="org-elsewhere")
    assert (await sam.http.get(other)).status_code == 404
    assert (await sam.http.get(door(stage, performance=uuid.uuid4()))).status_code == 404
    async with stage.buyer() as guest, staff(stage) as doorman, staff(stage) as owner:
        assert (await guest.http.get(door(stage))).status_code == 401
        await doorman.log_in(stage, "door")
        assert (await doorman.http.get(door(stage))).status_code == 404
        assert (await put(stage, doorman, STALLS, LAST_ROW)).status_code == 404
        await owner.log_in(stage, "owner")
        assert (await put(stage, owner, STALLS, {**LAST_ROW, "amount": 1})).status_code == 200
    await stage.sql("UPDATE performance SET state = 'cancelled'")
    refused = await put(stage, sam, STALLS, LAST_ROW)
    assert (refused.status_code, refused.json()["code"]) == (409, "performance_cancelled")
