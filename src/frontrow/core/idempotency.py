"""Idempotency keys: one row a (subject, endpoint, key), written in the transaction of the effect that it names.

The answer isn't stored: it's rebuilt from the resource. The same key twice at once: the second waits for the first's
commit (the primary key makes it) and gets the first's resource. The same key with another body is refused.
"""

import hashlib
import uuid
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import DateTime, LargeBinary, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from frontrow.core.db import Base, Tx
from frontrow.core.errors import IdempotencyMismatch, InvalidRequest


class IdempotencyKey(Base):
    __tablename__ = "idempotency"

    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    endpoint: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    resource_id: Mapped[uuid.UUID]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())


def checked_key(key: str | None) -> str:
    """The key as the client sent it. Raises InvalidRequest when it is missing, too long or not printable."""
    if key is None or not 1 <= len(key) <= 200 or not key.isprintable():
        raise InvalidRequest("Send an Idempotency-Key header of 1 to 200 printable characters.")
    return key


def request_hash(body: Any) -> bytes:
    """SHA-256 of a request's meaning: the same for the same values in any key order."""
    return hashlib.sha256(msgspec.json.encode(body, order="sorted")).digest()


async def claim(tx: Tx, subject: str, endpoint: str, key: str, body_hash: bytes, resource_id: uuid.UUID) -> uuid.UUID:
    """Claim a key for ``resource_id``; returns the resource that the key stands for (ours, or an earlier one).

    Raises IdempotencyMismatch when the key was used with another body.
    """
    inserted = await tx.sql(
        """INSERT INTO idempotency (subject, endpoint, key, request_hash, resource_id)
           VALUES (:subject, :endpoint, :key, :hash, :resource) ON CONFLICT DO NOTHING""",
        subject=subject,
        endpoint=endpoint,
        key=key,
        hash=body_hash,
        resource=resource_id,
    )
    if inserted.rowcount == 1:
        return resource_id
    known = (
        await tx.sql(
            """SELECT request_hash, resource_id FROM idempotency
                WHERE subject = :subject AND endpoint = :endpoint AND key = :key""",
            subject=subject,
            endpoint=endpoint,
            key=key,
        )
    ).one()
    if known.request_hash != body_hash:
        raise IdempotencyMismatch
    earlier: uuid.UUID = known.resource_id
    return earlier
