"""The AWS services on one machine, as a server of their own (S3, Secrets Manager, SQS)."""

import os
import sys
import urllib.request
from pathlib import Path

from frontrow.local.ports import free_ports
from frontrow.local.process import Process

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}


class Ministack:
    """One server on loopback with some services (``s3,secretsmanager``).

    Whoever talks to it needs :data:`CREDENTIALS` in the environment.
    """

    def __init__(self, folder: Path, services: str) -> None:
        self.port = free_ports(1)[0]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = Process(
            "ministack",
            [sys.executable, "-m", "ministack"],
            log=folder / "ministack.log",
            cwd=folder,
            env={**os.environ, "GATEWAY_PORT": str(self.port), "BIND_HOST": "127.0.0.1", "SERVICES": services},
        )

    def start(self) -> "Ministack":
        self.process.spawn()
        self.process.wait_until(self._answers, 60)
        return self

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self) -> None:
        self.process.stop()
