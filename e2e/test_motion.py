"""Whoever asks for less motion gets none: the page, its busy buttons, and the drawn map stand still."""

import pytest
from playwright.sync_api import Route, expect

from e2e.conftest import OpenWindow
from e2e.eyes import moving
from e2e.house import House

_WATCH = """() => {
  window.__scales = new Promise((done) => {
    const { scale } = window.__frontrow.view();
    const seen = [scale];
    let calm = 0;
    const look = () => {
      const now = window.__frontrow.view().scale;
      calm = now === seen.at(-1) ? calm + 1 : 0;
      if (calm === 0) seen.push(now);
      if (seen.length > 1 && calm > 12) done(seen.length - 1); else requestAnimationFrame(look);
    };
    look();
  });
}"""
"""Counts how often the map's scale changes from picture to picture, until it has stayed as it is for a while."""


@pytest.mark.parametrize("wish", ["reduce", "no-preference"])
def test_the_map_jumps_or_flies(window: OpenWindow, house: House, wish: str) -> None:
    """A zoom is one step for whoever wants less motion, and a flight for the others."""
    buyer = window()
    buyer.page.emulate_media(reduced_motion=wish)  # type: ignore[arg-type]
    page = buyer.open_house(house.performance_id)
    page.evaluate(_WATCH)
    page.get_by_role("button", name="Zoom in").click()
    steps = page.evaluate("window.__scales")
    assert (steps == 1) == (wish == "reduce"), f"{steps} steps"


def test_a_busy_button_stands_still(window: OpenWindow, house: House) -> None:
    """While an answer is on its way, what shows that is still, too."""
    buyer = window()
    page = buyer.open_house(house.performance_id)
    buyer.choose(house.neighbours(1))
    waiting: list[Route] = []

    def keep(route: Route) -> None:
        waiting.append(route)

    page.route("**/holds", keep)
    page.get_by_role("button", name="Hold this seat").click()
    expect(page.get_by_role("button", name="Hold this seat")).to_have_attribute("aria-busy", "true")
    assert moving(page) == []
    page.emulate_media(reduced_motion="no-preference")
    assert moving(page) != []
    page.emulate_media(reduced_motion="reduce")
    for route in waiting:
        route.abort()
