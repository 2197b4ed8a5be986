"""The organiser cancels an evening while people look at it: whoever has its map open is told at once, in words."""

import re
import secrets
from typing import Any

import pytest
from playwright.sync_api import expect

from e2e.browser import PHONE
from e2e.conftest import OpenWindow
from e2e.house import House
from e2e.organiser import ORGANISER, Organiser
from e2e.stage import Stage
from e2e.window import PATIENCE_MS

EVENT = "letters-never-sent"
"""In the studio of the demo; no other test sells its last evening."""


@pytest.fixture
def evening(stack: Stage) -> House:
    return House(stack.origin, EVENT, -1)


def call_off(organiser: Organiser, house: House) -> None:
    path = f"/api/organisers/{ORGANISER}/performances/{house.performance_id}/cancellation"
    wish: dict[str, Any] = {"message": "The leading lady has lost her voice."}
    answer = organiser._api.post(path, json=wish, headers={"Idempotency-Key": secrets.token_hex(16)})
    assert answer.status_code == 202, answer.text


def test_whoever_has_the_map_open_is_told(window: OpenWindow, evening: House, organiser: Organiser) -> None:
    holder, looker = window(PHONE), window()
    holder.open_house(evening.performance_id)
    holder.act(holder.page.get_by_role("button", name=re.compile("^Let us choose")))
    holder.hold_best(2)
    looker.open_house(evening.performance_id)
    call_off(organiser, evening)

    for each in (holder, looker):
        closed = each.page.get_by_role("status").filter(has_text="This evening was cancelled")
        expect(closed).to_be_visible(timeout=PATIENCE_MS)
    told = holder.panel.get_by_role("alert")
    expect(told).to_contain_text("Your seats are not held any more, and nothing was charged.")
    expect(looker.panel.get_by_role("alert")).to_have_count(0)
    expect(looker.page.get_by_role("button", name=re.compile("^Hold (this|these)"))).to_be_disabled()

    holder.act(told.get_by_role("link", name="See other dates"))
    date = holder.page.get_by_role("listitem").filter(has_text="Cancelled")
    expect(date).to_have_count(1, timeout=PATIENCE_MS)
    expect(date.get_by_role("link")).to_have_count(0)
