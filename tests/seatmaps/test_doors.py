"""The organiser's doors to seat maps, over the wire."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from frontrow.core.db import Tx
from frontrow.core.web import MAX_UPLOAD
from frontrow.events import actions as events
from frontrow.events.actions import PriceLine
from frontrow.seats import actions as seats
from tests.events.conftest import LAYOUT
from tests.factories.stack import Stage
from tests.payments.test_desk import Staff, staff
from tests.seatmaps.plans import Json, faulty, theatre

SLUG = "org-an-evening"
CELLAR: Json = {**LAYOUT, "name": "Cellar"}


@pytest.fixture
async def sam(stage: Stage) -> AsyncIterator[Staff]:
    async with staff(stage) as one:
        await one.log_in(stage)
        yield one


async def venue_of(stage: Stage) -> uuid.UUID:
    found = await stage.rt.db.read(
        lambda tx: tx.sql(
            "SELECT venue_id FROM performance WHERE id = :performance", performance=stage.house.performance_id
        )
    )
    venue_id: uuid.UUID = found.scalar_one()
    return venue_id


async def put(stage: Stage, sam: Staff, body: Any, slug: str = SLUG, **how: Any) -> httpx.Response:
    venue_id = how.pop("venue_id", None) or await venue_of(stage)
    path = f"/api/organisers/{slug}/venues/{venue_id}/seat-maps"
    content = body if isinstance(body, bytes) else json.dumps(body)
    return await sam.http.post(path, content=content, headers={"Content-Type": "application/json"}, **how)


async def test_a_plan_of_pretixs_is_put_up_listed_and_taken_away(stage: Stage, sam: Staff) -> None:
    made = await put(stage, sam, theatre())
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["name"], told["version"], told["created"], told["format"]) == ("Little Theatre", 1, True, "pretix")
    assert (told["seat_count"], told["categories"], told["warnings"]) == (300, ["A", "B", "C", "D", "E"], [])
    [listed] = [
        one
        for one in (await sam.http.get(f"/api/organisers/{SLUG}/seat-maps")).json()["items"]
        if one["id"] == told["id"]
    ]
    assert (listed["origin"], listed["seat_count"], listed["used"]) == ("pretix", 300, False)

    path = f"/api/organisers/{SLUG}/seat-maps/{told['id']}/export"
    ours = await sam.http.get(path)
    assert ours.headers["content-disposition"] == 'attachment; filename="little-theatre.frontrow.json"'
    assert len(ours.json()["origin"]["guids"]) == 300
    again = await put(stage, sam, ours.content)
    assert (again.json()["created"], again.json()["id"]) == (False, told["id"])

    theirs = await sam.http.get(path, params={"format": "pretix"})
    back = await put(stage, sam, theirs.content)
    assert (back.json()["created"], back.json()["id"]) == (False, told["id"])


async def test_a_map_of_ours_is_put_up_and_its_places_are_there(stage: Stage, sam: Staff) -> None:
    made = (await put(stage, sam, CELLAR)).json()
    assert (made["format"], made["seat_count"], made["categories"]) == ("frontrow", 8, ["A", "B", "C"])
    found = await stage.rt.db.read(
        lambda tx: tx.sql("SELECT kind, count(*) FROM seat_place WHERE seat_map_id = :map GROUP BY 1", map=made["id"])
    )
    assert {row[0]: row[1] for row in found.all()} == {"numbered": 5, "standing": 3}
    changed = await put(stage, sam, {**CELLAR, "width": 101})
    assert (changed.json()["version"], changed.json()["created"]) == (2, True)


async def test_two_at_once_make_one_version(stage: Stage, sam: Staff) -> None:
    answers = await asyncio.gather(*(put(stage, sam, CELLAR) for _ in range(4)))
    assert [one.status_code for one in answers] == [201] * 4
    assert len({one.json()["id"] for one in answers}) == 1
    assert sum(one.json()["created"] for one in answers) == 1


async def test_a_faulty_plan_is_refused_with_every_fault(stage: Stage, sam: Staff) -> None:
    plan, planted = faulty()
    refused = await put(stage, sam, plan)
    assert (refused.status_code, refused.json()["code"]) == (422, "seat_map_invalid")
    assert {(one["code"], one["path"]) for one in refused.json()["errors"]} == planted
    [spot] = [one for one in refused.json()["errors"] if one["code"] == "seats_overlap"]
    assert (spot["section"], spot["row"], spot["seat"]) == ("Stalls", "4", "8")
    assert refused.json()["more_errors"] == 0
    assert refused.json()["detail"].endswith("And 6 more.")
    maps = (await sam.http.get(f"/api/organisers/{SLUG}/seat-maps")).json()["items"]
    assert "Little Theatre" not in {one["name"] for one in maps}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"[" * 5000, b"\xff"])
async def test_nonsense_is_refused_in_words(stage: Stage, sam: Staff, body: bytes) -> None:
    refused = await put(stage, sam, body)
    assert (refused.status_code, refused.json()["code"]) == (422, "seat_map_invalid")
    assert refused.json()["errors"][0]["message"]


async def test_a_body_may_be_larger_than_others_but_not_endless(stage: Stage, sam: Staff) -> None:
    plan = json.dumps(theatre()).encode()
    assert (await put(stage, sam, plan + b" " * 1_500_000)).status_code == 201
    refused = await put(stage, sam, plan + b" " * MAX_UPLOAD)
    assert (refused.status_code, refused.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(("role", "status"), [("owner", 201), ("manager", 201), ("door", 404)])
async def test_only_who_manages_puts_up_maps(stage: Stage, role: str, status: int) -> None:
    async with staff(stage) as one:
        await one.log_in(stage, role)
        assert (await put(stage, one, CELLAR)).status_code == status
        assert (await one.http.get(f"/api/organisers/{SLUG}/seat-maps")).status_code == 200


async def test_others_houses_are_nowhere(stage: Stage, sam: Staff) -> None:
    made = (await put(stage, sam, CELLAR)).json()
    nobody = uuid.UUID(int=7)
    assert (await put(stage, sam, CELLAR, venue_id=nobody)).status_code == 404
    assert (await put(stage, sam, CELLAR, slug="org-other")).status_code == 404
    async with stage.buyer() as guest:
        assert (await put(stage, guest, CELLAR)).status_code == 401
        for path in ("seat-maps", f"seat-maps/{made['id']}/export"):
            assert (await guest.http.get(f"/api/organisers/{SLUG}/{path}")).status_code == 401
    assert (await sam.http.get(f"/api/organisers/{SLUG}/seat-maps/{nobody}/export")).status_code == 404


async def test_buyers_get_a_map_without_whence_it_came(stage: Stage, sam: Staff) -> None:
    put_up = (await put(stage, sam, theatre())).json()

    async def perform(tx: Tx) -> None:
        found = await tx.sql("SELECT event_id FROM performance WHERE id = :id", id=stage.house.performance_id)
        starts_at = datetime.now(UTC) + timedelta(days=20)
        performance_id = await events.create_performance(
            tx, found.scalar_one(), uuid.UUID(put_up["id"]), starts_at=starts_at
        )
        await events.set_prices(tx, performance_id, [PriceLine(code, "Seat", 4000) for code in "ABCDE"])
        await seats.apply_map(tx, performance_id)

    await stage.rt.db.write(perform)
    async with stage.buyer() as guest:
        shown: Json = (await guest.http.get(f"/api/seat-maps/{put_up['id']}")).json()
    assert "origin" not in shown
    assert shown["sections"][2]["kind"] == "box"
    assert shown["categories"][0] == {"code": "A", "name": "Category 1", "color": "#b02a37"}
