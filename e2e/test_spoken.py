"""A purchase by ear: found, chosen, held and paid by roles, names and announcements, with no look at the page."""

import re
from itertools import pairwise

from playwright.sync_api import Page, expect

from e2e.conftest import OpenWindow
from e2e.house import House
from e2e.letters import Inbox
from e2e.listener import Listener
from e2e.window import DECLINED_CARD, GOOD_CARD, PATIENCE_MS

MINUTE_MS = 60_000


def test_a_ticket_by_ear(window: OpenWindow, house: House, inbox: Inbox) -> None:
    seat = house.neighbours(1, "B")[0]
    buyer = window()
    page = buyer.page
    page.clock.install()
    ear = Listener(page)
    buyer.open("/")
    find(page, ear, house.event["title"])

    page.get_by_role("tab", name="List").press("Enter")
    page.get_by_role("toolbar", name=re.compile(f"^Row {seat.row}, ")).first.get_by_role(
        "button", name=re.compile(f"^{seat.words}, .*free")
    ).press("Enter")
    order = page.get_by_role("region", name="Your seats", exact=True)
    expect(order).to_contain_text(seat.words)
    assert "€" in ear.hears("Total €")
    order.get_by_role("button", name="Hold this seat").press("Enter")
    ear.stands_at("heading", "Your details")
    ear.hears("Your seats are held for 10 more minutes")

    give_details(page, ear)
    pay(page, ear)
    read_the_code(page, seat.words)
    inbox.wait_for("iris@example.org")


def find(page: Page, ear: Listener, title: str) -> None:
    """From the programme's search to the house."""
    outline(page, "What’s on")
    page.get_by_role("searchbox", name="Search the programme").fill(title)
    ear.hears("1 event")
    page.get_by_role("main").get_by_role("link", name=re.compile(title)).press("Enter")
    ear.stands_at("heading", title)
    outline(page, title)
    page.get_by_role("link", name=re.compile("^Choose seats, ")).first.press("Enter")
    expect(page.get_by_role("list", name="Prices")).to_contain_text("left", timeout=PATIENCE_MS)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    outline(page, title)


def give_details(page: Page, ear: Listener) -> None:
    """The countdown speaks when it matters; each mistake is read with its field, at which the focus is put."""
    page.clock.fast_forward(5 * MINUTE_MS)
    ear.hears("Your seats are held for 5 more minutes")
    page.get_by_role("button", name="More time").press("Enter")
    ear.hears("Done: your seats are held for")

    name, email = page.get_by_role("textbox", name="Name"), page.get_by_role("textbox", name="E-mail")
    email.fill("iris@")
    email.press("Enter")
    for field, mistake in ((name, "Please enter the name"), (email, "Please enter an e-mail address")):
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description(re.compile(mistake))
    expect(name).to_be_focused()

    page.get_by_role("button", name="I have a code").press("Enter")
    code = page.get_by_role("textbox", name="Code", exact=True)
    code.fill("no-such-code")
    code.press("Enter")
    ear.hears("There is no code NO-SUCH-CODE")
    expect(code).to_have_accessible_description(re.compile("There is no code"))

    name.fill("Iris Ear")
    email.fill("iris@example.org")
    email.press("Enter")
    ear.stands_at("heading", "Payment")


def pay(page: Page, ear: Listener) -> None:
    """A declined card is told with what it means for the seats, then another is taken."""
    button = page.get_by_role("button", name=re.compile("^Pay €"))
    expect(button).to_be_enabled(timeout=PATIENCE_MS)
    card = page.get_by_role("group", name="Payment details")
    card.get_by_role("textbox", name="Expiry date").fill("1234")
    card.get_by_role("textbox", name="CVC").fill("123")
    for number in (DECLINED_CARD, GOOD_CARD):
        card.get_by_role("textbox", name="Card number").fill(number)
        button.press("Enter")
        if number == DECLINED_CARD:
            assert "your seats are still held" in ear.hears("declined")
            expect(button).to_be_enabled()


def read_the_code(page: Page, seat: str) -> None:
    """The order's page is arrived at, and the ticket says whose place it opens the door for."""
    arrived = page.get_by_role("heading", name="Here is your ticket", level=1)
    expect(arrived).to_be_focused(timeout=PATIENCE_MS)
    outline(page, "Here is your ticket")
    ticket = page.get_by_role("list", name="Tickets").get_by_role("listitem")
    expect(ticket).to_have_count(1)
    expect(ticket.get_by_role("img", name=re.compile(f"^QR code for .*{seat}", re.IGNORECASE))).to_be_visible()
    page.get_by_role("button", name="Show at the door").press("Enter")
    screen = page.get_by_role("dialog", name="Ticket for the door")
    expect(screen.get_by_role("status")).to_have_text(re.compile(f"^Ticket 1 of 1: .*{seat}", re.IGNORECASE))
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Show at the door")).to_be_focused()


def outline(page: Page, title: str) -> None:
    """One main with one title, no heading deeper than the one before by more than a step, and ways to jump."""
    expect(page.get_by_role("main").get_by_role("heading", level=1)).to_have_text(re.compile(re.escape(title)))
    tree = page.get_by_role("main").aria_snapshot()
    levels = [int(level) for level in re.findall(r"- heading .*\[level=(\d)\]", tree)]
    steps = [(before, after) for before, after in pairwise(levels) if after > before + 1]
    assert levels[0] == 1, tree
    assert steps == [], tree
    assert levels.count(1) == 1, tree
    whole = page.locator("body").aria_snapshot()
    assert [len(re.findall(rf"^- {landmark}\b", whole, re.MULTILINE)) for landmark in ("banner", "main")] == [1, 1]
    assert 'link "Skip to the content"' in whole
