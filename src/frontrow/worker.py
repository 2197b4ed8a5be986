"""The worker process: ``frontrow worker``. It relays the outbox, runs what the queue delivers, and keeps the timers."""

import asyncio
import contextlib
import gc
import os
import random
import signal
from pathlib import Path

import structlog
import uvloop
from taskiq import AsyncBroker

from frontrow.core.broker import QueueReceiver
from frontrow.core.jobs import Registry, Timer
from frontrow.core.log import bind_correlation, set_up_logging
from frontrow.core.relay import Relay, purge_timer
from frontrow.core.runtime import Runtime
from frontrow.core.settings import Settings
from frontrow.gateways.queue import open_queue
from frontrow.wiring import open_house

CONCURRENCY = 8
"""Jobs at once: below the database pool's size, so that relay and timers always find a connection."""
DRAIN_S = 7.0
TIMER_LIMIT_S = 300.0

log = structlog.get_logger(__name__)


async def keep_timer(timer: Timer, stop: asyncio.Event) -> None:
    """Run a timer until ``stop`` is set. What it raises is logged, and it runs again when its time comes.

    The first run and every pause are shifted by chance, so that several workers don't all come at once.
    """
    pause = random.uniform(0, min(timer.every_s, 2.0))  # noqa: S311
    while not await _set_within(stop, pause):
        bind_correlation(None)
        try:
            async with asyncio.timeout(TIMER_LIMIT_S):
                await timer.run()
        except Exception as error:
            log.warning("timer_failed", timer=timer.name, error=f"{type(error).__name__}: {error}", exc_info=error)
        pause = timer.every_s * random.uniform(0.9, 1.1)  # noqa: S311


async def work(rt: Runtime, registry: Registry, broker: AsyncBroker, stop: asyncio.Event) -> None:
    """Work until ``stop`` is set; then finish what was begun, for at most ``DRAIN_S`` seconds."""
    queue = rt.settings.queue
    relay = Relay(
        rt.db,
        registry,
        broker,
        lease_s=queue.visibility_s,
        max_attempts=queue.max_receives,
        concurrency=CONCURRENCY,
    )
    receiver = QueueReceiver(broker, concurrency=CONCURRENCY, drain_s=DRAIN_S)
    parts = [
        asyncio.create_task(_again(receiver, stop), name="queue"),
        asyncio.create_task(relay.run(stop), name="relay"),
        *(
            asyncio.create_task(keep_timer(timer, stop), name=f"timer {timer.name}")
            for timer in (*registry.timers, purge_timer(rt.db))
        ),
    ]
    await stop.wait()
    _, late = await asyncio.wait(parts, timeout=DRAIN_S)
    for part in late:
        # Nothing is lost: its lease lapses, or its transaction is rolled back.
        log.warning("drained_too_slowly", part=part.get_name())
        part.cancel()
    if late:
        await asyncio.wait(late, timeout=1.0)


async def run(settings: Settings) -> None:
    """A whole worker's life, until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    house = open_house(settings, "worker")
    # An unusable secret stops the start rather than the first job.
    await house.runtime.secrets.get("database_password")
    broker = open_queue(settings, house.runtime.redis)
    await broker.startup()
    gc.freeze()  # what was imported stays; no collection has to look through it again
    log.info("worker_started", topics=sorted(house.registry.handlers), timers=[t.name for t in house.registry.timers])
    try:
        await work(house.runtime, house.registry, broker, stop)
    finally:
        await broker.shutdown()
        await house.close()
        log.info("worker_stopped")


async def _again(receiver: QueueReceiver, stop: asyncio.Event) -> None:
    """Listen to the queue until ``stop``; a listener that broke is started anew."""
    while not stop.is_set():
        try:
            await receiver.listen(stop)
        except Exception as error:
            log.warning("listener_failed", error=type(error).__name__, exc_info=error)
            await _set_within(stop, 1.0)


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


def step_back(nice: int) -> None:
    """Let everybody else on this machine go first, by so many steps of nice; buyers wait for nobody's mail.

    A process in a session of its own is weighed as that session, where the kernel groups by sessions.
    """
    os.nice(nice)
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(nice))


def main(nice: int = 0) -> None:
    """``frontrow worker``."""
    if nice:
        step_back(nice)
    settings = Settings()
    set_up_logging("worker", settings.telemetry.log_level)
    uvloop.run(run(settings))


if __name__ == "__main__":
    main(int(os.environ.get("FRONTROW_NICE", "0")))
