"""An account: made, used for buying, and left."""

import re

from playwright.sync_api import expect

from e2e.conftest import OpenWindow
from e2e.house import House
from e2e.letters import Inbox
from e2e.window import PATIENCE_MS

SECRET = "curtain up at seven"


def test_sign_up_buy_and_find_it_again(window: OpenWindow, house: House, inbox: Inbox) -> None:
    buyer = window()
    page = buyer.open("/account")
    page.get_by_role("tab", name="Sign up").click()
    page.get_by_label("Name", exact=True).fill("Fay Account")
    page.get_by_label("E-mail").fill("fay@example.org")
    page.get_by_label("Password").fill(SECRET)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name="Fay Account")).to_be_visible(timeout=PATIENCE_MS)

    buyer.open_house(house.performance_id)
    buyer.choose(house.neighbours(1))
    buyer.hold()
    expect(page.get_by_label("E-mail", exact=True)).to_have_value("fay@example.org")
    buyer.give_details("Fay Account", "fay@example.org")
    buyer.pay()
    code = buyer.arrive_at_order(tickets=1)
    inbox.wait_for("fay@example.org", at_least=2)  # the link that proves the address, and the tickets

    page.get_by_role("navigation", name="Main").get_by_role("link", name="My tickets").click()
    expect(page.get_by_role("link", name=re.compile(code))).to_be_visible()

    page.goto(buyer.origin + "/account")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("link", name="Log in", exact=True)).to_be_visible()
    buyer.open("/wallet")
    expect(page.get_by_text(code)).to_have_count(0)

    # On another machine: a wrong password is refused in words, the right one brings the order back.
    other = window()
    other.open("/account")
    other.page.get_by_label("E-mail").fill("fay@example.org")
    other.page.get_by_label("Password").fill("curtain down at seven")
    other.page.locator("form").get_by_role("button", name="Log in").click()
    expect(other.page.get_by_role("alert")).to_contain_text("did not match")
    other.log_in("fay@example.org", SECRET)
    other.open("/wallet")
    expect(other.page.get_by_role("link", name=re.compile(code))).to_be_visible()
