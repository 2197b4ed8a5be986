"""``frontrow cancel``: an evening, or a whole event, won't take place; and how far giving the money back has come.

Exit codes: 0 done; 1 it can't be cancelled; 2 the database couldn't be asked.
"""

import asyncio
import uuid

from rich.console import Console
from rich.markup import escape

from frontrow.core.db import Tx
from frontrow.core.errors import NotFound, Refusal
from frontrow.core.runtime import Runtime
from frontrow.core.settings import Settings
from frontrow.events import actions as events
from frontrow.events.errors import AlreadyCancelled, AlreadyOver
from frontrow.payments.queries.evenings import CalledOffView, called_off, called_off_event


def cancel(what: str, message: str, look: bool) -> int:
    """Cancel the performance with this id, or all coming ones of the event with this address. ``look``: only tell how
    far an earlier cancellation has come. A running worker gives the money back."""

    async def work(tx: Tx) -> list[CalledOffView]:
        performance_id = _uuid(what)
        if performance_id is not None:
            if not look:
                await events.cancel_performance(tx, performance_id, message)
            return [await called_off(tx, performance_id)]
        found = await tx.sql("SELECT id FROM event WHERE slug = :slug", slug=what)
        event_id = found.scalar_one_or_none()
        if event_id is None:
            raise NotFound
        if not look:
            await events.cancel_event(tx, event_id, message)
        return await called_off_event(tx, event_id)

    async def ask() -> list[CalledOffView]:
        rt = Runtime.open(Settings())
        try:
            return await (rt.db.read(work) if look else rt.db.write(work))
        finally:
            await rt.close()

    console = Console(soft_wrap=True)
    try:
        told = asyncio.run(ask())
    except NotFound:
        console.print(
            escape(f"There is no such performance or event{', or it is not cancelled' if look else ''}: {what}")
        )
        return 1
    except (AlreadyCancelled, AlreadyOver) as refusal:
        console.print(refusal.title)
        return 1
    except (Refusal, OSError) as error:
        console.print(f"The database couldn't be asked: {error}")
        return 2
    for one in told:
        console.print(
            f"{one.performance_id}  cancelled {one.cancelled_at:%Y-%m-%d %H:%M} UTC: {one.refunded} of {one.orders}"
            f" paid orders have their money back; {one.waiting} waiting, {one.failed} failed, {one.at_desk} to be"
            " paid back at a desk."
        )
    return 0


def _uuid(words: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(words)
    except ValueError:
        return None
