"""The load generator: a process of its own that is given a job as JSON and answers what it saw as JSON.

    echo '{"kind": "get", "origin": "http://127.0.0.1:8000", "clients": 16, "seconds": 3, "path": "/health"}' \\
      | python -m bench.load

Clients are closed loops: each asks again once it is answered. What is under way when the time is over isn't counted.
"""

import asyncio
import gc
import itertools
import resource
import sys
import time
from collections.abc import Awaitable, Callable

import msgspec
import uvloop

from bench.browser import Browser, Busy, confirm
from bench.wire import Connection

HOLDS_A_BUYER = 5
MOST_HOLDS_A_S = 2500
AS_BROWSERS = b"Accept: application/json\r\nAccept-Encoding: gzip, deflate, br\r\n"
STEPS = ("me", "hold", "checkout", "confirm", "check")


class Job(msgspec.Struct):
    """``kind``: ``get`` a path, ``hold`` two seats, or ``buy`` them. Seats are numbered from ``first_seat``."""

    kind: str
    origin: str
    clients: int
    seconds: float
    path: str = ""
    performance: str = ""
    first_seat: int = 1
    seats: int = 0
    stripe: str = ""


class Seen(msgspec.Struct):
    """``ms`` has the time of each action that ended in time, ``steps`` of its parts. ``late`` waited to be paid,
    ``busy`` were sent away with a 503 and don't count as done. ``cpu_s`` is the generator's own CPU time."""

    done: int = 0
    seconds: float = 0.0
    ms: list[float] = []
    steps: dict[str, list[float]] = {}
    late: int = 0
    busy: int = 0
    ran_out: bool = False
    cpu_s: float = 0.0


class Generator:
    def __init__(self, job: Job) -> None:
        self.job = job
        self.seen = Seen(steps={})
        self._ends = 0.0

    async def run(self) -> Seen:
        """Everybody does it once, so that all connections stand, ours and the app's; then the clock starts."""
        verbs = {"get": self._getter, "hold": self._holder, "buy": self._buyer}
        acts = await asyncio.gather(*(verbs[self.job.kind](number) for number in range(self.job.clients)))
        await asyncio.gather(*(self._once(act) for act in acts))
        self.seen = Seen(steps={})
        gc.freeze()
        cpu_began = time.process_time()
        self._ends = time.perf_counter() + self.job.seconds
        await asyncio.gather(*(self._loop(act) for act in acts))
        self.seen.seconds = self.job.seconds
        self.seen.cpu_s = time.process_time() - cpu_began
        return self.seen

    async def _loop(self, act: Callable[[], Awaitable[bool]]) -> None:
        while (began := time.perf_counter()) < self._ends:
            done = await self._once(act)
            if self.seen.ran_out:
                return
            ended = time.perf_counter()
            if done and ended <= self._ends:
                self.seen.done += 1
                self.seen.ms.append((ended - began) * 1000)

    async def _once(self, act: Callable[[], Awaitable[bool]]) -> bool:
        try:
            if await act():
                return True
        except Busy:
            self.seen.busy += 1
            await asyncio.sleep(0.05)
        else:
            self.seen.ran_out = True
        return False

    def _pairs(self, number: int) -> Callable[[], list[int] | None]:
        """The seats of one client, two by two, apart from everybody else's."""
        each = self.job.seats // self.job.clients // 2 * 2
        first = self.job.first_seat + number * each
        pairs = iter(range(first, first + each, 2))

        def take() -> list[int] | None:
            seat = next(pairs, None)
            return None if seat is None else [seat, seat + 1]

        return take

    async def _getter(self, _number: int) -> Callable[[], Awaitable[bool]]:
        connection = await Connection.open(self.job.origin)

        async def act() -> bool:
            answer = await connection.ask("GET", self.job.path, AS_BROWSERS)
            if answer.status != 200:
                raise RuntimeError(f"{self.job.path}: {answer.status}")
            return True

        return act

    async def _holder(self, number: int) -> Callable[[], Awaitable[bool]]:
        """Many buyers on one connection, known to the app before the clock starts: each may hold only a few seats."""
        app = await Connection.open(self.job.origin)
        enough = int(self.job.seconds * MOST_HOLDS_A_S / self.job.clients / HOLDS_A_BUYER) + 2
        buyers = [Browser(app) for _ in range(enough)]
        for buyer in buyers:
            await buyer.me()
        take = self._pairs(number)
        holds = itertools.count()

        async def act() -> bool:
            seats = take()
            if seats is None:
                return False
            await buyers[next(holds) // HOLDS_A_BUYER].hold(self.job.performance, seats)
            return True

        return act

    async def _buyer(self, number: int) -> Callable[[], Awaitable[bool]]:
        """Each purchase is a new buyer's, on connections that stay."""
        app, stripe = await Connection.open(self.job.origin), await Connection.open(self.job.stripe)
        take = self._pairs(number)

        async def act() -> bool:
            seats = take()
            if seats is None:
                return False
            await self._purchase(Browser(app), stripe, seats)
            return True

        return act

    async def _purchase(self, browser: Browser, stripe: Connection, seats: list[int]) -> None:
        marks = [time.perf_counter()]
        await browser.me()
        marks.append(time.perf_counter())
        hold = (await browser.hold(self.job.performance, seats)).json()
        marks.append(time.perf_counter())
        begun = await browser.check_out(hold["id"])
        marks.append(time.perf_counter())
        await confirm(stripe, begun["payment"])
        marks.append(time.perf_counter())
        order = await browser.check(begun["order"]["id"])
        marks.append(time.perf_counter())
        if order["state"] != "paid":
            # The webhook was first and its capture is under way; the page would ask again, too.
            self.seen.late += 1
            async with asyncio.timeout(30):
                while order["state"] != "paid":
                    if order["state"] not in {"paying", "capturing"}:
                        raise RuntimeError(f"the purchase ended as {order['state']}")
                    await asyncio.sleep(0.1)
                    order = await browser.get(f"/api/orders/{order['id']}")
        for step, began, ended in zip(STEPS, marks, marks[1:], strict=False):
            self.seen.steps.setdefault(step, []).append((ended - began) * 1000)


def main() -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(Generator(job).run())))


if __name__ == "__main__":
    main()
