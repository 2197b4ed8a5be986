"""What a buyer sees of the money that goes back."""

from tests.factories.stack import Stage
from tests.payments.test_desk import staff


async def test_a_buyer_sees_the_refunds_of_an_order_and_nobody_else_does(stage: Stage) -> None:
    async with stage.buyer() as guest, stage.buyer() as stranger, staff(stage) as sam:
        order = await guest.buy(stage.house.performance_id, [1, 2])
        await sam.log_in(stage)
        await sam.refund(order["id"], 500, reason="between us")
        path = f"/api/orders/{order['id']}/refunds"
        [pending] = (await guest.http.get(path)).json()["items"]
        assert (pending["amount"], pending["state"], "reason" in pending) == (500, "pending", False)
        await stage.run_jobs()
        [done] = (await guest.http.get(path)).json()["items"]
        assert done["state"] == "succeeded"
        assert (await stranger.http.get(path)).status_code == 404
        assert (await stranger.http.get(path, params={"token": order["token"]})).status_code == 200
