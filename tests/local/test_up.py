"""``frontrow up`` as a person meets it: what it prints, that a killed start heals, and that it goes when told to."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx

from frontrow.demo.programme import SHOWS
from frontrow.local.postgres import EmbeddedPostgres
from frontrow.local.process import descendants, started_at
from tests.waiting import eventually


@contextlib.contextmanager
def _up(home: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "frontrow.cli", "up", "--home", str(home), "--no-web", *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _lines_until(process: subprocess.Popen[str], end: str) -> Iterator[str]:
    assert process.stdout is not None
    for line in process.stdout:
        yield line.rstrip("\n")
        if end in line:
            return
    raise AssertionError(f"{end!r} was never printed")


def _kill_while_it_seeds(home: Path) -> None:
    """A first start that ends by force when some of the demo's events are in the database, and others aren't yet."""
    with _up(home) as up:
        list(_lines_until(up, "PostgreSQL (new)"))
        port = json.loads((home / "ports.json").read_text())["postgres"]
        password = json.loads((home / "secrets.json").read_text())["database_password"]
        postgres = EmbeddedPostgres(home / "postgres", port, password)

        def events() -> int:
            return int(postgres.sql("SELECT count(*) FROM event", as_app=True)[0])

        asyncio.run(eventually(events, within=120, every=0.05))
        assert events() < len(SHOWS)
        children = descendants(up.pid)
        up.kill()
        up.wait()
    asyncio.run(eventually(lambda: not [pid for pid in children if started_at(pid) is not None], within=30))


def test_up_shows_where_everything_is_and_stops_when_told(tmp_path: Path) -> None:
    """In a home where the first start was killed, because a home is slow to make."""
    _kill_while_it_seeds(tmp_path)
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        with _up(tmp_path, "--port", str(taken)) as up:
            lines = list(_lines_until(up, f"port {taken} is taken; using "))
            origin = f"http://127.0.0.1:{lines[-1].rpartition(' ')[2]}"
            lines += _lines_until(up, "Ctrl-C stops everything")
            assert any("demo data" in line for line in lines)
            first_address = next(line for line in lines if "http://" in line)
            assert f"{origin} " in first_address
            for login in ("anna@frontrow.example", "door@frontrow.example", "ben@frontrow.example"):
                assert any(login in line for line in lines)

            assert httpx.get(f"{origin}/health").json() == {"status": "ok"}
            assert httpx.get(f"{origin}/ready").json()["status"] == "ready"
            assert httpx.get(f"{origin}/api/events").json()["total"] == len(SHOWS)

            with _up(tmp_path) as second:
                said, _ = second.communicate(timeout=60)
                assert second.returncode == 1
                assert f"already running in {tmp_path}" in said
                assert "Traceback" not in said

            children = descendants(up.pid)
            assert len(children) >= 6
            up.send_signal(signal.SIGINT)
            assert up.wait(timeout=15) == 0
            assert [pid for pid in children if started_at(pid) is not None] == []
