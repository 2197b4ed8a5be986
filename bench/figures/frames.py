"""The map of 50,000 seats in Chromium, panned and zoomed while seats change for everybody: frames, and their work."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from e2e.browser import DESKTOP, NoChromiumError, chromium
from playwright.sync_api import Browser, CDPSession, Page, expect

from bench.rows import Row, row
from bench.stage import HALL_SEATS, ROOT, Stage, say
from frontrow.core.db import Tx
from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.demo.halls.stadium import football
from frontrow.seats import actions

SECONDS = 4
RATES = (0, 100, 500)
PARTY = 10
"""Seats a hold: the most that a buyer may have."""
FIRST_WITHIN_MS = 60_000
STATES_TARGET_MS = 150
TARGET = 45
"""Frames a second, with nothing but the processor to paint them."""

MOVE = """([ms, how]) => new Promise((done) => {
  const box = document.querySelector('[data-testid="seat-map"]') ?? document.body;
  const { left, top, width, height } = box.getBoundingClientRect();
  const [x, y] = [left + width / 2, top + height / 2];
  // No browser knows this pointer: there is nothing to capture.
  box.setPointerCapture = () => undefined;
  const press = (type, dx, dy) => box.dispatchEvent(new PointerEvent(type, {
    bubbles: true, pointerId: 77, pointerType: "mouse", button: 0, buttons: 1, clientX: x + dx, clientY: y + dy,
  }));
  const wheel = (deltaY) => box.dispatchEvent(new WheelEvent("wheel", {
    bubbles: true, cancelable: true, deltaY, clientX: x + width / 9, clientY: y,
  }));
  let frames = 0, longest = 0;
  const began = performance.now();
  let last = began;
  if (how === "pan") press("pointerdown", 0, 0);
  const turn = (now) => {
    frames += 1;
    longest = Math.max(longest, now - last);
    last = now;
    const t = (now - began) / 1000;
    if (how === "pan") press("pointermove", Math.sin(t * 2.2) * width * 0.35, Math.sin(t * 3.1) * height * 0.35);
    if (how === "zoom") wheel(Math.sin(t * 2.5) > 0 ? -30 : 30);
    if (now - began < ms) return requestAnimationFrame(turn);
    if (how === "pan") press("pointercancel", 0, 0);
    done({ perSecond: (1000 * frames) / (now - began), longest });
  };
  requestAnimationFrame(turn);
})"""
PAINTED = "() => window.__frontrow?.frames?.().firstPaintMs != null ? performance.now() : false"


def measure(stage: Stage) -> list[Row]:
    """Against the frames of an empty page in the same browser. Without Chromium, or pages, it's left out."""
    if not (ROOT / "web" / "dist" / "index.html").exists():
        say("frames: left out: the pages aren't built (`make run` builds them)")
        return []
    stage.free_held_seats()
    stage.with_runtime(lambda rt: _draw(rt, stage))
    rows = []
    try:
        with chromium() as browser:
            page, tools = _open(browser)
            empty = page.evaluate(MOVE, [SECONDS * 1000, "still"])
            say(f"frames: empty page: {_said(empty)}")
            page.goto(f"{stage.stack.origin}/performances/{stage.performance}")
            first = float(page.wait_for_function(PAINTED, timeout=FIRST_WITHIN_MS).json_value())
            states = float(page.evaluate("() => window.__frontrow.frames().statesPaintMs"))
            say(f"frames: the whole map after {first:.0f} ms, {states:.0f} ms after it knew the seats' states")
            rows.append(row("frames.first_paint", first, "ms"))
            rows.append(row("frames.states_paint", states, "ms", target=STATES_TARGET_MS))
            for rate in RATES:
                with _changes(stage, rate):
                    rows += _moved(page, tools, rate, empty["perSecond"])
    except NoChromiumError as missing:
        say(f"frames: left out: {missing}")
    stage.free_held_seats()
    return rows


