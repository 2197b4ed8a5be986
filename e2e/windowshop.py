"""Pictures of what is found before anybody buys: the programme's faces, and houses of every kind."""

import re

from playwright.sync_api import expect

from e2e.camera import Camera
from e2e.house import House
from e2e.window import PATIENCE_MS, Window

SOLD_OUT = "all-but-the-hat"
HALLS = {
    "stadium": "nordvallen-skeppsholmen",
    "standing": "undercurrent",
    "tables": "the-long-table",
    "tent": "circus-kuu",
}


def browse(window: Window, camera: Camera, house: House) -> None:
    """The programme whole, filtered, by month and by organiser; an event, and one that is sold out."""
    page = window.open("/")
    expect(page.get_by_role("link", name=re.compile(house.event["title"])).first).to_be_visible()
    camera.shoot("programme")
    page.get_by_role("region", name="Programme").get_by_role("link").nth(4).scroll_into_view_if_needed()
    camera.shoot("programme-further")
    window.open("/?q=zzzz")
    expect(page.get_by_text("Nothing found")).to_be_visible()
    camera.shoot("programme-nothing")
    window.open("/?category=concert&accessible=true")
    expect(page.get_by_role("region", name="Programme").get_by_role("link").first).to_be_visible()
    if window.device.finger:
        window.act(page.get_by_role("button", name=re.compile("^Filter")))
        expect(page.get_by_role("dialog").get_by_role("checkbox").first).to_be_visible()
    camera.shoot("programme-filters")
    window.open("/?view=calendar")
    expect(page.get_by_role("grid")).to_be_visible()
    camera.shoot("calendar")
    window.open(f"/organisers/{house.event['organiser']['slug']}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    camera.shoot("organiser")
    window.open(f"/events/{SOLD_OUT}")
    expect(page.get_by_text(re.compile("Sold out")).first).to_be_visible()
    camera.shoot("event-sold-out")
    window.open(f"/events/{house.slug}")
    expect(page.get_by_role("link", name=re.compile("Choose seats")).first).to_be_visible()
    camera.shoot("event")


def houses(window: Window, camera: Camera) -> None:
    """A map of each kind, whole."""
    for name, slug in HALLS.items():
        house = House(window.origin, slug)
        window.open_house(house.performance_id)
        camera.shoot(f"seats-{name}")
        house.close()
    house = House(window.origin, SOLD_OUT)
    page = window.open(f"/performances/{house.performance_id}")
    expect(page.get_by_role("list", name="Prices")).to_contain_text(re.compile("sold out", re.I), timeout=PATIENCE_MS)
    camera.shoot("seats-sold-out")
    house.close()
