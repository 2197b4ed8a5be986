"""An answer in one piece: the server's own protocol writes head and body one after the other, and each is a packet that
wakes the other side. Here the head waits for the body, which comes at once. And a header line that has been looked
through for forbidden letters isn't looked through again: a page has a dozen, nearly all the same as the last one's.
"""

from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import (
    HEADER_RE,
    HEADER_VALUE_RE,
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

NEVER_TWICE = frozenset({b"x-correlation-id", b"set-cookie"})
"""Lines with another value in each answer: they would only push the others out."""

MOST_SEEN = 2000


class OneWrite(HttpToolsProtocol):
    """uvicorn's protocol with answers that are written at once."""

    def on_headers_complete(self) -> None:
        before = self.cycle
        super().on_headers_complete()
        # None is made for a request that becomes a WebSocket. The new one's work begins with the loop's next round.
        if self.cycle is not before:
            self.cycle.__class__ = Whole


class Whole(RequestResponseCycle):
    """One answer. Whatever isn't plain (no length, pieces, HEAD, a last answer) goes uvicorn's way."""

    _head: bytes | None = None

    async def send(self, message: Any) -> None:
        if not self.response_started:
            self._head = self._head_of(message)
            if self._head is None:
                await super().send(message)
            else:
                self.response_started, self.chunked_encoding, self.waiting_for_100_continue = True, False, False
            return
        head, self._head = self._head, None
        body: bytes = message.get("body", b"")
        if (
            head is None
            or self.flow.write_paused
            or self.disconnected
            or message["type"] != "http.response.body"
            or message.get("more_body", False)
            or len(body) != self.expected_content_length
        ):
            if head is not None and not self.disconnected:
                self.transport.write(head)
            await super().send(message)
            return
        self.transport.write(head + body)
        self.expected_content_length, self.response_complete = 0, True
        self.message_event.set()
        if not self.keep_alive:  # the server has begun to stop since the head was made
            self.transport.close()
        self.on_response()

    def _head_of(self, message: Any) -> bytes | None:
        """The head's bytes, and None if it isn't plain. Raises RuntimeError for a header that can't be sent."""
        if message["type"] != "http.response.start" or not self.keep_alive or self.scope["method"] == "HEAD":
            return None
        headers = [*self.default_headers, *message.get("headers", ())]
        lines = [_seen.get(header) or _checked(header) for header in headers]
        length = dict(headers).get(b"content-length")
        if length is None or None in lines:
            return None
        self.expected_content_length = int(length)
        return b"".join([STATUS_LINE[message["status"]], *cast(list[bytes], lines), b"\r\n"])


_seen: dict[tuple[bytes, bytes], bytes] = {}


def _checked(header: tuple[bytes, bytes]) -> bytes | None:
    """A header's line; None for what says how the answer ends, or is spelt unusually."""
    name, value = header
    if name != name.lower() or name in {b"connection", b"transfer-encoding"}:
        return None
    if HEADER_RE.search(name) or HEADER_VALUE_RE.search(value):
        raise RuntimeError(f"This header can't be sent: {name!r}")
    line = b"%b: %b\r\n" % header
    if name not in NEVER_TWICE:
        if len(_seen) >= MOST_SEEN:
            _seen.clear()
        _seen[header] = line
    return line
