"""What somebody looks for in the catalogue, and where a list of it goes on."""

import base64
import binascii
import re
import struct
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from frontrow.core.errors import InvalidRequest
from frontrow.events.queries import After, Wish

LONGEST_Q = 200
LONGEST_NAME = 80
MOST_NAMES = 20
MOST_WORDS = 6
FURTHEST = 366 * 5
"""Days. No listing reaches further; and a date near the end of time can't be counted with."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR = struct.Struct(">qBq16s")
_OLDEST = timedelta(days=1)
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.ASCII)


def _refuse(field: str, message: str) -> InvalidRequest:
    return InvalidRequest(f"{field}: {message}", errors=[{"field": field, "message": message}])


def wish_of(
    *,
    q: str | None,
    starts: date | None,
    ends: date | None,
    cities: Sequence[str],
    categories: Sequence[str],
    max_price: int | None,
    accessible: bool,
    organiser: str | None,
    today: date,
) -> Wish:
    """Raises InvalidRequest, naming the field, for what can't be meant."""
    if starts is not None and ends is not None and starts > ends:
        raise _refuse("to", "it lies before `from`")
    for field, day in (("from", starts), ("to", ends)):
        if day is not None and abs((day - today).days) > FURTHEST:
            raise _refuse(field, "it lies more than five years away")
    return Wish(
        words=search_words(q),
        starts=starts,
        ends=ends,
        cities=_names("city", cities),
        categories=_names("category", categories),
        max_price=max_price,
        accessible=accessible,
        organiser=organiser,
    )


def _names(field: str, sent: Sequence[str]) -> tuple[str, ...]:
    """In one order, so that the same question is the same."""
    if len(sent) > MOST_NAMES:
        raise _refuse(field, f"at most {MOST_NAMES} of them")
    for name in sent:
        if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
            raise _refuse(field, f"1 to {LONGEST_NAME} letters")
    return tuple(sorted(set(sent)))


def search_words(q: str | None) -> tuple[str, ...]:
    """The words of a search, at most six; control characters (a NUL would break the statement) part words."""
    if q is None:
        return ()
    return tuple("".join(letter if letter.isprintable() else " " for letter in q).split()[:MOST_WORDS])


def month_of(text: str) -> tuple[date, date]:
    """The first and the last day of ``YYYY-MM``. Raises InvalidRequest."""
    if _MONTH.fullmatch(text) is None or not 1971 <= int(text[:4]) <= 9000:
        raise _refuse("month", "a month is written as YYYY-MM")
    first = date(int(text[:4]), int(text[5:]), 1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def minute_of(now: datetime) -> datetime:
    """The moment that a list is as of: for a minute all visitors see the same one, and every page of it."""
    return now.replace(second=0, microsecond=0)


def cursor_of(after: After) -> str:
    """44 characters that a URL needn't escape."""
    packed = _CURSOR.pack(_micros(after.as_of), after.rank, _micros(after.starts_at), after.id.bytes)
    return base64.urlsafe_b64encode(packed).decode()


def after_of(cursor: str, now: datetime) -> After:
    """Raises InvalidRequest for anything that ``cursor_of`` wouldn't have made, or made more than a day ago."""
    try:
        as_of, rank, starts_at, key = _CURSOR.unpack(base64.b64decode(cursor.encode("ascii"), b"-_", validate=True))
        found = After(_moment(as_of), rank, _moment(starts_at), uuid.UUID(bytes=key))
    except (ValueError, binascii.Error, struct.error, OverflowError):
        raise _refuse("cursor", "unknown cursor") from None
    if not now - _OLDEST <= found.as_of <= now:
        raise _refuse("cursor", "it is too old; begin again")
    return found


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def _moment(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)
