"""A journey has the app under uvicorn and the Stripe stand-in, both on real ports."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from frontrow.core.runtime import Runtime
from frontrow.core.settings import Settings
from frontrow.gateways.hub import Gateways
from frontrow.local.ports import free_ports
from tests.factories.buyer import Buyer
from tests.factories.stack import answers, serving, stripe_standin
from tests.waiting import eventually


@dataclass(frozen=True)
class Stage:
    origin: str
    stripe: str
    settings: Settings
    rt: Runtime
    gw: Gateways

    def buyer(self) -> Buyer:
        return Buyer(self.origin, self.stripe, self.settings.stripe.publishable_key)


@pytest.fixture
async def stage(settings: Settings, rt: Runtime, home: Path, local_secrets: dict[str, str]) -> AsyncIterator[Stage]:
    port = free_ports(1)[0]
    origin = f"http://127.0.0.1:{port}"
    with stripe_standin(home, local_secrets, f"{origin}/api/webhooks/stripe") as stripe:
        settings.listen_port, settings.origin = port, origin
        settings.stripe.api_base = stripe
        settings.stripe.publishable_key = local_secrets["stripe_publishable_key"]
        await eventually(lambda: answers(f"{stripe}/health"), within=20)
        async with serving(settings):
            gateways = Gateways.open(rt)
            yield Stage(origin, stripe, settings, rt, gateways)
            await gateways.close()
