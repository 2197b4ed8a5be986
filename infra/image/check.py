"""The image beside a whole local stack: it migrates, serves and works on a read-only root, and ends well."""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from infra.image.container import Image, Running, say

SERVICE_RESTART = 1012
HERE = Path(__file__).parents[2]
APP = ["python", "-m", "frontrow.cli"]


class NotGoodError(AssertionError):
    """What the image doesn't do as it should."""


T = TypeVar("T")


def _eventually(what: str, ask: Callable[[], T | None], within_s: float = 120.0) -> T:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        with contextlib.suppress(httpx.HTTPError, OSError):
            if (found := ask()) is not None:
                return found
        time.sleep(0.1)
    raise NotGoodError(f"{what}: not within {within_s:.0f} s")


def _must(what: str, good: bool, seen: object = "") -> None:
    if not good:
        raise NotGoodError(f"{what}: {seen}")
    say(f"  ✓ {what}")


@contextlib.contextmanager
def local_stack(home: Path) -> Iterator[dict[str, str]]:
    """Database, Redis, stand-ins and the demo, from this checkout; gives its settings."""
    log = home.parent / "stack.log"
    with log.open("wb") as out:
        stack = subprocess.Popen(
            [sys.executable, "-m", "frontrow.cli", "up", "--no-web"],
            cwd=HERE,
            env={**os.environ, "FRONTROW_HOME": str(home)},
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
    try:

        def settings() -> dict[str, str] | None:
            if stack.poll() is not None:
                raise NotGoodError(f"the local stack didn't start: {log.read_text()[-1500:]}")
            file = home / "settings.json"
            known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
            return known if known and _performance(known["FRONTROW_ORIGIN"]) else None

        yield _eventually("the local stack", settings)
    finally:
        stack.send_signal(signal.SIGTERM)
        try:
            stack.wait(30)
        except subprocess.TimeoutExpired:
            stack.kill()


def _performance(origin: str) -> str | None:
    events = httpx.get(f"{origin}/api/events").raise_for_status().json()["items"]
    for event in events:
        for one in httpx.get(f"{origin}/api/events/{event['slug']}").raise_for_status().json()["performances"]:
            return str(one["id"])
    return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def try_out(image: Image, home: Path) -> None:
    """Raises NotGoodError with what isn't as it should be."""
    _must("its user isn't root", image.ids.split(":")[0] not in {"", "0", "root"}, image.ids)
    _must("it has a health check and a volume", {"Healthcheck", "Volumes"} <= set(image.config), image.config)
    with local_stack(home) as settings:
        port = _free_port()
        ours = {
            **settings,
            "FRONTROW_ENVIRONMENT": "local",  # in production, which the image says, the stack's plain Redis is refused
            "FRONTROW_LISTEN_PORT": str(port),
            "FRONTROW_HOME": "/data",
            "FRONTROW_WEB_DIST": "/app/web/dist",
            "FRONTROW_OBJECTS__FOLDER": "/data/objects",
            "FRONTROW_SECRETS__FILE": "/data/secrets.json",
        }
        files = [home / "secrets.json"]
        log = home.parent / "image.log"
        with Running(image, [*APP, "migrate"], ours, files, log) as migration:
            code = migration.process.wait(60)
            _must("it migrates, and ends with 0", code == 0, (code, migration.words()))
        with Running(image, [*APP, "worker"], ours, files, log) as worker:
            _eventually("the worker", lambda: "worker_started" in worker.words() or None)
            code = worker.stop(within_s=20)
            _must("its worker ends with 0 when told to", code == 0, (code, worker.words()))
        began = time.monotonic()
        with Running(image, image.config["Entrypoint"] + image.config["Cmd"], ours, files, log) as app:
            _serves(image, app, ours, files, f"http://127.0.0.1:{port}", settings["FRONTROW_ORIGIN"], began)


def _serves(
    image: Image, app: Running, ours: dict[str, str], files: list[Path], origin: str, known_as: str, began: float
) -> None:
    def healthy() -> bool | None:
        if app.process.poll() is not None:
            raise NotGoodError(f"it ended with {app.process.returncode}: {app.words()}")
        return httpx.get(f"{origin}/health").status_code == 200 or None

    _eventually("/health", healthy)
    _must(f"/health answers 200, {time.monotonic() - began:.1f} s after the start", True)
    with Running(image, image.config["Healthcheck"]["Test"][1:], ours, files, app.log) as asked:
        _must("its health check says so, too", asked.process.wait(20) == 0, asked.words())
    ready = httpx.get(f"{origin}/ready")
    _must("/ready says ready", ready.status_code == 200, ready.text)
    page = httpx.get(origin)
    _must("it serves the pages", page.status_code == 200 and "<html" in page.text, page.text[:200])
    status = Path(f"/proc/{app.process.pid}/status").read_text()
    uids = next(line.split()[1:] for line in status.splitlines() if line.startswith("Uid:"))
    _must("no part of the process is root's", set(uids) == {image.ids.split(":")[0]}, uids)
    performance = _performance(known_as)
    with (
        connect(
            f"{origin.replace('http', 'ws')}/ws/performances/{performance}", origin=Origin(known_as)
        ) as page_socket,
        _half_a_request(origin) as request,
    ):
        page_socket.recv(timeout=10)
        app.process.send_signal(signal.SIGTERM)
        try:
            while True:
                page_socket.recv(timeout=15)
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else None
        _must(f"SIGTERM closes WebSockets with {SERVICE_RESTART}", code == SERVICE_RESTART, code)
        early, _, _ = select.select([request], [], [], 0)
        _must("while a request that had begun still waits for its end", not early and app.process.poll() is None)
        request.sendall(b"{}")
        answer = request.recv(4096)
        _must("the request is answered then", answer.startswith(b"HTTP/1.1 "), answer)
    code = app.process.wait(20)
    # uvicorn tidies up and then gives itself the signal again, so that whoever asked sees why it ended.
    _must("then the app ends", code in {0, -signal.SIGTERM}, (code, app.words()))


def _half_a_request(origin: str) -> socket.socket:
    """A request whose body is still on its way."""
    parts = urlsplit(origin)
    connection = socket.create_connection((parts.hostname, parts.port), timeout=20)
    head = (
        f"POST /api/webhooks/stripe HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n"
    )
    connection.sendall(head.encode())
    return connection
