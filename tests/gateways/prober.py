"""A process that becomes the probe of an open circuit and hangs, so that it can be killed with the right in hand."""

import asyncio
import sys

from frontrow.core.runtime import Runtime
from frontrow.core.settings import Settings
from frontrow.gateways.breaker import Breaker, BreakerOpen


async def main() -> None:
    rt = Runtime.open(Settings.model_validate_json(sys.argv[1]))
    breaker = Breaker("stripe", rt.redis, open_s=0.1, slow_s=1.0)

    async def hang() -> None:
        print("probing", flush=True)  # noqa: T201
        await asyncio.Event().wait()

    while True:
        try:
            await breaker.call(hang)
        except BreakerOpen as error:
            await asyncio.sleep(error.retry_after_s)


asyncio.run(main())
