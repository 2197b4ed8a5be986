"""Where a listing goes on, and what was searched for."""

import base64
import binascii
import struct
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from frontrow.core.errors import InvalidRequest

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR = struct.Struct(">q16s")
_LAST_ID = uuid.UUID(int=2**128 - 1)


@dataclass(frozen=True)
class After:
    """Where a listing goes on: behind this (starts_at, performance id)."""

    starts_at: datetime
    id: uuid.UUID

    @classmethod
    def moment(cls, now: datetime) -> "After":
        """The start of a listing: everything that begins later than ``now``."""
        return cls(now, _LAST_ID)

    def encode(self) -> str:
        """32 characters that a URL needn't escape."""
        micros = (self.starts_at - _EPOCH) // timedelta(microseconds=1)
        return base64.urlsafe_b64encode(_CURSOR.pack(micros, self.id.bytes)).decode()

    @classmethod
    def decode(cls, cursor: str) -> "After":
        """Raises InvalidRequest for anything that ``encode`` wouldn't have made."""
        try:
            micros, key = _CURSOR.unpack(base64.b64decode(cursor.encode("ascii"), b"-_", validate=True))
            return cls(_EPOCH + timedelta(microseconds=micros), uuid.UUID(bytes=key))
        except (ValueError, binascii.Error, struct.error, OverflowError):
            raise InvalidRequest(
                "This cursor isn't one of ours.", errors=[{"field": "cursor", "message": "unknown cursor"}]
            ) from None


def search_words(q: str | None) -> list[str]:
    """The words of a search, at most six; control characters (a NUL would break the statement) part words."""
    if q is None:
        return []
    return "".join(letter if letter.isprintable() else " " for letter in q).split()[:6]
