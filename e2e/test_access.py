"""Every page for whoever magnifies, wants lights down, less motion or wider letters, or has no pointer."""

import re

from playwright.sync_api import Page, ViewportSize, expect

from e2e.conftest import OpenWindow
from e2e.eyes import Eyes
from e2e.house import House
from e2e.letters import Inbox
from e2e.organiser import Organiser
from e2e.window import DECLINED_CARD, PATIENCE_MS, Window

LEAST_MAP = 200
HANDHELD = ViewportSize(width=390, height=700)


def test_looking_around(window: OpenWindow, house: House) -> None:
    """From the programme to an evening, by every page that leads there or doesn't."""
    guest = window()
    page = guest.open("/")
    eyes = Eyes(page)
    expect(page.get_by_role("link", name="La traviata").first).to_be_visible()
    expect(page.get_by_role("group", name="Where").get_by_role("checkbox").first).to_be_visible()
    eyes.look("programme")
    # The rest of the list comes as one nears its end; it must not come between a stop and the look at it.
    page.keyboard.press("End")
    everything = page.get_by_role("status").filter(has_text=re.compile(r"^All \d+ events shown$"))
    expect(everything).to_have_count(1, timeout=PATIENCE_MS)
    eyes.tab_through("programme")

    page.set_viewport_size(HANDHELD)
    page.get_by_role("button", name="Filter").click()
    sheet = page.get_by_role("dialog", name="Filter")
    expect(sheet.get_by_role("group", name="Where").get_by_role("checkbox").first).to_be_visible()
    eyes.look("filters open")
    sheet.get_by_role("button", name="Close").click()
    page.set_viewport_size({"width": 1280, "height": 800})

    for name, path, sign in (
        ("nothing found", "/?q=zzzz&city=Turku", "status"),
        ("calendar", "/?view=calendar", "grid"),
        ("organiser", f"/organisers/{house.event['organiser']['slug']}", "listitem"),
        ("event", f"/events/{house.slug}", "heading"),
        ("sold-out event", f"/events/{sold_out(guest)}", "heading"),
        ("not found", "/no-such-page", "heading"),
        ("account", "/account", "tab"),
        ("wallet", "/wallet", "heading"),
    ):
        guest.open(path)
        settled(page, name, sign)
        eyes.look(name)
    page.set_viewport_size({"width": 1280, "height": 800})
    guest.open("/account")
    page.get_by_role("tab", name="Sign up").click()
    page.get_by_label("E-mail").fill("ben@frontrow.example")
    eyes.look("sign up")
    assert eyes.found == [], eyes.told


def test_buying(window: OpenWindow, house: House, inbox: Inbox, organiser: Organiser) -> None:
    """Each step of an order, what can go wrong with it, and what becomes of it."""
    buyer = window()
    page = buyer.open_house(house.performance_id)
    eyes = Eyes(page)
    eyes.look("map")
    page.set_viewport_size({"width": 320, "height": 256})
    drawn = page.get_by_test_id("seat-map").bounding_box()
    assert drawn is not None
    assert drawn["height"] >= LEAST_MAP, "no map is left on a page that is magnified four times"
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("tab", name="List").click()
    expect(page.get_by_role("toolbar", name="Row A").first).to_be_visible()
    eyes.look("list")
    eyes.tab_through("list", at_most=24)
    page.get_by_role("tab", name="Map").click()
    page.wait_for_function("window.__frontrow !== undefined")
    buyer.choose(house.neighbours(2))
    eyes.look("chosen")

    buyer.hold()
    page.get_by_role("button", name="Continue to payment").click()
    expect(page.get_by_text("Please enter the name")).to_be_visible()
    buyer.use_code("no-such-code")
    expect(page.get_by_test_id("coupon").get_by_role("alert")).to_be_visible(timeout=PATIENCE_MS)
    eyes.look("details with mistakes")
    page.get_by_role("heading", name="Your details").focus()
    eyes.tab_through("details with mistakes")

    run_out(page)
    expect(buyer.panel.get_by_role("alert")).to_contain_text("ended", timeout=PATIENCE_MS)
    eyes.look("time ran out")

    buyer.hold()
    buyer.give_details("Gus Access", "gus@example.org")
    eyes.look("payment")
    buyer.pay(DECLINED_CARD)
    expect(buyer.panel.get_by_role("alert")).to_contain_text("declined", timeout=PATIENCE_MS)
    eyes.look("card declined")
    page.get_by_role("heading", name="Payment", exact=True).focus()
    eyes.tab_through("payment")
    buyer.pay()
    buyer.arrive_at_order(tickets=2)
    eyes.look("order")
    eyes.tab_through("order")
    page.get_by_role("button", name="Show at the door").click()
    expect(page.get_by_test_id("ticket-screen")).to_be_visible()
    eyes.look("code full screen")
    page.keyboard.press("Escape")
    inbox.wait_for("gus@example.org")
    give_back(buyer, organiser, eyes)
    assert eyes.found == [], eyes.told


def give_back(buyer: Window, organiser: Organiser, eyes: Eyes) -> None:
    """The order whose page is open, refunded in part, then in whole."""
    page = buyer.page
    order = buyer.context.request.get(f"{buyer.origin}/api/orders/{page.url.split('/orders/')[1][:36]}").json()
    for number, line in enumerate(order["lines"], 1):
        organiser.cancel_line(order["id"], line["id"])
        page.reload()
        expect(page.locator('[data-state="void"]')).to_have_count(number, timeout=PATIENCE_MS)
        eyes.look(f"order, {number} of its tickets cancelled")


def test_at_the_door(window: OpenWindow, password: str) -> None:
    staff = window()
    staff.log_in("door@frontrow.example", password)
    eyes = Eyes(staff.page)
    eyes.look("account, inside")
    page = staff.open("/door")
    expect(page.get_by_role("heading", name="Which door?")).to_be_visible()
    eyes.look("which door")
    page.get_by_role("main").get_by_role("listitem").get_by_role("button").first.click()
    page.get_by_label("Ticket code").fill("not-a-ticket")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("Not", timeout=PATIENCE_MS)
    eyes.look("door, refused")
    eyes.tab_through("door")
    assert eyes.found == [], eyes.told


def settled(page: Page, name: str, sign: str) -> None:
    """Until that page stands there, with what it shows."""
    main = page.get_by_role("main")
    expect(main.get_by_role("heading", level=1)).to_have_count(1)
    for role in sign.split(", "):
        expect(main.get_by_role(role).first, name).to_be_attached()  # type: ignore[arg-type]
    expect(main.get_by_role("status", name=re.compile("^Loading"))).to_have_count(0)


def sold_out(guest: Window) -> str:
    """An event without a free seat, by its address."""
    events = guest.context.request.get(f"{guest.origin}/api/events?limit=50").json()["items"]
    return next(str(event["slug"]) for event in events if event["availability"] == "sold_out")


def run_out(page: Page) -> None:
    """The hold ends on the server, as it does when its time is over, and the page looks again."""
    page.evaluate(
        """async () => {
          const { holdId } = Object.values(sessionStorage).map((text) => JSON.parse(text)).find((each) => each?.holdId);
          const token = decodeURIComponent(/fr_csrf=([^;]+)/.exec(document.cookie)[1]);
          const gone = await fetch(`/api/holds/${holdId}`, { method: "DELETE", headers: { "X-CSRF-Token": token } });
          if (!gone.ok) throw new Error(await gone.text());
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
