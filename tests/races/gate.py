"""A gate in the middle of a statement, and guards taken out of it: what races and their controls are made of.

A race whose outcome hangs on luck proves nothing. So the SQL function of a hold is given a gate (an advisory lock)
between looking and taking; everybody who comes there waits until the test opens it.
"""

import functools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from frontrow.core.db import Tx
from frontrow.core.runtime import Runtime
from tests.waiting import eventually

LOCK = "FOR NO KEY UPDATE"
GATE = 4711
WAIT = f"pg_advisory_xact_lock_shared({GATE})"


async def change_guard(rt: Runtime, old: str, new: str, function: str = "hold_seats") -> None:
    """Rewrite the hold's own statement in this test's database: a control has the guard off."""

    async def work(tx: Tx) -> None:
        source = (await tx.sql(f"SELECT pg_get_functiondef('{function}'::regproc)")).scalar_one()
        assert old in source
        await tx.session.execute(source.replace(old, new))

    await rt.db.write(work)


async def put_gate(rt: Runtime, function: str = "hold_seats") -> None:
    """A gate between looking and taking; the race opens it."""
    await change_guard(rt, "created_at := v_now;", f"PERFORM {WAIT}; created_at := v_now;", function)


class Gate:
    """A closed gate, and who waits in front of it."""

    def __init__(self, session: Any) -> None:
        self._session = session

    async def _waiting(self) -> int:
        found = await self._session.ask(
            f"""SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = {GATE}
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
        )
        return int(found.scalar_one())

    async def come(self, count: int) -> None:
        """Wait until so many stand there."""

        async def there() -> bool:
            return await self._waiting() >= count

        await eventually(there, within=20)

    async def open(self) -> None:
        await self._session.ask(f"SELECT pg_advisory_unlock({GATE})")


@asynccontextmanager
async def closed_gate(rt: Runtime) -> AsyncIterator[Gate]:
    async with rt.db.primary.connect() as session:
        await session.ask(f"SELECT pg_advisory_lock({GATE})")
        yield Gate(session)


async def somebody_waits_for_a_row(rt: Runtime, count: int = 1) -> None:
    """Wait until so many sessions stand before a row that another one has locked."""

    async def look(tx: Tx) -> bool:
        found = await tx.sql(
            """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
                  AND wait_event IN ('transactionid', 'tuple')"""
        )
        return int(found.scalar_one()) >= count

    await eventually(functools.partial(rt.db.read, look), within=20)
