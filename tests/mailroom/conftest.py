"""A paid order to write about, and a mail server to send to."""

from collections.abc import AsyncIterator

import pytest

from frontrow.core.runtime import Runtime
from frontrow.core.settings import MailSettings
from frontrow.gateways.hub import Gateways
from tests.factories.house import House
from tests.factories.orders import PayFor, payer
from tests.factories.smtp import MailServer


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    made = await MailServer().start()
    yield made
    await made.stop()


@pytest.fixture
async def gw(rt: Runtime, server: MailServer) -> AsyncIterator[Gateways]:
    mail = MailSettings(port=server.port, timeout_s=3.0, sender="Frontrow <tickets@frontrow.example>")
    opened = Gateways.open(
        Runtime(rt.settings.model_copy(update={"mail": mail}), rt.secrets, rt.db, rt.redis, rt.broadcast)
    )
    yield opened
    await opened.close()


@pytest.fixture
def pay_for(rt: Runtime, house: House) -> PayFor:
    return payer(rt, house)
