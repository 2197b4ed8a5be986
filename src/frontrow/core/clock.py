"""The clock at the doors. Rules take ``now`` as an argument; what decides a race is the database's own clock."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, in UTC, aware."""
    return datetime.now(UTC)
