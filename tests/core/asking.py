"""One request to an ASGI app, byte for byte, and all that came of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message, Scope

CORRELATION = "0b2f6bb4-7e0b-4d8f-9d1e-3f6f4f6f0001"
PROOF = "a-proof-that-is-long-enough"


@dataclass(frozen=True)
class Ask:
    """``parts``: the body in pieces; ``broken``: the connection ends instead of the last piece."""

    method: str
    path: str
    parts: tuple[bytes, ...] = ()
    headers: tuple[tuple[str, str], ...] = (("content-type", "application/json"),)
    cookies: str = f"fr_csrf={PROOF}; fr_buyer={'b' * 32}"
    proof: str | None = PROOF
    query: bytes = b""
    broken: bool = False
    correlation: str = CORRELATION


@dataclass
class Told:
    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    scope: Scope = field(default_factory=dict, compare=False)

    @property
    def by_lane(self) -> bool:
        """FastAPI's router leaves its name in the scope of every request that it sees."""
        return "router" not in self.scope

    def all(self, name: bytes) -> list[bytes]:
        return [value for key, value in self.headers if key == name]


async def ask(app: ASGIApp, wanted: Ask) -> Told:
    headers = [("host", "testserver"), ("x-correlation-id", wanted.correlation), *wanted.headers]
    headers += [("cookie", wanted.cookies)] if wanted.cookies else []
    headers += [("x-csrf-token", wanted.proof)] if wanted.proof else []
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": wanted.method,
        "scheme": "http",
        "path": wanted.path,
        "raw_path": wanted.path.encode(),
        "query_string": wanted.query,
        "root_path": "",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
        "client": ("127.0.0.1", 50000),
        "server": ("testserver", 80),
        "state": {},
    }
    told = Told(scope=scope)
    coming = iter(_messages(wanted.parts, broken=wanted.broken))

    async def receive() -> Message:
        return next(coming, {"type": "http.disconnect"})

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            told.status, told.headers = message["status"], list(message["headers"])
        else:
            told.body += message.get("body", b"")

    await app(scope, receive, send)
    return told


def _messages(parts: Sequence[bytes], *, broken: bool) -> list[dict[str, Any]]:
    pieces = list(parts) or [b""]
    return [
        {"type": "http.request", "body": piece, "more_body": broken or at < len(pieces) - 1}
        for at, piece in enumerate(pieces)
    ]
