"""The barest app that the same server can serve: what a figure of ours is measured against.

    python -m bench.hello PORT

``GET`` anything says hello; ``/ws`` is a socket; ``POST /say`` sends its body to every socket.
"""

import asyncio
import sys
from typing import Any

import uvicorn

HELLO = b'{"hello":"world"}'
_sockets: set[Any] = set()


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        for step in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{step}.complete"})
    elif scope["type"] == "websocket":
        await _socket(receive, send)
    else:
        if scope["method"] == "POST":
            said = (await receive())["body"].decode()
            await asyncio.gather(*(to({"type": "websocket.send", "text": said}) for to in list(_sockets)))
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(HELLO))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": HELLO})


async def _socket(receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    _sockets.add(send)
    try:
        while (await receive())["type"] != "websocket.disconnect":
            pass
    finally:
        _sockets.discard(send)


def main(port: int) -> None:
    """The settings are those of `frontrow serve`."""
    uvicorn.run(
        "bench.hello:app",
        host="127.0.0.1",
        port=port,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=4096,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
