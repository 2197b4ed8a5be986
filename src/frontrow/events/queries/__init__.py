"""What is on, read in as few statements as a page needs. Everything here may run on the replica."""

import uuid

from frontrow.events.queries.whole import *  # noqa: F403
from frontrow.events.queries.whole import AnyRow

__all__ = ["LAST_ID", "AnyRow"]
LAST_ID = uuid.UUID(int=2**128 - 1)
