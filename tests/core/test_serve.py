"""Head and body of an answer in one write, and nothing else of the server's manners changed."""

import asyncio
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from frontrow.core.serve import OneWrite
from tests.waiting import eventually


class Wire(asyncio.Transport):
    """A connection that keeps what is written on it, write by write."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 50000), "sockname": ("127.0.0.1", 80)})
        self.writes: list[bytes] = []
        self.closed = False

    def write(self, data: Any) -> None:
        assert not self.closed
        if data:
            self.writes.append(bytes(data))

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def resume_reading(self) -> None:
        pass

    def pause_reading(self) -> None:
        pass


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    path = scope["path"]
    if path == "/echo":
        message = await receive()
        body = message["body"]
    else:
        body = b"hello"
    status = 204 if path == "/empty" else 200
    length = [] if path == "/chunks" or status == 204 else [(b"content-length", str(len(body)).encode())]
    more = {"/forged": [(b"x-evil", b"1\r\nset-cookie: a=b")], "/last": [(b"Connection", b"close")]}.get(path, [])
    await send({"type": "http.response.start", "status": status, "headers": [*more, *length]})
    if path == "/breaks":
        raise RuntimeError("after the head")
    if path == "/longer":
        body += b"!"
    if path == "/parts":
        await send({"type": "http.response.body", "body": body[:3], "more_body": True})
        body = body[3:]
    if path == "/chunks":
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await send({"type": "http.response.body", "body": b"two", "more_body": True})
    await send({"type": "http.response.body", "body": b"" if path in {"/chunks", "/empty"} else body})


def connect() -> tuple[OneWrite, Wire]:
    config = uvicorn.Config(app, http=OneWrite, ws="none", lifespan="off", log_config=None, access_log=False)
    config.load()
    protocol, wire = OneWrite(config, ServerState(), {}), Wire()
    protocol.connection_made(wire)
    return protocol, wire


async def told(request: bytes, ends: bytes = b"") -> Wire:
    protocol, wire = connect()
    protocol.data_received(request)
    await eventually(lambda: wire.closed or (wire.writes and wire.writes[-1].endswith(ends)), within=5)
    protocol.connection_lost(None)
    return wire


def head(method: str, path: str, *more: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "host: x", *more, "", ""]).encode()


async def test_head_and_body_are_one_write() -> None:
    wire = await told(head("GET", "/"))
    assert wire.writes == [b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"]


async def test_each_answer_of_a_connection_is_one_write() -> None:
    protocol, wire = connect()
    protocol.data_received(head("GET", "/") + head("GET", "/empty") + head("GET", "/"))
    await eventually(lambda: len(wire.writes) == 3, within=5)
    assert [write.split(b"\r\n")[0] for write in wire.writes] == [
        b"HTTP/1.1 200 OK",
        b"HTTP/1.1 204 No Content",
        b"HTTP/1.1 200 OK",
    ]
    protocol.connection_lost(None)


async def test_the_answer_to_head_has_no_body_to_wait_for() -> None:
    wire = await told(head("HEAD", "/"))
    assert wire.writes == [b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n"]


async def test_pieces_come_as_they_are_sent() -> None:
    wire = await told(head("GET", "/chunks"), ends=b"0\r\n\r\n")
    first, *others = wire.writes
    assert first.endswith(b"transfer-encoding: chunked\r\n\r\n")
    assert others == [b"3\r\none\r\n", b"3\r\ntwo\r\n", b"0\r\n\r\n"]


async def test_parts_of_known_length_come_as_they_are_sent() -> None:
    wire = await told(head("GET", "/parts"), ends=b"lo")
    assert wire.writes == [b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n", b"hel", b"lo"]


async def test_who_asks_whether_to_go_on_is_told_at_once() -> None:
    protocol, wire = connect()
    protocol.data_received(head("POST", "/echo", "content-length: 3", "expect: 100-continue"))
    await eventually(lambda: wire.writes == [b"HTTP/1.1 100 Continue\r\n\r\n"], within=5)
    protocol.data_received(b"abc")
    await eventually(lambda: len(wire.writes) == 2, within=5)
    assert wire.writes[1] == b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc"
    protocol.connection_lost(None)


@pytest.mark.filterwarnings("ignore")
async def test_an_answer_that_breaks_before_its_body_is_none() -> None:
    """A head alone would promise what never comes; a connection that ends tells a proxy to say 502."""
    wire = await told(head("GET", "/breaks"), ends=b"never")
    assert wire.closed
    assert wire.writes == []


async def test_a_body_of_another_length_than_promised_is_noticed(caplog: pytest.LogCaptureFixture) -> None:
    wire = await told(head("GET", "/longer"), ends=b"never")
    assert wire.closed
    assert "Response content longer than Content-Length" in caplog.text


async def test_a_header_with_a_line_end_is_never_sent(caplog: pytest.LogCaptureFixture) -> None:
    """Also not the second time, when the name and value have been seen before."""
    for _ in range(2):
        wire = await told(head("GET", "/forged"), ends=b"Internal Server Error")
        assert b"x-evil" not in b"".join(wire.writes)
        assert wire.writes[0].startswith(b"HTTP/1.1 500 ")


async def test_a_header_that_ends_the_connection_is_obeyed() -> None:
    wire = await told(head("GET", "/last"), ends=b"never")
    assert wire.closed
    assert wire.writes == [b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 5\r\n\r\n", b"hello"]


async def test_a_connection_that_is_to_end_says_so_and_ends() -> None:
    wire = await told(head("GET", "/", "connection: close"), ends=b"never")
    assert wire.closed
    assert wire.writes == [b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\n", b"hello"]
