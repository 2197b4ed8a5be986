"""``frontrow up``: starts the stack, tells a person how far it is, then what is where, and stays until Ctrl-C."""

import dataclasses
import importlib
import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType

from frontrow.local.nodeweb import NoNodeError
from frontrow.local.ports import NoFreePortError
from frontrow.local.postgres import NoPostgresError, SqlFailedError
from frontrow.local.process import ProcessFailedError, die_with_parent
from frontrow.local.stack import LocalStack, Options
from frontrow.local.supervisor import AlreadyRunningError
from frontrow.local.valkey import NoValkeyError
from frontrow.local.wire import WireError

DEMO_USERS = (
    ("organiser", "anna@frontrow.example"),
    ("door", "door@frontrow.example"),
    ("buyer", "ben@frontrow.example"),
)

_EXPECTED = (
    AlreadyRunningError,
    NoFreePortError,
    NoNodeError,
    NoPostgresError,
    NoValkeyError,
    ProcessFailedError,
    SqlFailedError,
    WireError,
)
"""What can go wrong on somebody's machine: told in a sentence, without a traceback."""


class Console:
    """A line a step. Each is written at once, also into a pipe; a reader who left doesn't stop the stack."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # Colours come from rich where somebody looks; a pipe gets plain lines and isn't made to wait for the import.
        self._rich = importlib.import_module("rich.console").Console(highlight=False) if sys.stdout.isatty() else None

    def done(self, what: str, seconds: float) -> None:
        self.plain(f"  ✓ {what} ({seconds:.1f} s)", "green")

    def note(self, line: str) -> None:
        self.plain(f"  ! {line}", "yellow")

    def plain(self, line: str = "", style: str = "none") -> None:
        with self._lock:
            try:
                if self._rich is not None:
                    self._rich.print(line, style=style, soft_wrap=True, markup=False)
                else:
                    sys.stdout.write(line + "\n")
                    sys.stdout.flush()
            except BrokenPipeError:
                # `frontrow up | head`: from here on nobody reads.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@dataclasses.dataclass
class Wanted:
    """The command line of ``frontrow up``."""

    home: Path
    port: int | None = None
    app_processes: int = 1
    web: bool = True
    seed: bool = True


def main(wanted: Wanted) -> int:
    """Run the stack until Ctrl-C or SIGTERM. Returns the exit code: 0 after a stop, 1 when it couldn't start."""
    console = Console()
    began = time.monotonic()
    ending = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        if ending.is_set():
            return  # already stopping; a second Ctrl-C must not cut it short and leave processes behind
        ending.set()
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)

    if os.environ.get("MAKELEVEL"):
        # Under `make run` a killed make must take the stack along; started by hand, it may outlive its terminal.
        die_with_parent(signal.SIGTERM)
    ports = {"app": wanted.port} if wanted.port else {}
    options = Options(app_processes=wanted.app_processes, web=wanted.web, seed=wanted.seed, ports=ports)
    stack = LocalStack(wanted.home, options, console)
    console.plain("Starting Frontrow", "bold")
    try:
        stack.start()
        _show(console, stack, time.monotonic() - began)
        while True:
            signal.pause()
    except KeyboardInterrupt:
        console.plain()
        console.plain("Stopping …")
        return 0
    except _EXPECTED as error:
        console.plain()
        console.plain(str(error))
        return 1
    finally:
        ending.set()
        stack.stop()


def _show(console: Console, stack: LocalStack, seconds: float) -> None:
    console.plain()
    console.plain(f"Frontrow is at {stack.origin}  (after {seconds:.1f} s)", "bold")
    console.plain()
    if stack.options.seed:
        console.plain(f"  Log in with the password  {stack.secrets['demo_password']}")
        for role, address in DEMO_USERS:
            console.plain(f"    {role:<10} {address}")
        console.plain("  Coupons   WELCOME10 takes a tenth off, TENNER 10 € from 40 € on, once a person")
        console.plain()
    console.plain(f"  Mail      {stack.inbox_url}  (everything that Frontrow sends lands here)")
    console.plain("  Card      4242 4242 4242 4242, any date ahead, any CVC: no real money anywhere")
    console.plain(f"  Data      {stack.home}  (stays; delete the folder to begin anew)")
    console.plain(f"  Logs      {stack.home / 'logs'}")
    console.plain()
    console.plain("Ctrl-C stops everything.")
