"""``frontrow breakers``: how the outside services are doing, as all processes see it."""

import asyncio
import json
import sys

from frontrow.core.runtime import Runtime
from frontrow.core.settings import Settings
from frontrow.gateways.hub import Gateways


async def _status() -> dict[str, str]:
    rt = Runtime.open(Settings())
    gateways = Gateways.open(rt)
    try:
        return await gateways.status()
    finally:
        await gateways.close()
        await rt.close()


def show(as_json: bool) -> int:
    """Print each breaker's state; 1 when any isn't closed."""
    states = asyncio.run(_status())
    if as_json:
        sys.stdout.write(json.dumps(states) + "\n")
    else:
        for name, state in states.items():
            sys.stdout.write(f"{name:<20} {state}\n")
    return int(any(state != "closed" for state in states.values()))
