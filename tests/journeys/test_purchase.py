"""One purchase over HTTP, from hold to door, and the ways it ends otherwise."""

import httpx

from tests.factories.house import FEE, LAST_ROW_PRICE, PRICE, House
from tests.factories.stack import Stage


async def test_a_guest_buys_two_seats(stage: Stage, house: House) -> None:
    async with stage.buyer() as guest:
        order = await guest.buy(house.performance_id, [3, 4])
        assert order["state"] == "paid"
        assert order["total"] == 2 * (PRICE + FEE)
        assert [ticket["state"] for ticket in order["tickets"]] == ["valid", "valid"]
        pdf = await guest.http.get(order["pdf_url"])
        assert pdf.content.startswith(b"%PDF")
        qr = await guest.http.get(order["tickets"][0]["qr_svg_url"])
        assert qr.headers["content-type"].startswith("image/svg")
    assert (await stage.states())[:5] == "ffssf"


async def test_every_category_is_sold_at_its_own_price(stage: Stage, house: House) -> None:
    async with stage.buyer() as guest:
        order = await guest.buy(house.performance_id, [1, house.seat_count])
        assert order["state"] == "paid"
        assert [line["ticket_type"] for line in order["lines"]] == ["Stalls", "Last row"]
        assert order["total"] == PRICE + LAST_ROW_PRICE + 2 * FEE


async def test_an_order_is_for_its_buyer_or_bearer(stage: Stage, house: House) -> None:
    async with stage.buyer() as guest, stage.buyer() as stranger:
        order = await guest.buy(house.performance_id, [1])
        refused = await stranger.http.get(f"/api/orders/{order['id']}")
        assert refused.status_code == 404
        assert refused.json()["code"] == "not_found"
        assert (await stranger.see(order["id"], order["token"]))["code"] == order["code"]
        assert (await stranger.http.get(f"/api/orders/{order['id']}?token=wrong")).status_code == 404


async def test_a_declined_card_keeps_the_seats_and_another_pays(stage: Stage, house: House) -> None:
    async with stage.buyer() as guest:
        hold = await guest.hold(house.performance_id, [7])
        order = await guest.order(hold["id"])
        payment = await guest.start_payment(order["id"])
        declined = await guest.confirm(payment, "4000000000000002")
        assert declined["error"]["code"] == "card_declined"
        assert (await guest.check(order["id"]))["state"] == "paying"
        again = await guest.start_payment(order["id"])
        assert again["id"] == payment["id"]
        await guest.confirm(payment)
        assert (await guest.check(order["id"]))["state"] == "paid"


async def test_cancel_while_paying_frees_the_seats_and_takes_no_money(stage: Stage, house: House) -> None:
    async with stage.buyer() as guest:
        hold = await guest.hold(house.performance_id, [5, 6])
        order = await guest.order(hold["id"])
        payment = await guest.start_payment(order["id"])
        ended = await guest.post(f"/api/orders/{order['id']}/cancel", expect=200)
        assert ended["state"] == "cancelled"
        late = await guest.confirm(payment)
        assert "error" in late
    assert set(await stage.states()) == {"f"}
    async with httpx.AsyncClient() as client:
        ledger = (await client.get(f"{stage.stripe}/_standin/ledger")).json()
    assert "requires_capture" not in str(ledger)


async def test_without_csrf_proof_nothing_is_done(stage: Stage, house: House) -> None:
    async with httpx.AsyncClient(base_url=stage.origin) as client:
        refused = await client.post(f"/api/performances/{house.performance_id}/holds", json={"seats": [1]})
        assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    async with stage.buyer() as guest:
        foreign = await guest.http.post(
            f"/api/performances/{house.performance_id}/holds",
            json={"seats": [1]},
            headers={"Origin": "https://evil.example"},
        )
        assert foreign.status_code == 403


async def test_bad_bodies_get_a_named_refusal(stage: Stage, house: House) -> None:
    async with stage.buyer() as guest:
        path = f"/api/performances/{house.performance_id}/holds"
        for seats in ([], [1, 1], ["1"], [1.5], [True], [2**31], [-1], None):
            refused = await guest.http.post(path, json={"seats": seats}, headers={"Idempotency-Key": "k"})
            assert refused.status_code == 422, (seats, refused.text)
            assert refused.headers["content-type"] == "application/problem+json"
            assert refused.json()["code"]
        await guest.hold(house.performance_id, [999], expect=422)
        refused = await guest.hold(house.performance_id, list(range(1, 12)), expect=409)
        assert (refused["code"], refused["held"], refused["max_seats"]) == ("too_many_seats", 0, 10)
    assert set(await stage.states()) == {"f"}


async def test_an_order_whose_time_ran_out_is_gone(stage: Stage, house: House) -> None:
    async with stage.buyer() as guest:
        hold = await guest.hold(house.performance_id, [9])
        await stage.rt.db.write(lambda tx: tx.sql("UPDATE hold SET expires_at = now() - interval '1 s'"))
        refused = await guest.post("/api/orders", {"hold_id": hold["id"], "email": "a@b.de", "name": "A"}, expect=410)
        assert refused["code"] == "hold_expired"


async def test_a_name_in_any_script_gets_its_ticket(stage: Stage, house: House) -> None:
    """Also one whose letters none of the PDF's fonts has: the page has a gap there, and the code admits."""
    async with stage.buyer() as guest:
        for seat, name, locale in ((14, "李小龍", "zh-TW"), (15, "Zoë 🎉", "en-GB"), (16, "Ελένη Юлия عمر", "xx")):
            hold = await guest.hold(house.performance_id, [seat])
            order = await guest.order(hold["id"], name=name, locale=locale)
            await guest.confirm(await guest.start_payment(order["id"]))
            paid = await guest.check(order["id"])
            assert (paid["state"], paid["name"]) == ("paid", name)
            assert (await guest.http.get(paid["pdf_url"])).content.startswith(b"%PDF")
