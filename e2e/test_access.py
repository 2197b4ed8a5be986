"""axe-core on every page, light and dark: no serious and no critical finding."""

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from e2e.browser import Scheme
from e2e.conftest import OpenWindow
from e2e.house import House
from e2e.letters import Inbox

GRAVE = {"serious", "critical"}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def findings(page: Page) -> list[str]:
    """The grave ones, each with what it says about the first element."""
    result = Axe().run(page, options=RULES).response
    return [
        f"{page.url}: {found['id']} ({found['impact']}): {found['nodes'][0]['failureSummary']}"
        for found in result["violations"]
        if found["impact"] in GRAVE
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page(window: OpenWindow, house: House, inbox: Inbox, password: str, scheme: Scheme) -> None:
    buyer = window(scheme=scheme)
    page = buyer.open("/")
    expect(page.get_by_role("link", name="La traviata").first).to_be_visible()
    found = findings(page)

    buyer.open(f"/events/{house.slug}")
    expect(page.get_by_role("heading", name="Dates", exact=True)).to_be_visible()
    found += findings(page)

    buyer.open_house(house.performance_id)
    found += findings(page)
    page.get_by_role("tab", name="List").click()
    expect(page.get_by_role("group", name="Row A").first).to_be_visible()
    found += findings(page)
    page.get_by_role("tab", name="Map").click()
    page.wait_for_function("window.__frontrow !== undefined")
    buyer.choose(house.neighbours(2))
    found += findings(page)
    buyer.hold()
    page.get_by_role("button", name="Continue to payment").click()
    expect(page.get_by_text("Please enter the name")).to_be_visible()
    found += findings(page)
    email = f"gus-{scheme}@example.org"
    buyer.give_details("Gus Access", email)
    found += findings(page)
    buyer.pay()
    buyer.arrive_at_order(tickets=2)
    found += findings(page)
    inbox.wait_for(email)

    for path in ("/account", "/wallet", "/no-such-page"):
        buyer.open(path)
        expect(page.locator("main h1")).to_have_count(1)
        found += findings(page)
    buyer.log_in("door@frontrow.example", password)
    found += findings(page)
    buyer.open("/door")
    expect(page.get_by_role("heading", name="Which door?")).to_be_visible()
    found += findings(page)
    page.get_by_role("button", name="La traviata").first.click()
    expect(page.get_by_label("Ticket code")).to_be_visible()
    found += findings(page)
    assert found == []
