"""The stand-in's process: begun on a port of its own, found again by a file, ended by whoever began it."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from frontrow.local.ports import free_ports, is_free
from infra.local.taught.kind import client_of

ROOT = Path(__file__).parents[2]
READY_S = 60


class StandInFailedError(RuntimeError):
    """It ended, or never answered. The message ends with the last lines of its log."""


@dataclass(frozen=True)
class StandIn:
    """A running stand-in. ``localhost`` and not 127.0.0.1: the command puts buckets' names before it."""

    port: int
    pid: int
    log: Path
    region: str

    @property
    def url(self) -> str:
        """Where every service of it is."""
        return f"http://localhost:{self.port}"

    def client(self, service: str) -> Any:
        """boto3's client for a service."""
        return client_of(self.url, self.region, service)

    def answers(self) -> bool:
        """Whether it is there."""
        try:
            with urlopen(f"{self.url}/moto-api/", timeout=5):  # noqa: S310 -- our own address
                return True
        except (URLError, OSError):
            return False

    def errors(self, most: int = 3) -> str:
        """The last errors of its log: what CloudFormation's own answer doesn't say."""
        lines = [line for line in self.log.read_text(errors="replace").splitlines() if "Error: " in line]
        return "\n".join(dict.fromkeys(lines[-most:]))

    def stop(self) -> None:
        """End it, and with it all that was deployed."""
        try:
            os.kill(self.pid, signal.SIGTERM)
        except ProcessLookupError:
            return
        end = time.monotonic() + 10
        while not is_free(self.port) and time.monotonic() < end:
            time.sleep(0.05)


def begin(log: Path, account: str, region: str) -> tuple[StandIn, "subprocess.Popen[bytes]"]:
    """Start one that knows ``account``, and wait until it answers. Raises StandInFailedError."""
    (port,) = free_ports(1)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "infra.local.server", str(port), account, region],
            cwd=ROOT,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C in the terminal that deployed isn't meant for it
        )
    made = StandIn(port, process.pid, log, region)
    end = time.monotonic() + READY_S
    while not made.answers():
        if process.poll() is not None or time.monotonic() > end:
            made.stop()
            raise StandInFailedError("The stand-in didn't start.\n" + log.read_text(errors="replace")[-2000:])
        time.sleep(0.1)
    return made, process


def remembered(file: Path) -> StandIn | None:
    """The one that ``file`` tells of, if it is still there."""
    try:
        known = json.loads(file.read_text())
    except (OSError, ValueError):
        return None
    found = StandIn(known["port"], known["pid"], Path(known["log"]), known["region"])
    return found if found.answers() else None


def remember(file: Path, standin: StandIn) -> None:
    """Write down where it is."""
    known = {"port": standin.port, "pid": standin.pid, "log": str(standin.log), "region": standin.region}
    file.write_text(json.dumps(known) + "\n")