async def _draw(rt: Runtime, stage: Stage) -> None:
    """The hall's places are those of a stadium now, which has as many; the factory's hall is only good for counting."""
    layout = msgspec.json.encode(football()).decode()

    async def put(tx: Tx) -> None:
        await tx.sql(
            "UPDATE seat_map SET layout = CAST(:layout AS jsonb) WHERE id = :id",
            layout=layout,
            id=stage.house.seat_map_id,
        )

    await rt.db.write(put)


def _open(browser: Browser) -> tuple[Page, CDPSession]:
    """One pixel of the screen for each of the page's: a processor has to paint them all. With motion, and fades."""
    size = {"width": DESKTOP.width, "height": DESKTOP.height}
    context = browser.new_context(
        viewport=size,  # type: ignore[arg-type]
        device_scale_factor=1,
        reduced_motion="no-preference",
    )
    page = context.new_page()
    tools = context.new_cdp_session(page)
    # The processor's time, not the clock's: whoever shares the machine takes frames, not work.
    tools.send("Performance.enable", {"timeDomain": "threadTicks"})
    return page, tools


def _moved(page: Page, tools: CDPSession, rate: int, empty: float) -> list[Row]:
    """Frames while the whole hall is zoomed in and out, and while a closer view is dragged about."""
    rows = []
    for how in ("zoom", "pan"):
        whole = page.get_by_role("button", name="Show the whole house")
        if whole.is_enabled():
            whole.click()
        expect(whole).to_be_disabled()
        if how == "pan":
            page.get_by_role("button", name="Zoom in").click()
            expect(whole).to_be_enabled()
        busy, painted = _main_thread_ms(tools), _painted(page)
        seen = page.evaluate(MOVE, [SECONDS * 1000, how])
        work = (_main_thread_ms(tools) - busy) / max(1, _painted(page) - painted)
        say(f"frames: {how} at {rate} seats a second: {_said(seen)}, {work:.1f} ms of the main thread each")
        name = f"frames.{how}_at_{rate}"
        rows.append(row(name, seen["perSecond"], "/s", against="an empty page", reference=empty, target=TARGET))
        rows.append(row(f"{name}_work", work, "ms"))
    return rows


def _main_thread_ms(tools: CDPSession) -> float:
    """The processor's time that the page's main thread has taken so far."""
    metrics = tools.send("Performance.getMetrics")["metrics"]
    return next(1000 * float(metric["value"]) for metric in metrics if metric["name"] == "TaskDuration")


def _painted(page: Page) -> int:
    return int(page.evaluate("() => window.__frontrow.frames().paintCount"))


def _said(seen: Any) -> str:
    return f"{seen['perSecond']:.0f} frames a second, the longest {seen['longest']:.0f} ms"


@contextmanager
def _changes(stage: Stage, rate: int) -> Iterator[None]:
    """So many seats a second change, by buyers who hold ten and let them go, all over the house."""
    closing = threading.Event()
    changing = threading.Thread(target=stage.with_runtime, args=(lambda rt: _change(rt, stage, rate, closing),))
    changing.start()
    try:
        yield
    finally:
        closing.set()
        changing.join()


async def _change(rt: Runtime, stage: Stage, rate: int, closing: threading.Event) -> None:
    performance = stage.house.performance_id
    loop = asyncio.get_running_loop()
    number, next_at = 0, loop.time()
    while rate and not closing.is_set():
        # Two changes a seat: held, and free again.
        next_at += 2 * PARTY / rate
        first = number * 997 * PARTY % (HALL_SEATS - PARTY) + 1
        number += 1
        buyer, seats = new_id(), list(range(first, first + PARTY))
        held = await actions.hold_seats(rt.db, rt.settings.till, performance, buyer, seats, "bench")
        assert isinstance(held, actions.Held)
        rt.broadcast.seats_changed(performance, held.changes)
        hold_id = held.hold_id
        await asyncio.sleep(max(0.0, next_at - loop.time()) / 2)
        await rt.db.write(lambda tx, h=hold_id, b=buyer: actions.release_hold(tx, h, b))  # type: ignore[misc]
        await asyncio.sleep(max(0.0, next_at - loop.time()))
    await rt.broadcast.flush()
