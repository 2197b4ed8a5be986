"""``frontrow up`` itself, as a person starts it, on ports and in a home of the bench's own."""

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

from bench.stage import ROOT
from frontrow.demo.programme import SHOWS
from frontrow.local.ports import PREFERRED, free_ports

FIRST_PAGE = b"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


class Up:
    """From the command to its end. ``first_200_s`` is how long it took until the list of events was served."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        ports = home / "ports.json"
        if not ports.exists():
            # The developer's own stack may be running on the usual ones.
            ports.write_text(json.dumps(dict(zip(PREFERRED, free_ports(len(PREFERRED)), strict=True))))
        self._home = home
        self._port = int(json.loads(ports.read_text())["app"])
        self.first_200_s = 0.0

    def __enter__(self) -> Self:
        began = time.monotonic()
        command = [sys.executable, "-m", "frontrow.cli", "up", "--no-web", "--home", str(self._home)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        while not self._serves():
            if self.process.poll() is not None:
                raise RuntimeError(f"frontrow up ended with code {self.process.returncode}")
            if time.monotonic() - began > 300:
                self.process.send_signal(signal.SIGINT)
                raise TimeoutError("frontrow up served nothing for 300 s")
            time.sleep(0.01)
        self.first_200_s = time.monotonic() - began
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)

    def _serves(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), 1.0) as connection:
                connection.sendall(FIRST_PAGE)
                said = b"".join(iter(lambda: connection.recv(65536), b""))
                # The app answers while the demo is still being put in; the page is there when all of it is.
                return said.startswith(b"HTTP/1.1 200") and b'"total":%d' % len(SHOWS) in said
        except OSError:
            return False
