"""Two people, one seat: one gets it, the other is told so in words and keeps the rest."""

import re

from playwright.sync_api import Route, expect

from e2e.conftest import OpenWindow
from e2e.house import House
from e2e.window import PATIENCE_MS


def test_the_loser_keeps_the_rest(window: OpenWindow, house: House) -> None:
    """The loser presses "Hold" before the news arrive: the live channel is kept away, so the server must say no."""
    first, second, third = house.neighbours(3)
    winner, loser = window(), window()
    loser.context.route_web_socket(re.compile("/ws/"), lambda _socket: None)
    for each in (winner, loser):
        each.open_house(house.performance_id)
    loser.choose([first, second, third])
    winner.choose([second])
    winner.hold()

    loser.act(loser.page.get_by_role("button", name="Hold these seats"))
    refusal = loser.panel.get_by_role("alert")
    expect(refusal).to_contain_text("just taken", timeout=PATIENCE_MS)
    expect(refusal).to_contain_text(f"row {second.row}, seat {second.label}")
    expect(refusal).to_contain_text("still chosen")
    kept = loser.panel.get_by_role("list", name="Your seats")
    expect(kept).to_contain_text(first.words)
    expect(kept).to_contain_text(third.words)
    expect(kept.get_by_role("listitem")).to_have_count(2)
    loser.hold()


def test_the_news_overtake_the_hand(window: OpenWindow, house: House) -> None:
    """With the live channel the loser is told before pressing anything."""
    seats = house.neighbours(2)
    winner, loser = window(), window()
    for each in (winner, loser):
        each.open_house(house.performance_id)
    loser.choose(seats)
    winner.choose(seats[:1])
    winner.hold()
    expect(loser.panel.get_by_role("alert")).to_contain_text("just taken", timeout=PATIENCE_MS)
    expect(loser.panel.get_by_role("list", name="Your seats").get_by_role("listitem")).to_have_count(1)


def test_a_lost_answer_is_asked_for_again(window: OpenWindow, house: House) -> None:
    """The hold is made, its answer is lost: the same button finds the same hold, not "taken"."""
    seats = house.neighbours(2)
    buyer = window()
    buyer.open_house(house.performance_id)
    buyer.choose(seats)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    buyer.page.route("**/holds", lose, times=1)
    buyer.act(buyer.page.get_by_role("button", name="Hold these seats"))
    expect(buyer.panel).to_contain_text(re.compile("Your details|connection was lost"), timeout=PATIENCE_MS)
    again = buyer.page.get_by_role("button", name="Hold these seats")
    if again.is_visible():
        again.click()
    expect(buyer.panel).to_contain_text("Your details", timeout=PATIENCE_MS)
    assert buyer.panel.get_by_role("alert").count() == 0
