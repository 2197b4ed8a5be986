"""What a purchase asks of the database, counted: the hot steps keep to their budget of round trips."""

import uuid

from frontrow.orders.queries import Viewer
from frontrow.payments.actions import news, start, webhooks
from frontrow.people import rules
from tests.factories.stack import Stage
from tests.payments.test_webhooks import event, signature


class Counted:
    """The writes between two looks. A transaction's BEGIN is a round trip, too, and so is its COMMIT."""

    def __init__(self, stage: Stage) -> None:
        self._seen: list[str] = []
        stage.rt.db.boundary = self._seen.append

    def look(self) -> list[int]:
        """Round trips of each transaction since the last look."""
        trips, now = [], 0
        for place in self._seen:
            if place == "committed":
                trips.append(now)
                now = 0
            else:
                now += 2 if place == "commit" else 1
        self._seen.clear()
        return trips


async def test_a_purchase_keeps_to_its_budget(stage: Stage, local_secrets: dict[str, str]) -> None:
    await stage.faults(webhooks="off")
    async with stage.buyer() as guest:
        hold = await guest.hold(stage.house.performance_id, [1, 2])
        order = await guest.order(hold["id"])
        order_id = uuid.UUID(order["id"])
        viewer = Viewer(rules.buyer_id(str(guest.http.cookies["fr_buyer"])), None, None)
        counted = Counted(stage)
        payment = await start.start_payment(stage.rt, stage.gw, order_id, viewer, "a key")
        assert counted.look() == [1, 1], "the payment's row, and its intent"
        await guest.confirm({"client_secret": payment.client_secret})
        await news.check_payment(stage.rt, stage.gw, order_id, viewer)
        assert counted.look() == [1, 1], "T4, T5"
        await news.check_payment(stage.rt, stage.gw, order_id, viewer)
        assert counted.look() == [], "a paid order is only read"
        body = event(intent=str(payment.intent_id))
        await webhooks.receive_webhook(
            stage.rt, stage.gw, body, signature(body, local_secrets["stripe_webhook_secret"])
        )
        assert counted.look() == [1]
        assert (await guest.see(order["id"]))["state"] == "paid"
    # What the news says had happened already, and nobody has to work on it.
    assert await stage.sql("SELECT outcome FROM inbox") == [("settled already",)]
    assert await stage.sql("SELECT 1 FROM outbox WHERE topic = 'payments.inbox'") == []
