"""From a wish to an evening: searched with a slip of the finger, narrowed, turned by the month, sent as a link."""

import re
from calendar import month_name

from playwright.sync_api import Locator, Page, expect

from e2e.conftest import OpenWindow
from e2e.house import House


def test_search_and_filters(window: OpenWindow, house: House) -> None:
    """Everything that is asked stands in the address, in words, and can be taken back one by one."""
    guest = window()
    page = guest.open("/")
    title = house.event["title"]
    search = page.get_by_role("searchbox")
    search.fill(slipped(title))
    expect(entries(page)).to_have_count(1)
    expect(entries(page)).to_have_accessible_name(re.compile(title))
    search.fill("")
    expect(page).not_to_have_url(re.compile("q="))
    everything = guest.context.request.get(f"{guest.origin}/api/events?limit=1").json()["total"]
    shows(page, everything)

    # One after another, each narrows; the address says it, and the way back takes the last one off.
    filters = page.get_by_role("complementary", name="Filters")
    shown = [everything]
    for kind, name, asked in (
        ("checkbox", re.compile("^Helsinki"), "city=Helsinki"),
        ("radio", re.compile("^Up to €"), "max_price="),
        ("checkbox", re.compile("^Wheelchair places"), "accessible=true"),
        ("checkbox", re.compile("^talk", re.IGNORECASE), "category=talk"),
    ):
        with page.expect_response(re.compile(f"/api/events\\?.*{asked}")) as answer:
            filters.get_by_role(kind, name=name).first.check()  # type: ignore[arg-type]
        expect(page).to_have_url(re.compile(asked.removeprefix("max_")))
        expect(page.get_by_role("list", name="What you asked for").get_by_role("listitem")).to_have_count(
            len(shown) + (len(shown) > 1)
        )
        shown.append(answer.value.json()["total"])
        shows(page, shown[-1])
    assert shown == sorted(shown, reverse=True)
    assert shown[-1] < shown[0]
    link = page.url

    page.go_back()
    expect(page).not_to_have_url(re.compile("category="))
    shows(page, shown[-2])
    expect(filters.get_by_role("checkbox", name=re.compile("^talk", re.IGNORECASE))).not_to_be_checked()
    expect(filters.get_by_role("checkbox", name=re.compile("^Wheelchair"))).to_be_checked()

    # Sent to somebody else it shows the same.
    friend = window()
    friend.open(link)
    shows(friend.page, shown[-1])
    expect(friend.page.get_by_role("radio", name=re.compile("^Up to €"), checked=True)).to_have_count(1)
    friend.page.get_by_role("button", name="Clear all").click()
    expect(friend.page).not_to_have_url(re.compile(r"\?."))
    shows(friend.page, everything)


def test_a_way_out_of_nothing(window: OpenWindow) -> None:
    """Whoever asks for too much is told which wish to drop, and how much that finds."""
    guest = window()
    page = guest.open("/?q=traviata&city=Lisbon")
    nothing = page.get_by_role("status").filter(has_text="Nothing found for “traviata” in Lisbon")
    expect(nothing).to_be_visible()
    nothing.get_by_role("button", name=re.compile("^In every city: 1 event$")).click()
    expect(entries(page)).to_have_count(1)
    expect(page.get_by_role("searchbox")).to_have_value("traviata")
    page.get_by_role("searchbox").fill("zzzz")
    page.get_by_role("button", name="See the whole programme").click()
    expect(page.get_by_role("searchbox")).to_have_value("")
    expect(entries(page).nth(1)).to_be_visible()


def test_by_the_month_and_by_the_house(window: OpenWindow, house: House) -> None:
    """From a day of the calendar into the house; from an event to who puts it on, and to their other evenings."""
    guest = window()
    page = guest.open("/?view=calendar")
    first = house.event["performances"][0]
    month = page.get_by_role("grid")
    expect(month).to_be_visible()
    while page.get_by_role("gridcell", name=re.compile(": [1-9]")).count() == 0 or not day_of(page, first).count():
        page.get_by_role("button", name=re.compile("^On to ")).first.click()
    day_of(page, first).click()
    evening = page.get_by_role("region", name="Calendar").get_by_role("link", name=re.compile(house.event["title"]))
    expect(evening.first).to_be_visible()
    evening.first.click()
    expect(page).to_have_url(re.compile("/performances/"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(house.event["title"])
    page.go_back()
    expect(day_of(page, first)).to_be_visible()

    guest.open(f"/events/{house.slug}")
    page.get_by_role("link", name=house.event["organiser"]["name"]).first.click()
    expect(page.get_by_role("heading", name=house.event["organiser"]["name"], level=1)).to_be_focused()
    expect(entries(page).filter(has_text=house.event["title"])).to_have_count(1)
    entries(page).filter(has_not_text=house.event["title"]).first.click()
    expect(page).to_have_url(re.compile("/events/"))


def entries(page: Page) -> Locator:
    """The programme's lines, each a link to its event."""
    return page.get_by_role("listitem").get_by_role("link").filter(has=page.get_by_role("heading", level=4))


def shows(page: Page, events: int) -> None:
    """Until the page says that it has so many."""
    told = page.get_by_role("status").filter(has_text=re.compile("shown$"))
    expect(told).to_have_text(re.compile(rf"(^All|of) {events} events? shown$"))


def day_of(page: Page, performance: dict[str, str]) -> Locator:
    """The calendar's button for a performance's day; the demo's evenings begin long before midnight."""
    year, month, day = performance["starts_at"][:10].split("-")
    return page.get_by_role("button", name=re.compile(rf"\b{int(day)} {month_name[int(month)]}( {year})?:"))


def slipped(title: str) -> str:
    """A title as a hurried finger types it: two letters the wrong way round."""
    word = max(title.split(), key=len)
    at = len(word) // 2
    return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
