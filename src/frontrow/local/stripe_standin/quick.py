"""The short way from the socket to the API and back, for a request that came whole in one piece.

Every purchase passes here five times, on a machine that it shares with what it pays for. Such a request is answered
within the same turn of the loop, without a task; anything else (a body in several pieces, a page, a knob that delays)
goes uvicorn's way, which this protocol otherwise is.
"""

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from frontrow.local.stripe_standin.api import Api, Reply, Request

_STARTS = (b"POST /v1/", b"GET /v1/")
_NOT_QUICK = (b"transfer-encoding", b"expect", b"upgrade", b"connection")


def protocol_for(api: Api) -> type[HttpToolsProtocol]:
    """A protocol class for ``uvicorn.Config(http=…)``."""

    class QuickProtocol(HttpToolsProtocol):
        within = False
        """Whether uvicorn's parser is in the middle of a request."""

        def on_message_begin(self) -> None:
            self.within = True
            super().on_message_begin()

        def on_message_complete(self) -> None:
            self.within = False
            super().on_message_complete()

        def data_received(self, data: bytes) -> None:
            if data.startswith(_STARTS) and not self.within and (self.cycle is None or self.cycle.response_complete):
                request = read_whole(data)
                reply = None if request is None else api.at_once(request)
                if reply is not None:
                    self._unset_keepalive_if_required()
                    if reply.reset:
                        self.transport.abort()
                    else:
                        self.transport.write(written(reply))
                    return
            super().data_received(data)

    return QuickProtocol


def read_whole(data: bytes) -> Request | None:
    """The request, if all of it and nothing else is there; None: let uvicorn's parser see to it."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    lines = data[:end].split(b"\r\n")
    start = lines[0].split(b" ")
    if len(start) != 3 or start[2] != b"HTTP/1.1" or b"%" in start[1]:
        return None
    headers: dict[bytes, bytes] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(b":")
        name = name.lower()
        if not colon or name in headers or not name or name != name.strip() or name in _NOT_QUICK:
            return None
        headers[name] = value.strip()
    body = data[end + 4 :]
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or int(length) != len(body):
        return None
    path, _, query = start[1].partition(b"?")
    return Request(start[0].decode("latin-1"), path.decode("latin-1"), headers, body, query)


def written(reply: Reply) -> bytes:
    """An answer on the wire."""
    head = [STATUS_LINE[reply.status]]
    for name, value in reply.headers:
        head += (name, b": ", value, b"\r\n")
    head += (b"content-length: ", str(len(reply.body)).encode(), b"\r\n\r\n", reply.body)
    return b"".join(head)


async def serve(api: Api, scope: Scope, receive: Receive, send: Send) -> None:
    """The same for ASGI: whatever didn't go the short way."""
    reply = await api.respond(
        Request(scope["method"], scope["path"], dict(scope["headers"]), b"", scope["query_string"]), receive
    )
    if reply.reset and await _reset(receive, send):
        return
    length = (b"content-length", str(len(reply.body)).encode())
    await send({"type": "http.response.start", "status": reply.status, "headers": [*reply.headers, length]})
    await send({"type": "http.response.body", "body": reply.body})


async def _reset(receive: Receive, send: Send) -> bool:
    """Drops the connection without a byte of answer, as when a network fails in the middle of a request.

    ASGI has no word for this, so it reaches through uvicorn's own `send`; under another server the client gets a 500.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        return False
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass
    return True
