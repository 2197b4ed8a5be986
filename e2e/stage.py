"""The stack that a run plays on: one of its own, or, with FRONTROW_E2E_HOME, one that runs already."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from frontrow.local.stack import LocalStack, Options

RUNNING = "FRONTROW_E2E_HOME"


@dataclass(frozen=True)
class Stage:
    """Where the app and the inbox answer, where logs and books are, and the demo people's password."""

    home: Path
    origin: str
    inbox_url: str
    password: str


@contextmanager
def stage() -> Iterator[Stage]:
    """Starting takes a quarter of a minute; while tests are being written, `frontrow up` may stay up for them."""
    if running := os.environ.get(RUNNING):
        home = Path(running).absolute()
        settings = json.loads((home / "settings.json").read_text())
        password = json.loads((home / "secrets.json").read_text())["demo_password"]
        yield Stage(home, settings["FRONTROW_ORIGIN"], settings["FRONTROW_INBOX_URL"], password)
        return
    # Paths of sockets are short by law; pytest's own folders may not be.
    with (
        tempfile.TemporaryDirectory(prefix="frontrow-e2e-") as folder,
        LocalStack(Path(folder), Options(free_ports=True)) as stack,
    ):
        yield Stage(stack.home, stack.origin, stack.inbox_url, stack.secrets["demo_password"])
