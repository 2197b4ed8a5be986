"""A till to order at; whatever happened there, the auditor has nothing to say about it."""

from collections.abc import AsyncIterator

import pytest

from frontrow.auditor.main import audit
from frontrow.core.runtime import Runtime
from tests.factories.house import House
from tests.factories.till import Till


@pytest.fixture
async def till(rt: Runtime, house: House) -> AsyncIterator[Till]:
    yield Till(rt, house)
    assert await audit(rt.db) == []
