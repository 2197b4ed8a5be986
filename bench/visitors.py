"""A stated load on a stage of one's own: visitors that look, choose two seats, hold them and let them go again.

    make load URL=https://staging.example.org BUYERS=200 FOR=120 RAMP=30 CONFIRM=staging.example.org

Only a host that was named twice is loaded: a load on somebody else's machine is an attack. Nobody pays: that would be a
load on the payment provider. Each visitor has a connection of their own, and all of them come from one
address, so the firewall's limit for an address has to be lifted for it beforehand (docs/deploy.md).
"""

import argparse
import asyncio
import contextlib
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any
from urllib.parse import urlsplit

import msgspec
import uvloop

from bench.wire import Answer, Connection

HERE = {"127.0.0.1", "localhost"}
AS_PAGES = b"Accept: application/json\r\n"
STEPS = ("me", "list", "event", "seats", "hold", "release")


class NotConfirmedError(RuntimeError):
    """The host wasn't named a second time."""


class TimeIsOverError(Exception):
    """The load ends between two steps, which is nobody's failure."""


@dataclass(frozen=True)
class Load:
    """All ``buyers`` are there after ``ramp_s``; each pauses ``pause_s`` between steps; all go after ``seconds``."""

    url: str
    buyers: int = 50
    seconds: float = 60.0
    ramp_s: float = 20.0
    pause_s: float = 1.0


