"""Identifiers: UUIDv7 keys (they sort by time, which keeps indexes compact), short order codes, random secrets."""

import secrets
import uuid

from uuid_utils.compat import uuid7

# No 0/O, 1/I/L, 5/S, 2/Z, U/V: a code is read aloud at a door and typed on a phone.
CODE_ALPHABET = "34679ACDEFGHJKMNPQRTWXY"


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562)."""
    return uuid7()


def order_code() -> str:
    """Eight characters in two groups, e.g. ``K7QF-3M9X``: 36 bits, unique by constraint."""
    drawn, letters = secrets.randbelow(len(CODE_ALPHABET) ** 8), ""
    for _ in range(8):
        drawn, at = divmod(drawn, len(CODE_ALPHABET))
        letters += CODE_ALPHABET[at]
    return f"{letters[:4]}-{letters[4:]}"


def secret_token(size: int = 24) -> str:
    """A random URL-safe secret of ``size`` bytes (192 bits by default)."""
    return secrets.token_urlsafe(size)
