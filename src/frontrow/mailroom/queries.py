"""What the mailroom needs to know before it writes."""

from sqlalchemy import select

from frontrow.core.db import Tx
from frontrow.core.outbox import Effect


async def effect_is_done(tx: Tx, key: str) -> bool:
    """Whether this mail went out already."""
    row = await tx.execute(select(Effect.effect_key).where(Effect.effect_key == key, Effect.done_at.is_not(None)))
    return row.first() is not None
