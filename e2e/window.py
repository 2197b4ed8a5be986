"""One browser window with a buyer in front of it. Every step waits for the fact that ends it, never for time."""

import re
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page, Request, expect

from e2e.browser import Device
from e2e.house import Seat

GOOD_CARD = "4242424242424242"
DECLINED_CARD = "4000000000000002"
CHALLENGED_CARD = "4000002500003155"

# Two cores may be shared with everything else that runs; whoever is slow because of that isn't wrong.
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)

_ALL_ARE = "([seats, state]) => seats.every((seat) => window.__frontrow?.seatState(seat) === state)"
_WATCH = """([seats, state]) => {
  window.__seen = new Promise((resolve) => {
    const look = () => {
      const shown = seats.every((seat) => window.__frontrow.seatState(seat) === state);
      if (shown) resolve(performance.timeOrigin + performance.now());
      else setTimeout(look, 4);
    };
    look();
  });
}"""
_NOTE_CLICK = """() => addEventListener("click", () => {
  window.__clicked = performance.timeOrigin + performance.now();
}, { capture: true, once: true })"""


class Window:
    """A page of a context of its own: another person than in any other window."""

    def __init__(self, context: BrowserContext, origin: str, device: Device) -> None:
        self.context = context
        self.origin = origin
        self.device = device
        self.troubles: list[str] = []
        self.page = self._watched(context.new_page())

    def _watched(self, page: Page) -> Page:
        page.on("pageerror", lambda error: self.troubles.append(f"{page.url}: {error}"))
        return page

    # -- pages ---------------------------------------------------------------------------------------------------------

    def open(self, path: str) -> Page:
        self.page.goto(path if path.startswith("http") else self.origin + path)
        return self.page

    def open_house(self, performance_id: str) -> Page:
        """The map, when it shows every seat's state and hears of changes."""
        self.open(f"/performances/{performance_id}")
        prices = self.page.get_by_role("list", name="Prices")
        expect(prices).to_contain_text("left", timeout=PATIENCE_MS)
        self.page.wait_for_function("window.__frontrow !== undefined")
        return self.page

    @property
    def panel(self) -> Any:
        return self.page.get_by_test_id("order-panel")

    # -- the map -------------------------------------------------------------------------------------------------------

    def state(self, seat: Seat) -> str:
        return str(self.page.evaluate("(seat) => window.__frontrow.seatState(seat)", seat.number))

    def wait_until(self, seats: Sequence[Seat], state: str) -> None:
        """Until the map shows all of them in that state, by whatever reaches it without a reload."""
        self.page.wait_for_function(_ALL_ARE, arg=[[seat.number for seat in seats], state], timeout=PATIENCE_MS)

    def watch_for(self, seats: Sequence[Seat], state: str) -> None:
        """Note from now on when the map first shows them so; `seen_at` tells."""
        self.page.evaluate(_WATCH, [[seat.number for seat in seats], state])

    def seen_at(self) -> float:
        """When what was watched for was first shown, in ms of the machine's clock."""
        return float(self.page.evaluate("window.__seen"))

    def press(self, seat: Seat) -> None:
        """A click or a tap on a seat of the drawn map; where seats are too close for a finger, the first tap zooms."""
        if self.device.finger and self._pitch(seat) < 15:
            before = self._pitch(seat)
            self._touch(seat)
            self.page.wait_for_function(
                "([seat, before]) => { const at = window.__frontrow.seatAt, a = at(seat), b = at(seat + 1);"
                " return Math.hypot(a.x - b.x, a.y - b.y) > before * 1.5; }",
                arg=[seat.number, before],
            )
        self._touch(seat)

    def choose(self, seats: Sequence[Seat]) -> None:
        """Press each, and see that the order counts it."""
        for n, seat in enumerate(seats, 1):
            self.press(seat)
            if self.device.finger:
                expect(self.panel).to_contain_text("1 seat" if n == 1 else f"{n} seats")
            else:
                expect(self.panel.get_by_role("list", name="Your seats")).to_contain_text(seat.words)

    def _pitch(self, seat: Seat) -> float:
        a, b = self._point(seat.number), self._point(seat.number + 1)
        return float(((a["x"] - b["x"]) ** 2 + (a["y"] - b["y"]) ** 2) ** 0.5)

    def _point(self, number: int) -> dict[str, float]:
        point: dict[str, float] = self.page.evaluate("(seat) => window.__frontrow.seatAt(seat)", number)
        return point

    def _touch(self, seat: Seat) -> None:
        point = self._point(seat.number)
        if self.device.finger:
            self.page.touchscreen.tap(point["x"], point["y"])
        else:
            self.page.mouse.click(point["x"], point["y"])

    # -- the order -----------------------------------------------------------------------------------------------------

    def act(self, button: Any) -> None:
        """Click, or tap where there is a finger."""
        button.tap() if self.device.finger else button.click()

    def hold(self) -> float:
        """Press "Hold". Returns when, in ms of the machine's clock."""
        self.page.evaluate(_NOTE_CLICK)
        self.act(self.page.get_by_role("button", name=re.compile("^Hold (this|these)")))
        clicked = float(self.page.evaluate("window.__clicked"))
        expect(self.panel).to_contain_text("Your details", timeout=PATIENCE_MS)
        return clicked

    def hold_best(self, count: int) -> None:
        """Let the house choose so many together; they are held at once."""
        best = self.page.get_by_test_id("best-seats")
        for _ in range(abs(count - 2)):
            self.act(best.get_by_role("button", name="One more seat" if count > 2 else "One seat less"))
        self.act(best.get_by_role("button", name=re.compile("^Hold the best")))
        expect(self.panel).to_contain_text("Your details", timeout=PATIENCE_MS)

    def use_code(self, code: str) -> None:
        """Type a coupon's code and apply it."""
        opener = self.page.get_by_role("button", name="I have a code")
        field = self.page.get_by_label("Code", exact=True)
        expect(opener.or_(field)).to_be_visible(timeout=PATIENCE_MS)
        if opener.is_visible():
            self.act(opener)
        field.fill(code)
        self.act(self.page.get_by_role("button", name="Apply"))

    @property
    def total(self) -> str:
        """What the bar says that everything costs."""
        return str(self.page.get_by_test_id("total").inner_text()).removeprefix("Total").strip()

    def fill_details(self, name: str, email: str) -> None:
        self.page.get_by_label("Name", exact=True).fill(name)
        self.page.get_by_label("E-mail", exact=True).fill(email)

    def give_details(self, name: str, email: str) -> str:
        """Name and address, on to the payment form. Returns the correlation id of the order's placing."""
        self.fill_details(name, email)
        with self.page.expect_request(_places_order) as placing:
            self.act(self.page.get_by_role("button", name="Continue to payment"))
        expect(self.page.get_by_test_id("pay-button")).to_be_enabled(timeout=PATIENCE_MS)
        return str(placing.value.header_value("x-correlation-id"))

    def fill_card(self, number: str) -> None:
        self.page.get_by_label("Card number").fill(number)
        self.page.get_by_label("Expiry date").fill("1234")
        self.page.get_by_label("CVC").fill("123")

    def pay(self, number: str = GOOD_CARD) -> None:
        self.fill_card(number)
        self.act(self.page.get_by_test_id("pay-button"))

    def arrive_at_order(self, tickets: int) -> str:
        """Until the order page shows that many tickets. Returns the order's code."""
        self.page.wait_for_url(re.compile("/orders/"), timeout=PATIENCE_MS)
        self.expect_tickets(tickets)
        return self.page.get_by_test_id("order-code").inner_text()

    def expect_tickets(self, tickets: int) -> None:
        listed = self.page.get_by_role("list", name="Tickets").get_by_role("listitem")
        expect(listed).to_have_count(tickets, timeout=PATIENCE_MS)

    # -- people --------------------------------------------------------------------------------------------------------

    def log_in(self, email: str, password: str) -> None:
        self.open("/account")
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_label("Password").fill(password)
        self.act(self.page.locator("form").get_by_role("button", name="Log in"))
        expect(self.page.get_by_role("button", name="Log out")).to_be_visible()

    def close(self) -> None:
        try:
            self.context.close()
        except Error as error:  # a browser that died says so in the test itself
            self.troubles.append(str(error))


def _places_order(request: Request) -> bool:
    return request.method == "POST" and request.url.endswith("/api/checkouts")
