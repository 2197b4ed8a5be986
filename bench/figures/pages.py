"""Lighthouse's score for speed, as a middling phone on a slow line sees them: home, event, the seats, the payment."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from e2e.browser import PHONE, NoChromiumError, chromium, new_context
from e2e.house import House
from e2e.lighthouse import verdict
from e2e.stage import stage as shop
from e2e.window import Window
from playwright.sync_api import Browser, Page

from bench.machine import Run, calmest
from bench.rows import Row, median, row
from bench.stage import ROOT, Stage, say
from frontrow.local.ports import free_ports

TARGET = 95
LOADS = 5
"""Of each page; the median counts. What the score is mostly made of, the times of tasks, is multiplied by how fast the
machine was found a moment before, and either swings twofold."""
TRIES = 8
CALM = 0.02


def measure(_: Stage) -> list[Row]:
    """On a stack with the demo's data, as `frontrow up` starts it. Without Chromium, or pages, it's left out."""
    if not (ROOT / "web" / "dist" / "index.html").exists():
        say("pages: left out: the pages aren't built (`make run` builds them)")
        return []
    port = free_ports(1)[0]
    port = free_ports(1)[0]
    try:
        with shop() as stack, chromium(port) as browser, closing(House(stack.origin)) as house:
            return [_page(name, port, page) for name, page in _pages(browser, stack.origin, house)]
    except NoChromiumError as missing:
        say(f"pages: left out: {missing}")
        return []


def _pages(browser: Browser, origin: str, house: House) -> Iterator[tuple[str, Page]]:
    """A tab of no size for each, which Lighthouse makes a phone's; the payment's is a phone from its beginning."""
    addresses = {"home": "/", "event": f"/events/{house.slug}", "seats": f"/performances/{house.performance_id}"}
    for name, path in addresses.items():
        with closing(browser.new_context(no_viewport=True)) as context:
            page = context.new_page()
            page.goto(origin + path)
            yield name, page
    buyer = Window(new_context(browser, PHONE), origin, PHONE)
    with closing(buyer):
        buyer.open_house(house.performance_id)
        buyer.choose(house.neighbours(2))
        buyer.hold()
        buyer.give_details("Ada Payne", "ada@payne.example")
        yield "payment", buyer.page


def _page(name: str, port: int, page: Page) -> Row:
    def tell(number: int, run: Run[dict[str, Any]]) -> None:
        found = run.found
        say(
            f"pages: {name}: {found['scores']['performance']} in load {number}: tasks too long by "
            f"{found['measured']['total-blocking-time']:.0f} ms, machine {found['index']} slowed down "
            f"{found['slowdown']} times, {run.stolen:.0%} taken away"
        )

    runs = calmest(lambda: verdict(port, page.url), tell, runs=LOADS, tries=TRIES, most_stolen=CALM)
    return row(f"pages.{name}", median(run.found["scores"]["performance"] for run in runs), "of 100", target=TARGET)
