"""The room's doors over HTTP: a browser for each buyer."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import httpx
import pytest
from fastapi import FastAPI

from frontrow.core import web
from frontrow.core.runtime import Runtime
from frontrow.seats.endpoints import router


@pytest.fixture
async def browser(rt: Runtime) -> AsyncIterator[Callable[[], httpx.AsyncClient]]:
    """Makes browsers, each with cookies of its own."""
    app = FastAPI()
    app.state.runtime = rt
    web.install(app)
    app.include_router(router)
    async with AsyncExitStack() as closing:

        def make() -> httpx.AsyncClient:
            client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver")
            closing.push_async_callback(client.aclose)
            return client

        yield make
