"""A paid order to have tickets of."""

import pytest

from frontrow.core.runtime import Runtime
from tests.factories.house import House
from tests.factories.orders import PayFor, payer


@pytest.fixture
def pay_for(rt: Runtime, house: House) -> PayFor:
    return payer(rt, house)
