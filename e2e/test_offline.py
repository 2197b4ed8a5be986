"""Tickets that were opened once open without a connection, for whoever opened them; nothing else is kept."""

import re

import httpx
from playwright.sync_api import Page, expect

from e2e.browser import PHONE
from e2e.conftest import OpenWindow
from e2e.house import House
from e2e.letters import Inbox
from e2e.stage import Stage
from e2e.test_purchase import read_qr
from e2e.window import PATIENCE_MS, Window

_KEPT = """async () => {
  const kept = [];
  for (const name of await caches.keys())
    for (const { url, method } of await (await caches.open(name)).keys())
      kept.push(`${method} ${new URL(url).pathname}`);
  return kept.sort();
}"""
_READY = """async (tickets) => {
  if (!navigator.serviceWorker.controller) return false;
  const kept = await (await caches.open("frontrow-tickets-1")).keys();
  const pictures = kept.filter(({ url }) => url.includes("/qr.svg"));
  return pictures.length >= tickets && (await caches.keys()).some((name) => name.startsWith("frontrow-shell-"));
}"""
QR = re.compile("^QR code")


def buy(window: OpenWindow, house: House, email: str, seats: int = 2) -> Window:
    buyer = window(PHONE)
    buyer.open_house(house.performance_id)
    buyer.choose(house.neighbours(seats))
    buyer.hold()
    buyer.give_details("Ona Offline", email)
    buyer.pay()
    buyer.arrive_at_order(tickets=seats)
    return buyer


def kept(page: Page) -> list[str]:
    found: list[str] = page.evaluate(_KEPT)
    return found


def wait_until_kept(page: Page, tickets: int) -> None:
    page.wait_for_function(_READY, arg=tickets, timeout=PATIENCE_MS)


def test_tickets_open_without_a_connection(window: OpenWindow, house: House, inbox: Inbox) -> None:
    buyer = buy(window, house, "ona@example.org")
    page = buyer.page
    wait_until_kept(page, 2)
    codes = [read_qr(image) for image in page.get_by_role("img", name=QR).all()]
    ours = [line for line in kept(page) if not line.startswith("GET /assets/") and line != "GET /wallet"]
    assert [re.sub(r"[0-9a-f-]{36}", "…", line) for line in ours] == [
        "GET /api/orders/…",
        "GET /api/tickets/…/qr.svg",
        "GET /api/tickets/…/qr.svg",
    ]

    buyer.context.set_offline(True)
    page.reload()
    expect(page.get_by_test_id("as-of")).to_contain_text(re.compile(r"as of \d\d:\d\d"), timeout=PATIENCE_MS)
    buyer.expect_tickets(2)
    assert [read_qr(image) for image in page.get_by_role("img", name=QR).all()] == codes

    # At the door: as large as the screen, by tap and by key.
    buyer.act(page.get_by_role("button", name="Show at the door"))
    screen = page.get_by_test_id("ticket-screen")
    expect(screen).to_contain_text("1 / 2")
    assert read_qr(screen.get_by_role("img", name=QR)) == codes[0]
    page.keyboard.press("ArrowRight")
    expect(screen).to_contain_text("2 / 2")
    assert read_qr(screen.get_by_role("img", name=QR)) == codes[1]
    page.keyboard.press("Escape")
    expect(screen).to_have_count(0)

    # The list of tickets, by its own address, and from there to the order again.
    buyer.open("/wallet")
    coming = page.get_by_role("region", name="Coming up")
    expect(coming).to_contain_text("2 tickets", timeout=PATIENCE_MS)
    buyer.act(coming.get_by_role("link"))
    expect(page.get_by_role("img", name=QR)).to_have_count(2, timeout=PATIENCE_MS)

    # What isn't kept says so in words instead of the browser's own page.
    buyer.open(f"/performances/{house.performance_id}")
    expect(page.get_by_role("alert")).to_be_visible(timeout=PATIENCE_MS)

    buyer.context.set_offline(False)
    buyer.open("/wallet")
    expect(coming).to_contain_text("2 tickets", timeout=PATIENCE_MS)
    expect(page.get_by_test_id("as-of")).to_have_count(0)
    inbox.wait_for("ona@example.org")


def test_logging_out_empties_it(window: OpenWindow, house: House, inbox: Inbox, password: str) -> None:
    buyer = window(PHONE)
    buyer.log_in("ben@frontrow.example", password)
    buyer.open_house(house.performance_id)
    buyer.choose(house.neighbours(1))
    buyer.hold()
    buyer.give_details("Ben Buyer", "ben@frontrow.example")
    buyer.pay()
    buyer.arrive_at_order(tickets=1)
    wait_until_kept(buyer.page, 1)
    order = buyer.page.url
    buyer.open("/account")
    buyer.act(buyer.page.get_by_role("button", name="Log out"))
    expect(buyer.page.get_by_role("link", name="Log in", exact=True)).to_be_visible()
    assert [line for line in kept(buyer.page) if "/api/" in line] == []
    buyer.context.set_offline(True)
    buyer.open(order)
    expect(buyer.page.get_by_role("heading", name="We cannot reach Frontrow")).to_be_visible(timeout=PATIENCE_MS)
    expect(buyer.page.get_by_role("img", name=QR)).to_have_count(0)
    inbox.wait_for("ben@frontrow.example")


def test_who_only_looks_around_gets_no_worker(window: OpenWindow, house: House) -> None:
    guest = window()
    guest.open("/")
    guest.open_house(house.performance_id)
    assert guest.page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0


def test_the_worker_is_asked_for_anew_each_time(stack: Stage) -> None:
    """Its address never changes, so no cache may keep it, and its scope is the whole shop."""
    answer = httpx.get(f"{stack.origin}/sw.js")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"
    assert "javascript" in answer.headers["content-type"]
    assert "__SHELL__" not in answer.text
    for file in re.findall(r'"(/assets/[^"]+)"', answer.text):
        assert httpx.head(stack.origin + file).status_code in {200, 405}
