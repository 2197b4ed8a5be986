"""``python -m e2e.screens [part of a page's name]``: every page, phone and desktop, light and dark, into docs/screens.

The evening that they show is bought on the way, so the pages are those of a house that sells.
"""

import re
import sys

from playwright.sync_api import Browser, expect

from e2e import windowshop
from e2e.browser import DESKTOP, PHONE, Device, Scheme, chromium, new_context
from e2e.camera import FOLDER, Camera
from e2e.house import House, Seat
from e2e.stage import Stage, stage
from e2e.window import DECLINED_CARD, PATIENCE_MS, Window

_SCHEMES: tuple[Scheme, ...] = ("light", "dark")
_CROWD = 46


def main(only: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with stage() as here, chromium() as browser:
        house = House(here.origin)
        crowd(browser, here, house)
        for device in (PHONE, DESKTOP):
            for scheme in _SCHEMES:
                Photographer(browser, here, house, device, scheme, only).walk()


class Photographer:
    """Walks through the house once, as one buyer on one device, and takes a picture of every page."""

    def __init__(self, browser: Browser, here: Stage, house: House, device: Device, scheme: Scheme, only: str) -> None:
        self._here, self._house, self._device = here, house, device
        self._window = Window(new_context(browser, device, scheme), here.origin, device)
        self._camera = Camera(self._window, scheme, only)

    def walk(self) -> None:
        windowshop.browse(self._window, self._camera, self._house)
        windowshop.houses(self._window, self._camera)
        for part in (self._enter, self._choose, self._pay, self._leave, self._door, self._missing):
            part()
        self._window.close()

    def _choose(self) -> None:
        window, page = self._window, self._window.open_house(self._house.performance_id)
        self._camera.shoot("seats")
        page.get_by_role("tab", name="List").click()
        expect(page.get_by_role("toolbar", name="Row A").first).to_be_visible()
        self._camera.shoot("seats-list")
        page.get_by_role("tab", name="Map").click()
        page.wait_for_function("window.__frontrow !== undefined")
        seats = self._house.neighbours(2)
        window.choose(seats)
        if self._device.finger:
            self._camera.shoot("seats-zoomed")
            window.act(page.get_by_role("button", name="Show the whole house"))
            window.act(page.get_by_role("button", name=re.compile("show$")))
        self._camera.shoot("seats-chosen")
        self._lose_one(seats)
        window.hold()
        self._camera.shoot("details")
        page.get_by_label("Name", exact=True).fill("")
        page.get_by_label("E-mail", exact=True).fill("ben@frontrow")
        window.act(page.get_by_role("button", name="Continue to payment"))
        expect(page.get_by_text("Please enter the name")).to_be_visible()
        self._camera.shoot("details-mistakes")

    def _lose_one(self, seats: list[Seat]) -> None:
        """Somebody else is faster for one of the two."""
        window = self._window
        rival = Window(new_context(self._rivals, DESKTOP), self._here.origin, DESKTOP)
        rival.open_house(self._house.performance_id)
        rival.choose(seats[:1])
        rival.hold()
        rival.close()
        expect(window.panel.get_by_role("alert")).to_contain_text("just taken", timeout=PATIENCE_MS)
        self._camera.shoot("seats-lost")
        window.act(window.panel.get_by_role("button", name=re.compile("instead$")))

    @property
    def _rivals(self) -> Browser:
        browser = self._window.context.browser
        assert browser is not None
        return browser

    def _pay(self) -> None:
        window = self._window
        window.give_details("Ben Buyer", "ben@frontrow.example")
        self._camera.shoot("payment")
        window.pay(DECLINED_CARD)
        expect(window.panel.get_by_role("alert")).to_contain_text("declined", timeout=PATIENCE_MS)
        self._camera.shoot("payment-declined")
        window.pay()
        window.arrive_at_order(tickets=2)
        self._camera.shoot("order")
        page = window.page
        window.act(page.get_by_role("button", name="Show at the door"))
        expect(page.get_by_test_id("ticket-screen").get_by_role("img")).to_be_visible()
        self._camera.shoot("ticket")
        page.keyboard.press("Escape")

    def _enter(self) -> None:
        window = self._window
        page = window.open("/account")
        expect(page.get_by_label("Password")).to_be_visible()
        self._camera.shoot("account")
        window.open("/wallet")
        expect(page.get_by_role("heading", name="My tickets")).to_be_visible()
        self._camera.shoot("wallet-stranger")
        window.log_in("ben@frontrow.example", self._here.password)
        self._camera.shoot("account-inside")

    def _leave(self) -> None:
        window = self._window
        page = window.open("/wallet")
        expect(page.get_by_role("region", name="Coming up")).to_be_visible()
        self._camera.shoot("wallet")
        window.open("/account")
        window.act(page.get_by_role("button", name="Log out"))
        expect(page.get_by_role("link", name="Log in", exact=True)).to_be_visible()

    def _door(self) -> None:
        window = self._window
        window.log_in("door@frontrow.example", self._here.password)
        page = window.open("/door")
        choice = page.get_by_role("button", name=re.compile(self._house.event["title"])).first
        expect(choice).to_be_visible()
        self._camera.shoot("door")
        window.act(choice)
        page.get_by_label("Ticket code").fill("not-a-ticket")
        window.act(page.get_by_role("button", name="Check"))
        expect(page.get_by_role("status").first).to_contain_text("Not")
        self._camera.shoot("door-refused")

    def _missing(self) -> None:
        page = self._window.open("/no-such-page")
        expect(page.get_by_role("heading", name="This seat does not exist")).to_be_visible()
        self._camera.shoot("not-found")


def crowd(browser: Browser, here: Stage, house: House) -> None:
    """Others are in the house, too: seats that are being bought all over it, by the same doors as everybody's."""
    context = new_context(browser, DESKTOP)
    page = context.new_page()
    page.goto(here.origin)
    page.get_by_role("link", name=re.compile(house.event["title"])).first.wait_for()
    states = house.states()
    free = [seat.number for row in house.rows for seat in row if states[seat.number - 1] == "f"]
    taken: list[list[int]] = [free[at : at + 2] for at in range(7, len(free) - 2, len(free) // _CROWD)]
    page.evaluate(
        """async ([performance, groups]) => {
          const token = decodeURIComponent(/fr_csrf=([^;]+)/.exec(document.cookie)[1]);
          for (const seats of groups) {
            await fetch(`/api/performances/${performance}/holds`, {
              method: "POST", body: JSON.stringify({ seats }),
              headers: {
                "Content-Type": "application/json", "X-CSRF-Token": token, "Idempotency-Key": crypto.randomUUID(),
              },
            });
          }
        }""",
        [house.performance_id, taken],
    )
    context.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
