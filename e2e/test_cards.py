"""Cards that don't simply work: the buyer is told in words, and loses nothing."""

from playwright.sync_api import expect

from e2e.conftest import OpenWindow
from e2e.house import House
from e2e.letters import Inbox
from e2e.window import CHALLENGED_CARD, DECLINED_CARD, GOOD_CARD, PATIENCE_MS


def test_a_declined_card_keeps_the_seats(window: OpenWindow, house: House, inbox: Inbox) -> None:
    seats = house.neighbours(2)
    buyer = window()
    buyer.open_house(house.performance_id)
    buyer.choose(seats)
    buyer.hold()
    buyer.give_details("Bo Declined", "bo@example.org")

    buyer.pay(DECLINED_CARD)
    refusal = buyer.panel.get_by_role("alert")
    expect(refusal).to_contain_text("declined", timeout=PATIENCE_MS)
    expect(refusal).to_contain_text("your seats are still held")
    assert [house.states()[seat.number - 1] for seat in seats] == ["h", "h"]

    buyer.pay(GOOD_CARD)
    buyer.arrive_at_order(tickets=2)
    assert [house.states()[seat.number - 1] for seat in seats] == ["s", "s"]
    inbox.wait_for("bo@example.org")


def test_a_bank_that_asks_for_more(window: OpenWindow, house: House, inbox: Inbox) -> None:
    """3-D Secure, confirmed in the bank's dialog; refused once before, which costs nothing."""
    seats = house.neighbours(1)
    buyer = window()
    buyer.open_house(house.performance_id)
    buyer.choose(seats)
    buyer.hold()
    buyer.give_details("Cy Challenged", "cy@example.org")

    buyer.pay(CHALLENGED_CARD)
    bank = buyer.page.get_by_role("dialog")
    bank.get_by_role("button", name="Fail").click()
    expect(buyer.panel.get_by_role("alert")).to_be_visible(timeout=PATIENCE_MS)

    buyer.pay(CHALLENGED_CARD)
    bank.get_by_role("button", name="Complete").click()
    buyer.arrive_at_order(tickets=1)
    inbox.wait_for("cy@example.org")


def test_a_banks_own_page_and_back(window: OpenWindow, house: House, inbox: Inbox) -> None:
    """iDEAL leaves the shop. A no of the bank leads back to the payment form with the seats; a yes to the tickets."""
    seats = house.neighbours(2)
    buyer = window()
    page = buyer.open_house(house.performance_id)
    buyer.choose(seats)
    buyer.hold()
    buyer.give_details("Lia Bank", "lia@example.org")
    pay = page.get_by_test_id("pay-button")

    page.get_by_text("iDEAL", exact=True).click()
    expect(buyer.panel).to_contain_text("taken to your bank", timeout=PATIENCE_MS)
    expect(pay).to_be_enabled(timeout=PATIENCE_MS)
    pay.click()
    page.get_by_role("button", name="Fail").click(timeout=PATIENCE_MS)
    expect(buyer.panel.get_by_role("alert")).to_contain_text("The payment was not confirmed", timeout=PATIENCE_MS)
    assert house.held([seat.number for seat in seats]) == "hh"

    expect(pay).to_be_enabled(timeout=PATIENCE_MS)
    pay.click()
    page.get_by_role("button", name="Complete").click(timeout=PATIENCE_MS)
    buyer.arrive_at_order(tickets=2)
    assert "payment_intent" not in page.url
    inbox.wait_for("lia@example.org")
