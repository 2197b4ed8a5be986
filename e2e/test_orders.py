"""After buying: the page of an order tells what happened to its money, and gives the tickets again."""

import re
from typing import Any

import httpx
from playwright.sync_api import expect

from e2e.conftest import OpenWindow
from e2e.house import House
from e2e.letters import Inbox
from e2e.organiser import Organiser
from e2e.window import PATIENCE_MS, Window


def test_a_ticket_that_is_taken_back_and_money_that_returns(
    window: OpenWindow, house: House, inbox: Inbox, organiser: Organiser
) -> None:
    """One of two places is cancelled with its money, then the other; the page tells each step."""
    buyer = window()
    buyer.open_house(house.performance_id)
    buyer.choose(house.neighbours(2))
    buyer.hold()
    buyer.give_details("Ida Refund", "ida@example.org")
    buyer.pay()
    buyer.arrive_at_order(tickets=2)
    order = the_order(buyer)

    back = organiser.cancel_line(order["id"], order["lines"][0]["id"])
    page = buyer.page
    page.reload()
    expect(page.get_by_role("heading", name="Here is your ticket")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator('[data-state="void"]')).to_have_count(1)
    bill = page.get_by_role("region", name="The bill")
    expect(bill).to_contain_text("cancelled")
    expect(bill.get_by_test_id("refund")).to_contain_text(f"{back / 100:,.2f}")
    expect(bill.get_by_test_id("refund")).to_contain_text("Refunded", timeout=PATIENCE_MS)
    expect(page.get_by_role("img", name=re.compile("^QR code"))).to_have_count(1)

    rest = organiser.cancel_line(order["id"], order["lines"][1]["id"])
    assert back + rest == order["total"]
    page.reload()
    ended = page.get_by_role("heading", name=re.compile("This order was (refunded|cancelled)"))
    expect(ended).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("main")).to_contain_text("went back the way you paid", timeout=PATIENCE_MS)
    expect(page.locator('[data-state="void"]')).to_have_count(2, timeout=PATIENCE_MS)
    inbox.wait_for("ida@example.org", at_least=2)


def test_the_tickets_again_by_mail_and_for_the_calendar(window: OpenWindow, house: House, inbox: Inbox) -> None:
    buyer = window()
    buyer.open_house(house.performance_id)
    buyer.choose(house.neighbours(1))
    buyer.hold()
    buyer.give_details("Jo Again", "jo@example.org")
    buyer.pay()
    code = buyer.arrive_at_order(tickets=1)
    inbox.wait_for("jo@example.org")
    calendar = buyer.page.get_by_role("link", name="Add to calendar")
    entry = httpx.get(buyer.origin + str(calendar.get_attribute("href"))).raise_for_status()
    assert entry.text.startswith("BEGIN:VCALENDAR")
    assert house.event["title"] in entry.text

    buyer.act(buyer.page.get_by_role("button", name="Send the mail again"))
    expect(buyer.page.get_by_test_id("resend-answer")).to_contain_text(
        "Sent once more to jo@example.org", timeout=PATIENCE_MS
    )
    again = inbox.wait_for("jo@example.org", at_least=2)
    assert code in again.subject + again.text


def test_leaving_the_payment_and_coming_back_to_it(window: OpenWindow, house: House) -> None:
    """An order waits for its buyer, in another tab as well, and both tabs end on its page."""
    buyer = window()
    buyer.open_house(house.performance_id)
    buyer.choose(house.neighbours(1))
    buyer.hold()
    buyer.give_details("Kit Return", "kit@example.org")
    order = the_order(buyer)

    buyer.open("/")
    page = buyer.open(f"/orders/{order['id']}?token={order['token']}")
    way_back = page.get_by_role("link", name=re.compile("Continue to payment|Back to the payment form"))
    expect(way_back).to_be_visible(timeout=PATIENCE_MS)
    buyer.act(way_back)
    expect(page.get_by_test_id("pay-button")).to_be_enabled(timeout=PATIENCE_MS)

    other = buyer.context.new_page()
    other.goto(f"{buyer.origin}/orders/{order['id']}?token={order['token']}")
    expect(other.get_by_role("link", name=re.compile("payment"))).to_be_visible(timeout=PATIENCE_MS)
    buyer.pay()
    buyer.arrive_at_order(tickets=1)
    expect(other.get_by_role("list", name="Tickets")).to_be_visible(timeout=PATIENCE_MS)


def the_order(buyer: Window) -> Any:
    """The order of the buyer's tab, from the address of its page or, before that, from the tab's memory."""
    found = re.search(r"/orders/([0-9a-f-]{36})", buyer.page.url)
    if found is not None:
        order_id = found[1]
    else:
        memory = buyer.page.evaluate("Object.values(sessionStorage).map((text) => JSON.parse(text))")
        order_id = next(each["orderId"] for each in memory if isinstance(each, dict) and each.get("orderId"))
    return buyer.context.request.get(f"{buyer.origin}/api/orders/{order_id}").json()
