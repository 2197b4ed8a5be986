"""How many SQL statements a hold and a purchase take, counted by PostgreSQL itself, and which they are."""

import asyncio
import json
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

from bench.browser import Browser, confirm
from bench.rows import Row, median, row
from bench.stage import Stage, say
from bench.wire import Connection

T = TypeVar("T")
Calls = dict[str, int]

IDLE_S = 5.0
STILL_S = 1.0
STILL_WITHIN_S = 30.0
WIDTH = 96
BRACKETS = ("BEGIN", "COMMIT", "ROLLBACK")

COUNTS = """SELECT json_build_object('q', query, 'n', calls) FROM pg_stat_statements s
              JOIN pg_roles r ON r.oid = s.userid JOIN pg_database d ON d.oid = s.dbid
             WHERE r.rolname = 'frontrow' AND d.datname = 'frontrow' AND s.toplevel"""


@dataclass
class Counter:
    """Statements of the application's role, without those that timers and the relay's polling ask anyway."""

    stage: Stage
    idle: frozenset[str] = frozenset()

    def calls(self) -> Calls:
        found: Calls = {}
        for line in self.stage.sql(COUNTS):
            entry = json.loads(line)
            text = " ".join(entry["q"].split())
            # A deferred constraint's own question counts as top level; nobody sent it.
            if text not in self.idle and not text.startswith("("):
                found[text] = found.get(text, 0) + entry["n"]
        return found

    def learn_idle(self) -> None:
        self.stage.settle_down()
        self.stage.sql("SELECT pg_stat_statements_reset()")
        time.sleep(IDLE_S)
        self.idle = frozenset(text for text in self.calls() if text not in BRACKETS)

    def until_still(self) -> Calls:
        """The counts once nothing but idling was asked for a while: what a step causes later counts as its own."""
        known, since = self._asked(), time.monotonic()
        ends = since + STILL_WITHIN_S
        while time.monotonic() - since < STILL_S:
            if time.monotonic() > ends:
                raise TimeoutError(f"the database isn't still within {STILL_WITHIN_S:.0f} s")
            time.sleep(0.1)
            now = self._asked()
            if now != known:
                known, since = now, time.monotonic()
        return known

    def _asked(self) -> Calls:
        return {text: count for text, count in self.calls().items() if text not in BRACKETS}


def measure(stage: Stage) -> list[Row]:
    """Three purchases, step by step; the median of each step."""
    counter = Counter(stage)
    stage.free_held_seats()
    first = stage.take_seats(10)
    counter.learn_idle()
    # What only a process's first purchase asks isn't a purchase's cost.
    asyncio.run(_purchases(stage, counter, [first]))
    seen = asyncio.run(_purchases(stage, counter, [first + 2, first + 4, first + 6]))
    steps = {step: median(sum(one[step].values()) for one in seen) for step in seen[0]}
    for step, calls in seen[-1].items():
        say(f"statements: {step}: {steps[step]:.0f}")
        for text, count in calls.items():
            say(f"    {count} × {text if len(text) <= WIDTH else text[: WIDTH - 1] + '…'}")
    stage.audit()
    return [
        row("statements.hold", steps["hold"], "statements", target=1),
        row("statements.purchase", sum(steps.values()), "statements"),
    ]


async def _purchases(stage: Stage, counter: Counter, seats: list[int]) -> list[dict[str, Calls]]:
    return [await _purchase(stage, counter, seat) for seat in seats]


async def _purchase(stage: Stage, counter: Counter, seat: int) -> dict[str, Calls]:
    taken: dict[str, Calls] = {}
    before = counter.until_still()

    async def step(name: str, act: Awaitable[T]) -> T:
        nonlocal before
        result = await act
        now = counter.until_still()
        grown = {text: count - before.get(text, 0) for text, count in now.items()}
        taken[name] = {text: count for text, count in grown.items() if count > 0}
        before = now
        return result

    browser = await step("me", Browser.open(stage.stack.origin))
    stripe = await Connection.open(stage.stack.stripe_url)
    hold = (await step("hold", browser.hold(stage.performance, [seat, seat + 1]))).json()
    begun = await step("checkout", browser.check_out(hold["id"]))
    order = begun["order"]

    async def pay() -> None:
        await confirm(stripe, begun["payment"])
        await browser.check(order["id"])

    # One step, because Stripe's news arrive while the buyer's own check is under way.
    await step("confirm, check, and what follows", pay())
    ended = await browser.get(f"/api/orders/{order['id']}")
    if ended["state"] != "paid":
        raise RuntimeError(f"the purchase ended as {ended['state']}")
    browser.close()
    stripe.close()
    return taken
