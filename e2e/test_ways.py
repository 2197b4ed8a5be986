"""Other ways to the same ticket: a thumb on a phone, and no pointer at all."""

import re

from playwright.sync_api import Page, expect

from e2e.browser import PHONE
from e2e.conftest import OpenWindow
from e2e.house import House
from e2e.letters import Inbox
from e2e.window import GOOD_CARD, PATIENCE_MS

FEW_TABS = 40


def test_by_thumb_through_the_sheet(window: OpenWindow, house: House, inbox: Inbox) -> None:
    seats = house.neighbours(2)
    buyer = window(PHONE)
    page = buyer.open_house(house.performance_id)
    map_box = page.get_by_test_id("seat-map").bounding_box()
    sheet = buyer.panel.bounding_box()
    assert map_box is not None
    assert sheet is not None
    assert map_box["y"] + map_box["height"] <= sheet["y"] + 1, "the closed sheet covers the map"
    assert map_box["height"] >= 300

    buyer.choose(seats)
    expect(buyer.panel).to_contain_text(re.compile(r"€\d+"))
    page.get_by_role("button", name=re.compile("show$")).tap()
    expect(buyer.panel.get_by_role("list", name="Your seats").get_by_role("listitem")).to_have_count(2)
    page.get_by_role("button", name=re.compile("hide$")).tap()
    buyer.hold()
    buyer.give_details("Di Thumb", "di@example.org")
    buyer.pay()
    buyer.arrive_at_order(tickets=2)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the order page scrolls sideways"
    inbox.wait_for("di@example.org")


def test_by_keyboard_through_the_list(window: OpenWindow, house: House, inbox: Inbox) -> None:
    """No pointer from the event's page to the ticket: Tab, arrows, Enter and Space."""
    seat = house.neighbours(1)[0]
    page = window().open(f"/events/{house.slug}")
    expect(page.get_by_role("link", name=re.compile("Choose seats")).first).to_be_visible()
    tab_to(page, "a", "Choose seats")
    page.keyboard.press("Enter")
    expect(page.get_by_role("list", name="Prices")).to_contain_text("left", timeout=PATIENCE_MS)

    tab_to(page, "[role=tab]", "Map")
    page.keyboard.press("ArrowRight")
    list_tab = page.get_by_role("tab", name="List")
    expect(list_tab).to_be_focused()
    page.keyboard.press("Enter")
    expect(list_tab).to_have_attribute("aria-selected", "true")

    section = page.locator("details").filter(has=page.get_by_text(seat.section, exact=True))
    row = section.get_by_role("toolbar", name=re.compile(f"^Row {seat.row},"))
    choice = row.get_by_role("button", name=re.compile(f"^{seat.words},"))
    # The list comes when it is asked for; who tabs on before that passes by where it will be.
    sections = page.locator("details", has=page.locator("summary"))
    expect(sections.first).to_be_visible(timeout=PATIENCE_MS)
    tab_to(page, "summary")
    while seat.section != page.evaluate("document.activeElement.firstElementChild.textContent"):
        fold(page, open_=False)
        tab_to(page, "summary", at_most=1)
    fold(page, open_=True)
    tab_to(page, "[role=toolbar] button", at_most=1)
    for key, there in (("ArrowDown", row.get_by_role("button")), ("ArrowRight", choice)):
        for _ in range(200):
            if there.evaluate_all("seats => seats.includes(document.activeElement)"):
                break
            page.keyboard.press(key)
    expect(choice).to_be_focused()
    page.keyboard.press("Space")
    expect(choice).to_have_attribute("aria-pressed", "true")
    tab_to(page, "button", "Hold this seat", at_most=200)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Your details")).to_be_focused(timeout=PATIENCE_MS)
    expect(page.get_by_label("Name", exact=True)).to_be_visible(timeout=PATIENCE_MS)
    tab_to(page, "input[name=name]")
    page.keyboard.type("Eve Keys")
    page.keyboard.press("Tab")
    page.keyboard.type("eve@example.org")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("pay-button")).to_be_enabled(timeout=PATIENCE_MS)
    tab_to(page, "#Field-numberInput")
    for typed in (GOOD_CARD, "1234", "123"):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    expect(page.get_by_test_id("pay-button")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/orders/"), timeout=PATIENCE_MS)
    expect(page.get_by_role("list", name="Tickets").get_by_role("listitem")).to_have_count(1, timeout=PATIENCE_MS)
    inbox.wait_for("eve@example.org")


def test_by_keyboard_on_the_map(window: OpenWindow, house: House) -> None:
    """The drawn map obeys the arrow keys and says what it shows."""
    buyer = window()
    page = buyer.open_house(house.performance_id)
    page.get_by_test_id("seat-map").focus()
    page.keyboard.press("ArrowRight")
    said = page.get_by_role("status").filter(has_text=re.compile(r"row \w+, seat \d+"))
    expect(said).to_be_attached()
    # Others have bought in this house: the way down goes on until the map says that a seat is free.
    for _ in range(20):
        before = said.inner_text()
        page.keyboard.press("ArrowDown")
        expect(said).not_to_have_text(before)
        if "free" in said.inner_text():
            break
    page.keyboard.press("Enter")
    expect(buyer.panel.get_by_role("list", name="Your seats").get_by_role("listitem")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(buyer.panel.get_by_role("list", name="Your seats")).to_have_count(0)


def fold(page: Page, *, open_: bool) -> None:
    """Open or close the part whose heading has the focus, by key, unless it is so already."""
    if open_ != page.evaluate("document.activeElement.parentElement.open"):
        page.keyboard.press("Enter")


def tab_to(page: Page, selector: str, text: str = "", at_most: int = FEW_TABS) -> None:
    """Press Tab until the focus is on such an element with that text; it must be reachable."""
    for _ in range(at_most):
        page.keyboard.press("Tab")
        there = page.evaluate(
            """([selector, text]) => document.activeElement.matches(selector)
                  && document.activeElement.textContent.includes(text)""",
            [selector, text],
        )
        if there:
            return
    raise AssertionError(f"{selector} {text} can't be reached by {at_most} tabs")
