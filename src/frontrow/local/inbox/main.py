"""Puts the inbox together and serves SMTP and HTTP from one event loop."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from frontrow.local.inbox.api import Api
from frontrow.local.inbox.folder import Folder
from frontrow.local.inbox.news import News
from frontrow.local.inbox.pages import Pages
from frontrow.local.inbox.smtp import Postman, serve

LOOPBACK = "127.0.0.1"


def create_app(directory: Path, smtp_port: int, host: str = LOOPBACK) -> Starlette:
    """The web application; its lifespan runs the SMTP server too."""
    folder = Folder(directory)
    news = News()

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        server = await serve(host, smtp_port, Postman(folder, news.tell))
        try:
            yield
        finally:
            server.close()
            folder.close()

    # On loopback only our own names are answered, so that no page elsewhere can rebind a name and read the mail.
    names = [LOOPBACK, "localhost"] if host == LOOPBACK else ["*"]
    routes = [*Api(folder, news).routes(), *Pages(folder, news).routes()]
    return Starlette(
        routes=routes, lifespan=lifespan, middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=names)]
    )


def run(smtp_port: int, http_port: int, directory: Path, host: str = LOOPBACK) -> None:
    """Serves the inbox until SIGTERM or SIGINT; ends within two seconds of either."""
    uvicorn.run(
        create_app(directory, smtp_port, host),
        host=host,
        port=http_port,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_graceful_shutdown=1,
    )
