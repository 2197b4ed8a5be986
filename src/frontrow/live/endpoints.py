"""The WebSocket door of seat maps. It sends and never listens: whatever a page wants to say goes through the API."""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, FastAPI, WebSocket
from starlette.websockets import WebSocketDisconnect

from frontrow.core.errors import Forbidden, NotFound, Refusal
from frontrow.core.runtime import Runtime
from frontrow.core.web import problem_response
from frontrow.live.hub import Hub, Watcher

MOST_HEARD = 20
"""Messages that a page may send before it's shown out; ours sends none."""
POLICY_VIOLATION = 1008


@contextlib.asynccontextmanager
async def _hub(app: FastAPI) -> AsyncIterator[None]:
    app.state.hub = Hub(app.state.runtime)
    yield
    await app.state.hub.close()


router = APIRouter(lifespan=_hub)


@router.websocket("/ws/performances/{performance_id}")
async def watch_seats(socket: WebSocket, performance_id: str) -> None:
    """``hello``, then fenced changes ``[[seat_no, state, fence], …]``, every 2 s the digest, and once ``cancelled``
    when that is so. Load the snapshot after the hello. Refused before it opens: 403 to other sites' pages and to
    secrets in the address, 404, 503."""
    rt: Runtime = socket.app.state.runtime
    hub: Hub = socket.app.state.hub
    try:
        _check_origin(socket, rt.settings.origin)
        wanted = _parse(performance_id)
        if not await hub.on_show(wanted):
            raise NotFound
    except Refusal as refusal:
        await socket.send_denial_response(problem_response(refusal))
        return
    await socket.accept()
    watcher = await hub.join(wanted)
    writing = asyncio.create_task(_write(socket, watcher, f'{{"type":"hello","performance_id":"{wanted}"}}'))
    try:
        await _until_gone(socket)
    finally:
        hub.leave(wanted, watcher)
        writing.cancel()


async def _write(socket: WebSocket, watcher: Watcher, hello: str) -> None:
    # A peer that is gone shows itself by whatever send raises; the reading side ends the rest.
    with contextlib.suppress(WebSocketDisconnect, RuntimeError, OSError):
        await socket.send_text(hello)
        await socket.close(await watcher.deliver(socket.send_text))


async def _until_gone(socket: WebSocket) -> None:
    heard = 0
    while True:
        message: dict[str, Any] = dict(await socket.receive())
        if message["type"] == "websocket.disconnect":
            return
        heard += 1
        if heard > MOST_HEARD:
            await socket.close(POLICY_VIOLATION)
            return


def _check_origin(socket: WebSocket, own: str) -> None:
    """Browsers always send an Origin. A program that sends none has nobody's cookies, and sees what is public."""
    origin = socket.headers.get("origin")
    if origin is not None and origin != own and origin.split("://")[-1] != socket.headers.get("host"):
        raise Forbidden("This socket is for our own pages.")
    if "token" in socket.query_params or "access_token" in socket.query_params:
        raise Forbidden("No secrets in addresses: they end up in logs.")


def _parse(performance_id: str) -> uuid.UUID:
    try:
        return uuid.UUID(performance_id)
    except ValueError:
        raise NotFound from None
