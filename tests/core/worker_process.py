"""A real worker process with handlers of its own, for tests that kill it: ``python -m tests.core.worker_process``.

Its topic ``note`` causes an outside effect (a line in the table ``noted``) once a key, after a gate was opened.
"""

import asyncio
import signal
from typing import Any

from frontrow.core import outbox
from frontrow.core.errors import Busy
from frontrow.core.jobs import Registry, Timer
from frontrow.core.log import set_up_logging
from frontrow.core.runtime import Runtime
from frontrow.core.settings import Settings
from frontrow.gateways.queue import open_queue
from frontrow.mailroom.queries import effect_is_done
from frontrow.worker import work
from tests.waiting import eventually


async def main() -> None:
    set_up_logging("worker")
    rt = Runtime.open(Settings())

    async def gate_is_open() -> bool:
        return (await rt.db.read(lambda tx: tx.sql("SELECT 1 FROM gate"))).first() is not None

    async def note(payload: dict[str, Any]) -> None:
        key = str(payload["key"])
        await rt.db.write(lambda tx: tx.sql("INSERT INTO begun (key) VALUES (:key)", key=key))
        if not await outbox.lease_effect(rt.db, key, for_s=1):
            if not await rt.db.read(lambda tx: effect_is_done(tx, key)):
                raise Busy
            return
        await eventually(gate_is_open, within=60)
        await rt.db.write(lambda tx: tx.sql("INSERT INTO noted (key) VALUES (:key)", key=key))
        await outbox.effect_done(rt.db, key, {})

    async def broken() -> None:
        raise RuntimeError("this timer always fails")

    async def tick() -> None:
        await rt.db.write(lambda tx: tx.sql("INSERT INTO noted (key) VALUES ('tick')"))

    registry = Registry.empty()
    registry.add({"note": note}, [Timer("broken", 0.05, broken), Timer("tick", 0.05, tick)])
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    broker = open_queue(rt.settings, rt.redis)
    await work(rt, registry, broker, stop)
    await broker.shutdown()
    await rt.close()


if __name__ == "__main__":
    asyncio.run(main())
