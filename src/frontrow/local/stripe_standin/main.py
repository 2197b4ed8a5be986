"""Puts the stand-in together and serves it."""

import asyncio
import contextlib
import logging
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from frontrow.local.stripe_standin import quick
from frontrow.local.stripe_standin.api import Api
from frontrow.local.stripe_standin.config import Config
from frontrow.local.stripe_standin.deliveries import Deliverer
from frontrow.local.stripe_standin.faults import FaultBoard
from frontrow.local.stripe_standin.later import Clockwork
from frontrow.local.stripe_standin.pages import Pages
from frontrow.local.stripe_standin.store import Store

log = logging.getLogger("frontrow.stripe_standin")

_FLUSH_SECONDS = 0.5
_PRUNE_EVERY_SECONDS = 3600


def create_app(config: Config) -> tuple[ASGIApp, Api]:
    """The ASGI application and its API. Opens the ledger at once; deliveries run during the application's lifespan."""
    store = Store(config.db_path)
    board = FaultBoard()
    deliverer = Deliverer(store, board, config.webhook_url, config.webhook_secret, config.webhook_concurrency)
    api = Api(config, store, board, deliverer)
    clockwork = Clockwork(store, board, deliverer)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        work = (deliverer.run(), clockwork.run(), _look_after(store))
        tasks = [asyncio.create_task(part) for part in work]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            store.close()

    pages = Starlette(routes=list(Pages(config, store, board, deliverer, clockwork).routes()), lifespan=lifespan)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        """The API is reached without passing through the router of the pages."""
        if scope["type"] == "http" and scope["path"].startswith("/v1/"):
            await quick.serve(api, scope, receive, send)
        else:
            await pages(scope, receive, send)

    return app, api


def run(
    port: int,
    db_path: Path,
    secret_key: str,
    publishable_key: str,
    webhook_secret: str,
    webhook_url: str,
    host: str = "127.0.0.1",
) -> None:
    """Serves the stand-in, on loopback unless told otherwise, until SIGTERM or SIGINT; ends within two seconds."""
    config = Config(port, db_path, secret_key, publishable_key, webhook_secret, webhook_url, host)
    app, api = create_app(config)
    uvicorn.run(
        app,
        host=config.host,
        port=config.port,
        loop="uvloop",
        http=quick.protocol_for(api),
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        ws="none",
        # Callers keep their connections between purchases; opening new ones would cost more than answering.
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
        backlog=2048,
    )


async def _look_after(store: Store) -> None:
    """Brings the database up to date twice a second, and forgets each hour what is too old."""
    prune_at = 0.0
    while True:
        try:
            store.flush()
            if time.monotonic() >= prune_at:
                store.prune(int(time.time()))
                prune_at = time.monotonic() + _PRUNE_EVERY_SECONDS
        except sqlite3.Error:
            # Somebody else may have the file open. Nothing is lost: it waits in memory and in the journal.
            log.exception("the database could not be written")
        await asyncio.sleep(_FLUSH_SECONDS)
