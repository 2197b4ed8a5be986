"""An organiser cancels, under an idempotency key; what comes of it is :mod:`call_off`'s."""

import uuid

from frontrow.core import idempotency, ids
from frontrow.core.db import Tx
from frontrow.events import actions as events


async def request_performance(tx: Tx, performance_id: uuid.UUID, message: str, by: uuid.UUID, key: str) -> None:
    """Cancel a performance. Asked again with the same key, nothing happens.

    Raises NotFound, AlreadyCancelled, AlreadyOver, IdempotencyMismatch.
    """
    if await _first(tx, [str(performance_id), message], by, key):
        await events.cancel_performance(tx, performance_id, message, cancelled_by=by)


async def request_event(tx: Tx, event_id: uuid.UUID, message: str, by: uuid.UUID, key: str) -> None:
    """Cancel all coming performances of an event. As :func:`request_performance`."""
    if await _first(tx, [str(event_id), message], by, key):
        await events.cancel_event(tx, event_id, message, cancelled_by=by)


async def _first(tx: Tx, body: list[str], by: uuid.UUID, key: str) -> bool:
    asked = ids.new_id()
    return await idempotency.claim(tx, str(by), "call_off", key, idempotency.request_hash(body), asked) == asked
