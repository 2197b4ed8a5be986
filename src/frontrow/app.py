"""The web process: ``frontrow serve``. Doors, edge, health, and the built page."""

import gc
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import uvicorn
from fastapi import FastAPI, Request, Response
from pydantic import BaseModel
from starlette.responses import FileResponse, JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from frontrow.core import web
from frontrow.core.bind import hot_routes
from frontrow.core.db import Tx
from frontrow.core.errors import NotFound
from frontrow.core.files import BuiltFiles
from frontrow.core.lean import Lane
from frontrow.core.log import set_up_logging
from frontrow.core.page import BuiltPage
from frontrow.core.schema import newest
from frontrow.core.serve import OneWrite
from frontrow.core.settings import Settings
from frontrow.core.shelf import Counter, Laying
from frontrow.core.telemetry import Traced
from frontrow.core.web import RuntimeDep
from frontrow.events.messages import CATALOGUE
from frontrow.gateways.hub import GatewaysDep
from frontrow.wiring import ROUTERS, open_house

DESCRIPTION = "Open event ticketing: numbered seats on a live map, sold once."

HOT = frozenset(
    {
        "get_me",
        "hold_seats",
        "place_order",
        "check_out",
        "start_payment",
        "check_payment",
        "get_order",
        "stripe_webhook",
    }
)
"""The doors of a purchase, by name: they're answered by the lane."""


class House(FastAPI):
    """FastAPI without what it puts before an app's own edge. Ours answers every error, and ``Traced`` traces: those
    layers would only hand requests on, at a tenth of what a page from the counter costs."""

    def build_middleware_stack(self) -> ASGIApp:
        app: Any = super().build_middleware_stack()
        while not isinstance(app, web.Edge | Traced):
            app = app.app
        return cast(ASGIApp, app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self.middleware_stack is not None:
            scope["app"] = self
            await self.middleware_stack(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


class Config(BaseModel):
    """What the page must know before it can sell. ``payment_kinds``: the ways to pay, in Stripe's words."""

    stripe_publishable_key: str
    stripe_script_url: str
    payment_kinds: list[str]
    hold_seconds: int
    max_seats_per_order: int
    inbox_url: str | None


def create_app(settings: Settings | None = None) -> FastAPI:
    """The ASGI application. Reads the settings from the environment unless some are given."""
    settings = settings or Settings()
    house = open_house(settings, "web")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # A missing or example secret stops the start, not the first buyer.
        for name in (
            "database_password",
            "jwt_key",
            "ticket_signing_key",
            "stripe_secret_key",
            "stripe_webhook_secret",
        ):
            await house.runtime.secrets.get(name)
        # What was imported stays: no collection has to look through it again. And requests leave few circles behind.
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)
        yield
        await house.close()

    app = House(
        title="Frontrow",
        version="1",
        description=DESCRIPTION,
        lifespan=lifespan,
        generate_unique_id_function=lambda route: route.name,
        openapi_url="/api/openapi.json",
        docs_url="/api/docs",
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # `Traced` does it, and hides secrets
        responses={422: {"model": web.Problem, "description": "`invalid_request`"}},
    )
    app.state.runtime, app.state.gateways, app.state.laying = house.runtime, house.gateways, Laying()
    app.state.page = BuiltPage(settings.web_dist, settings.stripe)
    web.install(app)
    for router in ROUTERS:
        app.include_router(router)
    _add_health(app, settings)
    _add_pages(app, app.state.page)
    app.add_middleware(Lane, hot=hot_routes(app, HOT))
    app.add_middleware(
        Counter, cache=house.runtime.cache, scope=CATALOGUE, laid=app.state.laying, avoid=web.WROTE_COOKIE.encode()
    )
    app.add_middleware(web.Edge, origin=settings.origin)
    if house.telemetry.on:
        app.add_middleware(Traced, telemetry=house.telemetry)
    return app


def _add_health(app: FastAPI, settings: Settings) -> None:
    @app.get("/health", include_in_schema=False)
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/ready", include_in_schema=False)
    async def ready(rt: RuntimeDep, gw: GatewaysDep) -> Response:
        """503 when nothing can be sold; "degraded" when it is only slower (Redis, a breaker)."""
        checks: dict[str, Any] = {"database": "ok", "schema": "ok"}

        async def version(tx: Tx) -> str:
            return str((await tx.sql("SELECT version_num FROM alembic_version")).scalar_one())

        try:
            if await rt.db.read(version) != newest():
                checks["schema"] = "behind"
        except Exception:
            checks["database"] = checks["schema"] = "down"
        checks["redis"] = "ok" if await rt.redis.answers() else "down"
        checks["breakers"] = await gw.status()
        down = checks["database"] != "ok" or checks["schema"] != "ok"
        degraded = checks["redis"] != "ok" or any(state != "closed" for state in checks["breakers"].values())
        status = "down" if down else "degraded" if degraded else "ready"
        return JSONResponse({"status": status, "checks": checks}, status_code=503 if down else 200)

    @app.get("/api/config")
    async def get_config() -> Config:
        """What the page must know before it can sell."""
        return Config(
            stripe_publishable_key=settings.stripe.publishable_key,
            stripe_script_url=settings.stripe.script_url,
            payment_kinds=["card", *settings.stripe.automatic_methods],
            hold_seconds=settings.till.hold_s,
            max_seats_per_order=settings.till.max_seats,
            inbox_url=settings.inbox_url,
        )


def _add_pages(app: FastAPI, built: BuiltPage) -> None:
    """The built page on the same origin; in the cloud CloudFront serves it, and asks here only for the addresses whose
    heads are made anew (``events.endpoints.heads``)."""
    files = BuiltFiles(built.dist)

    @app.get("/{path:path}", include_in_schema=False)
    async def page(path: str, request: Request) -> Response:
        if path.startswith(("api/", "ws/")):
            raise NotFound
        if (wanted := files.find(path)) is not None:
            return await files.answer(wanted, request.headers.get("accept-encoding", ""))
        built.build()
        # Every other address is a page of the app, which tells unknown ones itself.
        headers = {"Cache-Control": "no-cache", "Content-Security-Policy": built.policy}
        return FileResponse(built.index, headers=headers)


def print_openapi() -> None:
    """``frontrow openapi``: the API's document, from which the web client is generated."""
    sys.stdout.write(json.dumps(create_app(Settings()).openapi(), indent=1, ensure_ascii=False) + "\n")


def main(workers: int = 1) -> None:
    """``frontrow serve``: listen on loopback unless told otherwise."""
    settings = Settings()
    set_up_logging("app", settings.telemetry.log_level)
    uvicorn.run(
        "frontrow.app:create_app",
        factory=True,
        host=settings.listen_host,
        port=settings.listen_port,
        workers=workers,
        loop="uvloop",
        http=OneWrite,
        ws="websockets-sansio",
        # Frames are small and go to many: packing each for each page costs more than sending it.
        ws_per_message_deflate=False,
        ws_max_size=4096,  # pages don't talk on this socket
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
        backlog=4096,
    )


if __name__ == "__main__":
    main(int(os.environ.get("FRONTROW_WORKERS", "1")))
