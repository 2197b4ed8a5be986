"""An evening was cancelled: one mail a buyer, in their language, which says what happens with the money."""

import uuid

import pytest
from icalendar import Calendar

from frontrow.core.runtime import Runtime
from frontrow.events import actions as events
from frontrow.gateways.hub import Gateways
from frontrow.mailroom import rules
from frontrow.orders.messages import ORDER_FAILED
from frontrow.payments.actions.call_off import call_off
from frontrow.payments.messages import REFUND_MADE
from tests.factories.house import House
from tests.factories.orders import PayFor
from tests.factories.smtp import MailServer
from tests.mailroom.test_facts import bodies, run_outbox, sql, tell

PAY = """
INSERT INTO payment (id, organiser_id, order_id, method, state, amount, captured, currency, intent_id)
SELECT gen_random_uuid(), organiser_id, id, :method, 'captured', total, total, currency, 'pi_' || id
  FROM orders WHERE id = :order RETURNING id
"""


@pytest.mark.parametrize(
    ("locale", "method", "said"),
    [
        (
            "en",
            "stripe",
            ["won't take place", "€85.00 is going back", "The organiser says: The singer is ill & sorry."],
        ),
        ("de-AT", "stripe", ["findet nicht statt", "85,00 € gehen", "Der Veranstalter schreibt: The singer is ill"]),
        ("en", "cash", ["you get €85.00 back", "box office"]),
    ],
)
async def test_a_paid_order_is_told_once_of_seats_and_money(
    rt: Runtime,
    gw: Gateways,
    server: MailServer,
    house: House,
    pay_for: PayFor,
    locale: str,
    method: str,
    said: list[str],
) -> None:
    order_id = await pay_for([1, 2], locale=locale)
    await sql(rt, PAY, order=order_id, method=method)
    await rt.db.write(lambda tx: events.cancel_performance(tx, house.performance_id, "The singer\nis ill & sorry."))
    await call_off(rt, order_id)
    await call_off(rt, order_id)
    assert await run_outbox(rt, gw, "payments.called_off") == 1
    await tell(rt, gw, "payments.called_off", order_id=order_id)
    # The refund that comes of it was told of in the same mail.
    for [refund_id] in await sql(rt, "UPDATE refund SET state = 'succeeded' RETURNING id"):
        await tell(rt, gw, REFUND_MADE, refund_id=refund_id)
    [letter] = server.letters
    for body in bodies(letter):
        for sentence in said:
            assert sentence in body.replace("&amp;", "&").replace("&#x27;", "'")
    [file] = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    assert Calendar.from_ical(file.get_content()).walk("VEVENT")[0]["status"] == "CANCELLED"


async def test_who_was_just_paying_reads_that_nothing_was_charged(
    rt: Runtime, gw: Gateways, server: MailServer, house: House, pay_for: PayFor
) -> None:
    order_id: uuid.UUID = await pay_for([1], paid=False)
    await sql(rt, "UPDATE orders SET state = 'expired' WHERE id = :order RETURNING 1", order=order_id)
    await rt.db.write(lambda tx: events.cancel_performance(tx, house.performance_id))
    await tell(rt, gw, ORDER_FAILED, order_id=order_id)
    [letter] = server.letters
    for body in bodies(letter):
        assert "You were not charged" in body
        assert "organiser says" not in body


def test_its_key_is_its_own() -> None:
    assert rules.effect_key(rules.CALLED_OFF, uuid.UUID(int=1)).startswith("mail:called_off:")
