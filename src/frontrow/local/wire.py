"""A blocking connection to one Redis node, for setting nodes up: hiredis over a socket.

The application uses redis-py's cluster client. That takes a second to import, and can't speak to a node which isn't
part of a cluster yet.
"""

import contextlib
import socket
from typing import Any, Self

import hiredis


class WireError(ConnectionError):
    """The node can't be reached, or refused a command; the message is the node's own."""


class Wire:
    """Commands to one node, one at a time. Raises WireError."""

    def __init__(self, port: int, password: str | None = None, *, timeout_s: float = 5.0) -> None:
        try:
            self._socket = socket.create_connection(("127.0.0.1", port), timeout_s)
        except OSError as error:
            raise WireError(str(error)) from error
        self._reader = hiredis.Reader(encoding="utf-8")
        if password:
            try:
                self.call("AUTH", password)
            except WireError:
                self.close()
                raise

    def call(self, *words: str | int) -> Any:
        """Send one command and return its answer: str, int, None or a list of these."""
        try:
            # hiredis' stub says "a tuple of one" and means one of any length.
            self._socket.sendall(hiredis.pack_command(words))  # type: ignore[arg-type]
            while (answer := self._reader.gets()) is False:
                got = self._socket.recv(65536)
                if not got:
                    raise WireError("the node closed the connection")
                self._reader.feed(got)
        except OSError as error:
            raise error if isinstance(error, WireError) else WireError(str(error)) from error
        if isinstance(answer, hiredis.HiredisError):
            raise WireError(str(answer))
        return answer

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
