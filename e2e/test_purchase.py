"""The whole way: two windows on one map, a card, a mail, a code read from the screen, the door."""

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from bench.machine import seconds_taken
from PIL import Image
from playwright.sync_api import Locator, expect

from e2e.conftest import OpenWindow
from e2e.house import House
from e2e.letters import Inbox
from e2e.stage import Stage

LIVE_WITHIN_MS = 2_000


@pytest.fixture(scope="module")
def story() -> dict[str, str]:
    """The correlation ids of the purchase below, for the test that follows it."""
    return {}


def test_two_seats_from_the_map_to_the_door(
    window: OpenWindow,
    house: House,
    inbox: Inbox,
    password: str,
    figure: Callable[[str], None],
    story: dict[str, str],
) -> None:
    seats = house.neighbours(2)
    buyer, onlooker = window(), window()
    onlooker.open_house(house.performance_id)
    onlooker.page.evaluate("window.__sameDocument = true")
    buyer.open_house(house.performance_id)

    onlooker.watch_for(seats, "h")
    buyer.choose(seats)
    taken = seconds_taken()
    pressed = buyer.hold()
    onlooker.wait_until(seats, "h")
    took = onlooker.seen_at() - pressed
    figure(f"held seats shown in the other window after {took:.0f} ms")
    assert took < LIVE_WITHIN_MS + (seconds_taken() - taken) * 1000, "and the host took no more of it away"

    correlation = buyer.give_details("Ada Onlooker", "ada@example.org")
    onlooker.watch_for(seats, "s")
    buyer.pay()
    code = buyer.arrive_at_order(tickets=2)
    onlooker.wait_until(seats, "s")
    assert onlooker.page.evaluate("window.__sameDocument") is True, "the onlooker's page was loaded anew"

    letter = inbox.wait_for("ada@example.org")
    assert code in letter.subject + letter.text
    assert inbox.attachment(letter, "application/pdf").startswith(b"%PDF-")
    assert inbox.count("ada@example.org") == 1

    # Another browser, no cookie: the link alone opens the order.
    link = next(link for link in letter.links if "/orders/" in link)
    reader = window()
    reader.open(link)
    reader.expect_tickets(2)
    expect(reader.page.get_by_test_id("order-code")).to_have_text(code)
    codes = [read_qr(image) for image in reader.page.get_by_role("img", name=re.compile("^QR code")).all()]
    assert len(set(codes)) == 2

    door = window()
    door.log_in("door@frontrow.example", password)
    door.open("/door")
    door.page.get_by_role("button", name=re.compile(re.escape(house.event["title"]))).first.click()
    answer = door.page.get_by_role("status").first
    for word in ("Welcome", "Already used"):
        door.page.get_by_label("Ticket code").fill(codes[0])
        door.page.get_by_role("button", name="Check").click()
        expect(answer).to_contain_text(word)
        expect(answer).to_contain_text(f"row {seats[0].row}, seat")
    door.page.get_by_label("Ticket code").fill(codes[1])
    door.page.get_by_role("button", name="Check").click()
    expect(answer).to_contain_text("Welcome")

    story["browser"], story["mail"] = correlation, str(letter.source["X-Correlation-Id"])


def test_one_story(story: dict[str, str], stack: Stage) -> None:
    """The id that the browser gave the order's placing is in the app's log, in the worker's, and in the mail."""
    if not story:
        pytest.skip("nobody bought anything")
    assert lines_with(stack.home / "logs" / "app.log", story["browser"]), "the id isn't in the app's log"
    assert story["mail"] == story["browser"], f"the mail carries {story['mail']}, the browser sent {story['browser']}"
    assert lines_with(stack.home / "logs" / "worker.log", story["browser"]), "the id isn't in the worker's log"


def test_every_category_can_be_bought(window: OpenWindow, house: House) -> None:
    """One seat of each price category in one order; what is asked for is what the map said."""
    seats = [house.neighbours(1, category)[0] for category in house.categories]
    buyer = window()
    buyer.open_house(house.performance_id)
    buyer.choose(seats)
    total = buyer.page.get_by_text(re.compile(r"^Total €")).inner_text().removeprefix("Total").strip()
    buyer.hold()
    expect(buyer.panel).to_contain_text(total)
    buyer.give_details("Zoe Everywhere", "zoe@example.org")
    expect(buyer.page.get_by_test_id("pay-button")).to_have_text(f"Pay {total}")
    buyer.pay()
    buyer.arrive_at_order(tickets=len(seats))


def read_qr(image: Locator) -> str:
    """What a scanner reads from the screen. One must see it as a person does: through its pixels."""
    image.scroll_into_view_if_needed()
    shown = Image.open(io.BytesIO(image.screenshot()))
    found = zxingcpp.read_barcodes(shown, formats=zxingcpp.BarcodeFormat.QRCode)
    assert len(found) == 1, f"{[one.text for one in found]} on the screen"
    return found[0].text


def lines_with(log: Path, correlation: str) -> list[dict[str, Any]]:
    """The log's JSON lines of one action."""
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{") and correlation in line]
    return [line for line in lines if line.get("correlation_id") == correlation]
