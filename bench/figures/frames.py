"""The map of 50,000 seats in Chromium: its first picture, and frames a second while seats change for everybody."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from e2e.browser import NoChromiumError, chromium, new_context

from bench.rows import Row, row
from bench.stage import HALL_SEATS, ROOT, Stage, say
from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.seats import actions

SECONDS = 5
RATES = (0, 100, 500)
PARTY = 10
"""Seats a hold: the most that a buyer may have."""
FIRST_WITHIN_MS = 60_000

COUNT = """(ms) => new Promise((done) => {
  let frames = 0, longest = 0;
  const began = performance.now();
  let last = began;
  const turn = (now) => {
    frames += 1;
    longest = Math.max(longest, now - last);
    last = now;
    if (now - began < ms) requestAnimationFrame(turn);
    else done({ perSecond: (1000 * frames) / (now - began), longest });
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
    rows = []
    try:
        with chromium() as browser:
            page = new_context(browser).new_page()
            page.goto("about:blank")
            empty = page.evaluate(COUNT, SECONDS * 1000)
            say(f"frames: empty page: {_said(empty)}")
            page.goto(f"{stage.stack.origin}/performances/{stage.performance}")
            first = float(page.wait_for_function(PAINTED, timeout=FIRST_WITHIN_MS).json_value())
            drawn = page.evaluate("() => window.__frontrow.frames().firstPaintMs")
            say(f"frames: the whole map after {first:.0f} ms, {drawn:.0f} ms of them from the map's making")
            rows.append(row("frames.first_paint", first, "ms"))
            for rate in RATES:
                with _changes(stage, rate):
                    before = page.evaluate("() => window.__frontrow.frames().paintCount")
                    seen = page.evaluate(COUNT, SECONDS * 1000)
                    painted = page.evaluate("() => window.__frontrow.frames().paintCount") - before
                say(f"frames: {rate} seats a second: {_said(seen)}; the map painted {painted} times")
                against, reference = "an empty page", empty["perSecond"]
                rows += [
                    row(f"frames.at_{rate}", seen["perSecond"], "/s", against=against, reference=reference),
                    row(
                        f"frames.at_{rate}_longest", seen["longest"], "ms", against=against, reference=empty["longest"]
                    ),
                ]
    except NoChromiumError as missing:
        say(f"frames: left out: {missing}")
    stage.free_held_seats()
    return rows


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
