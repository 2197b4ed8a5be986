"""The map under a hand: a seat left alone, the little map, a double tap, a flick, and the list's filters."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from e2e.conftest import OpenWindow
from e2e.house import House, Seat


def test_a_seat_left_alone(window: OpenWindow, house: House) -> None:
    """Whoever would leave one seat alone is told before holding, and moves with one click."""
    row = free_row(house)
    buyer = window()
    page = buyer.open_house(house.performance_id)
    hint = page.get_by_test_id("alone-hint")
    buyer.choose(row[:2])
    expect(hint).to_be_hidden()
    buyer.press(row[0])
    buyer.choose(row[2:3])
    expect(hint).to_contain_text(f"seat {row[0].label} would be left alone")
    hint.get_by_role("button", name=re.compile("^Take .* instead")).click()
    expect(hint).to_be_hidden()
    chosen = buyer.panel.get_by_role("list", name="Your seats").get_by_role("listitem")
    expect(chosen).to_have_count(2)
    for seat in row[:2]:
        expect(buyer.panel.get_by_role("list", name="Your seats")).to_contain_text(seat.words)


def test_the_drawn_house_recolours_live(window: OpenWindow, house: House) -> None:
    """Seen in the picture itself, at the zoom that shows the whole house: what somebody else holds is hollow."""
    seat = free_row(house)[5]
    onlooker, buyer = window(), window()
    onlooker.open_house(house.performance_id)
    buyer.open_house(house.performance_id)
    free, paper = pixel(onlooker.page, seat), pixel(onlooker.page, seat, aside=12)
    assert free != paper
    buyer.choose([seat])
    buyer.hold()
    onlooker.page.wait_for_function(f"([free, ...at]) => ({_PIXEL})(at) !== free", arg=[free, seat.number, 0])
    buyer.page.get_by_role("button", name=re.compile("^(Change seats|Give)")).first.click()
    onlooker.page.wait_for_function(f"([free, ...at]) => ({_PIXEL})(at) === free", arg=[free, seat.number, 0])


def test_the_little_map_is_dragged(window: OpenWindow, house: House) -> None:
    page = window().open_house(house.performance_id)
    little, frame = page.get_by_test_id("minimap"), page.get_by_test_id("minimap-frame")
    expect(little).to_be_hidden()
    for _ in range(3):
        page.get_by_role("button", name="Zoom in").click()
    expect(little).to_be_visible()
    box = little.bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    before, framed = view(page), left_of(frame)
    page.mouse.move(middle[0] - 30, middle[1], steps=4)
    expect(frame).to_be_visible()
    moved, frame_moved = view(page), left_of(frame)
    # Further than its own edge: the drag goes on, the map stays in the house.
    page.mouse.move(middle[0] - 400, middle[1], steps=4)
    page.mouse.up()
    assert moved["x"] > before["x"] + 50
    assert frame_moved < framed - 15
    assert view(page)["x"] > moved["x"]
    assert view(page)["scale"] == before["scale"]


def test_a_double_tap_comes_closer(window: OpenWindow, house: House) -> None:
    seat = free_row(house)[4]
    buyer = window()
    page = buyer.open_house(house.performance_id)
    page.get_by_role("button", name="Zoom in").click()
    point, before = seat_at(page, seat), view(page)["pitch"]
    page.mouse.dblclick(point["x"], point["y"])
    assert 1.9 < view(page)["pitch"] / before < 2.1
    assert abs(seat_at(page, seat)["x"] - point["x"]) < 2, "the seat under the finger stays there"
    expect(buyer.panel.get_by_role("list", name="Your seats")).to_be_hidden()

    page.keyboard.down("Shift")
    page.mouse.dblclick(point["x"], point["y"])
    page.keyboard.up("Shift")
    assert 0.95 < view(page)["pitch"] / before < 1.05


def test_a_flick_goes_on_unless_less_motion_is_asked_for(window: OpenWindow, house: House) -> None:
    page = window().open_house(house.performance_id)
    for _ in range(4):
        page.get_by_role("button", name="Zoom in").click()
    left_at = flick(page)
    assert view(page)["x"] == left_at

    page.emulate_media(reduced_motion="no-preference")
    left_at = flick(page)
    page.wait_for_function("(x) => window.__frontrow.view().x < x - 20", arg=left_at)


def test_the_list_shows_what_is_looked_for(window: OpenWindow, house: House) -> None:
    page = window().open_house(house.performance_id)
    page.get_by_role("tab", name="List").click()
    seats = page.get_by_role("toolbar", name=re.compile("^Row ")).get_by_role("button")
    expect(seats.first).to_be_visible()
    page.get_by_label("Accessible places only").check()
    expect(seats.filter(has_not_text=re.compile("x^")).first).to_be_visible()
    names = [str(name) for name in seats.evaluate_all("all => all.map((each) => each.getAttribute('aria-label'))")]
    assert names
    assert [name for name in names if "wheelchair place" not in name and "companion seat" not in name] == []

    page.get_by_label("Accessible places only").uncheck()
    page.get_by_label("Free seats only").check()
    expect(page.locator(".list-seat:disabled")).to_have_count(0)
    expect(seats.first).to_be_enabled()
    page.get_by_role("list", name="Prices").get_by_role("button").first.click()
    expect(page.get_by_role("toolbar", name=re.compile("^Row ")).first).to_contain_text("A ·")


_PIXEL = """([seat, aside]) => {
  const canvas = document.querySelector('[data-testid="seat-map"] canvas'), corner = canvas.getBoundingClientRect();
  const at = window.__frontrow.seatAt(seat), dense = canvas.width / corner.width;
  const x = (at.x - corner.left) * dense, y = (at.y - corner.top + aside) * dense;
  return [...canvas.getContext("2d").getImageData(Math.round(x), Math.round(y), 1, 1).data].join();
}"""


def pixel(page: Page, seat: Seat, aside: int = 0) -> str:
    """The colour in the middle of a seat, or so many px below it, as the map has painted it."""
    return str(page.evaluate(f"(at) => ({_PIXEL})(at)", [seat.number, aside]))


def free_row(house: House) -> list[Seat]:
    """A row of the stalls that is wholly free, its seats side by side."""
    states = house.states()
    for row in house.rows:
        together = len({seat.section for seat in row}) == 1 and len(row) >= 8
        if together and all(states[seat.number - 1] == "f" for seat in row):
            return row
    raise LookupError("no row is wholly free any more")


def view(page: Page) -> dict[str, float]:
    """Where the map looks, once it has come to rest."""
    seen: dict[str, float] = page.evaluate(
        "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))).then(() => __frontrow.view())"
    )
    return seen


def seat_at(page: Page, seat: Seat) -> dict[str, float]:
    point: dict[str, float] = page.evaluate("(seat) => window.__frontrow.seatAt(seat)", seat.number)
    return point


def left_of(thing: Any) -> float:
    return float(thing.bounding_box()["x"])


def flick(page: Page) -> float:
    """Drags the map to the left and lets go while the hand still moves. Returns where it was let go.

    Played in the page: a slow machine would hold still between two moves, and no hand does that in a flick.
    """
    return float(
        page.evaluate(
            """() => {
              const box = document.querySelector('[data-testid="seat-map"]');
              const { left, top, width, height } = box.getBoundingClientRect();
              box.setPointerCapture = () => undefined;
              const send = (type, x, at) => {
                const event = new PointerEvent(type, {
                  bubbles: true, pointerId: 7, pointerType: "touch", buttons: 1,
                  clientX: left + width / 2 + x, clientY: top + height / 2,
                });
                Object.defineProperty(event, "timeStamp", { value: at });
                box.dispatchEvent(event);
              };
              const now = performance.now();
              send("pointerdown", 0, now - 50);
              for (let n = 1; n <= 5; n += 1) send("pointermove", -n * 16, now - 50 + n * 10);
              send("pointerup", -80, now);
              delete box.setPointerCapture;
              return window.__frontrow.view().x;
            }"""
        )
    )