@dataclass
class Seen:
    """What the answers were. ``ms`` by step; ``refused`` by step and what the app said: ``hold 409 seats_taken``."""

    ms: dict[str, list[float]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def lines(self) -> list[str]:
        """A table: how often a second, how long, what was refused."""
        found = [f"{'step':10} {'done':>8} {'a second':>9} {'median ms':>10} {'95 % ms':>9} {'slowest':>9}"]
        for step in STEPS:
            times = sorted(self.ms.get(step, []))
            if times:
                cuts = quantiles(times, n=20) if len(times) > 1 else times * 19
                rate = len(times) / self.seconds
                found.append(
                    f"{step:10} {len(times):>8} {rate:>9.1f} {cuts[9]:>10.1f} {cuts[18]:>9.1f} {times[-1]:>9.1f}"
                )
        for title, counted in (("refused", self.refused), ("connections lost", self.broken)):
            total = sum(counted.values())
            found.append(f"{title}: {total}" + "".join(f"\n  {n:>6}  {what}" for what, n in counted.most_common()))
        return found


def require_confirmed(url: str, confirmed: str | None) -> None:
    """Raises NotConfirmedError unless the host is this machine, or was named as one's own."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise NotConfirmedError(f"{url} is no address of a site")
    if parts.hostname not in HERE and confirmed != parts.hostname:
        raise NotConfirmedError(
            f"{parts.hostname} gets a load only when you say that it is yours: --confirm {parts.hostname}"
        )


class Visitor:
    """One person's way, again and again. Every answer is counted, and refusals are answers."""

    def __init__(self, load: Load, seen: Seen, ends: float) -> None:
        self._load, self._seen, self._ends = load, seen, ends
        self._headers = AS_PAGES
        self._asked = 0
        self._name = f"{random.getrandbits(48):012x}"
        self._connection: Connection | None = None

    async def stay(self, after_s: float) -> None:
        """From ``after_s`` seconds on until the end. A lost connection is opened anew."""
        await asyncio.sleep(after_s)
        while time.perf_counter() < self._ends:
            try:
                async with self.connected():
                    while time.perf_counter() < self._ends:
                        await self._look_and_hold()
            except TimeIsOverError:
                return
            except (OSError, TimeoutError, ValueError, msgspec.DecodeError) as error:
                # ValueError: an answer that isn't HTTP as we speak it, from something between the app and us.
                self._seen.broken[type(error).__name__] += 1
                await asyncio.sleep(self._load.pause_s)

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """On a connection of their own, and known to the app. Raises OSError."""
        self._connection = await Connection.open(self._load.url)
        self._headers = AS_PAGES
        try:
            await self._come()
            yield
        finally:
            self._connection.close()

    async def _come(self) -> None:
        answer = await self.ask("me", "GET", "/api/me")
        if answer.status != 200:
            raise ConnectionRefusedError("nobody is let in")
        cookies = "; ".join(f"{name}={value}" for name, value in answer.cookies().items())
        self._headers += f"Cookie: {cookies}\r\nX-CSRF-Token: {answer.json()['csrf_token']}\r\n".encode()

    async def _look_and_hold(self) -> None:
        events = (await self._get("list", "/api/events"))["items"]
        if not events:
            raise ConnectionRefusedError("no event is listed")
        event = await self._get("event", f"/api/events/{random.choice(events)['slug']}")
        performance = random.choice(event["performances"])["id"]
        states = (await self._get("seats", f"/api/performances/{performance}/seats"))["states"]
        free = [number for number, state in enumerate(states, 1) if state == "f"]
        if len(free) < 2:
            return
        at = random.randrange(len(free) - 1)
        hold = await self.ask(
            "hold", "POST", f"/api/performances/{performance}/holds", {"seats": [free[at], free[at + 1]]}
        )
        if hold.status == 201:
            await self.ask("release", "DELETE", f"/api/holds/{hold.json()['id']}")

    async def _get(self, step: str, path: str) -> Any:
        while time.perf_counter() < self._ends:
            answer = await self.ask(step, "GET", path)
            if answer.status == 200:
                return answer.json()
        raise TimeIsOverError

    async def ask(self, step: str, method: str, path: str, body: Any = None) -> Answer:
        """Ask, count the answer, and pause. Raises OSError or TimeoutError."""
        assert self._connection is not None
        self._asked += 1
        headers, sent = self._headers, b""
        if method != "GET":
            headers += b"Content-Type: application/json\r\nIdempotency-Key: %s-%d\r\n" % (
                self._name.encode(),
                self._asked,
            )
            sent = b"" if body is None else msgspec.json.encode(body)
        began = time.perf_counter()
        async with asyncio.timeout(30):
            answer = await self._connection.ask(method, path, headers, sent)
        if answer.status < 300:
            self._seen.ms.setdefault(step, []).append((time.perf_counter() - began) * 1000)
        else:
            self._seen.refused[f"{step} {answer.status} {_code(answer)}"] += 1
        await asyncio.sleep(self._load.pause_s * random.uniform(0.5, 1.5))
        return answer


def _code(answer: Answer) -> str:
    try:
        said = answer.json()
    except msgspec.DecodeError:
        return "(not the app's answer)"
    return str(said.get("code", "")) if isinstance(said, dict) else ""


async def visit(load: Load) -> Seen:
    """Put the load on and tell what came of it."""
    seen, began = Seen(), time.perf_counter()
    everybody = [Visitor(load, seen, began + load.seconds) for _ in range(load.buyers)]
    # Whoever is still asking when the time is over may end.
    async with asyncio.timeout(load.seconds + 60):
        await asyncio.gather(*(one.stay(load.ramp_s * at / load.buyers) for at, one in enumerate(everybody)))
    seen.seconds = time.perf_counter() - began
    return seen


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.visitors", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--buyers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--ramp", type=float, default=20.0)
    parser.add_argument("--pause", type=float, default=1.0, help="seconds between two steps of a visitor")
    parser.add_argument("--confirm", help="the host once more: that it is yours")
    said = parser.parse_args(words)
    try:
        require_confirmed(said.url, said.confirm)
    except NotConfirmedError as error:
        print(error)
        return 2
    load = Load(said.url, said.buyers, said.seconds, said.ramp, said.pause)
    print(f"{load.buyers} visitors within {load.ramp_s:.0f} s, {load.seconds:.0f} s in all, on {load.url}")
    print("\n".join(uvloop.run(visit(load)).lines()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
