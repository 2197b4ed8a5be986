"""The whole of Frontrow on one machine: database, Redis, stand-ins, app and worker, started in the right order.

`frontrow up` shows it to a person; tests, the bench and the browser tests start the same thing in a home of their own::

    with LocalStack(tmp_path, Options(free_ports=True, web=False)) as stack:
        httpx.get(stack.origin + "/health")

Nothing here imports the web framework or the ORM: the parent has to be quick, its children do the work.
"""

import dataclasses
import importlib
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Protocol, Self, TypeVar

from frontrow.core import schema
from frontrow.local import ports as port_book
from frontrow.local.filling import Filling, look_at
from frontrow.local.nodeweb import WebBuild
from frontrow.local.postgres import EmbeddedPostgres
from frontrow.local.process import Process
from frontrow.local.supervisor import HomeLock, Supervisor
from frontrow.local.valkey import EmbeddedValkey

T = TypeVar("T")

WEB = Path(__file__).parents[3] / "web"
EXTERNAL_DATABASE = "FRONTROW_DATABASE__PRIMARY_URL"

# Children of a later step are stopped first: whoever writes goes before what is written to.
_DATA, _STAND_INS, _OURS = 1, 2, 3
_PATIENCE_S = 180  # a busy machine takes ten times as long as an idle one


class Report(Protocol):
    """Where progress goes."""

    def done(self, what: str, seconds: float) -> None: ...

    def note(self, line: str) -> None: ...


class Quiet:
    """Keeps what would have been shown, for tests and benches."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def done(self, what: str, seconds: float) -> None:
        self.lines.append(f"{what} ({seconds:.1f} s)")

    def note(self, line: str) -> None:
        self.lines.append(line)


@dataclasses.dataclass(frozen=True)
class Options:
    """What to start. `ports` wishes ports by name (see :data:`frontrow.local.ports.PREFERRED`); `free_ports` takes any.
    `env` is added to the children's environment last, e.g. ``{"FRONTROW_TILL__HOLD_S": "5"}``.
    """

    app_processes: int = 1
    web: bool = True
    seed: bool = True
    app: bool = True
    worker: bool = True
    free_ports: bool = False
    ports: Mapping[str, int] = dataclasses.field(default_factory=dict)
    env: Mapping[str, str] = dataclasses.field(default_factory=dict)
    postgres_settings: Mapping[str, str] = dataclasses.field(default_factory=dict)


class LocalStack:
    """One stack in one home. `start` returns when the app answers and has all it shows; `stop` ends everything in a few
    seconds."""

    def __init__(self, home: Path, options: Options | None = None, report: Report | None = None) -> None:
        self.home = home.absolute()
        self.options = options or Options()
        self.report: Report = report or Quiet()
        self.ports: dict[str, int] = {}
        self.secrets: dict[str, str] = {}
        self.postgres: EmbeddedPostgres | None = None
        self.valkey: EmbeddedValkey | None = None
        self.environment: dict[str, str] = {}
        self._lock: HomeLock | None = None
        self._supervisor: Supervisor | None = None
        self._passing: list[Process] = []  # children that end by themselves: npm, migrations, demo data
        self._stopping = threading.Event()

    # -- what a user of the stack asks for -------------------------------------------------------------------------

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.ports['app']}"

    @property
    def inbox_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['inbox']}"

    @property
    def stripe_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['stripe']}"

    @property
    def pids(self) -> dict[str, int]:
        """The running children, name to process id."""
        return self._supervisor.pids if self._supervisor else {}

    def process(self, name: str) -> Process:
        """A child by name: `postgres`, `valkey`, `stripe`, `inbox`, `app`, `worker`. Raises KeyError."""
        if self._supervisor is None:
            raise KeyError(name)
        return self._supervisor.process(name)

    def log(self, name: str) -> Path:
        return self.home / "logs" / f"{name}.log"

    # -- life ------------------------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Raises AlreadyRunningError, ProcessFailedError, NoPostgresError and the like; nothing runs on then."""
        self._lock = HomeLock(self.home)
        try:
            self._supervisor = Supervisor(self.home, self.report.note)
            self._supervisor.clear_leftovers()
            self.secrets = self._timed("secrets", self._read_secrets)
            self._choose_ports()
            self.environment = self._settings_for_children()
            with ThreadPoolExecutor(8, "start") as pool:
                try:
                    self._start_all(pool)
                except BaseException:
                    self.stop()  # before the pool waits for its threads: their children end, so they do
                    raise
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop all children in reverse order. Safe to call twice and from a half-finished start."""
        self._stopping.set()
        for process in list(self._passing):
            process.kill()
        if self._supervisor is not None:
            self._supervisor.stop()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # -- steps -----------------------------------------------------------------------------------------------------

    def _start_all(self, pool: ThreadPoolExecutor) -> None:
        """Everything at once that doesn't need each other. The app loads while the database is filled: it connects
        when somebody asks it something, and nobody knows of it yet.
        """
        made: Future[None] = Future()
        database = pool.submit(self._start_database, made)
        pages = pool.submit(self._build_pages)
        others = [pool.submit(step) for step in (self._start_valkey, self._start_stripe, self._start_inbox)]
        # Not before the database's files are made: loading would take its time from those, and from who fills it.
        _all_of([made, pages], beside=[database, *others])
        if self.options.app:
            others.append(pool.submit(self._start_app))
        _all_of([database, *others])
        if self.options.worker:
            # Last: a person waits for all the others, and this one loads for seconds. Later, too, buyers go first.
            self._adopt(self._process("worker", "-m", "frontrow.worker", FRONTROW_NICE="19"), _OURS)

    def _read_secrets(self) -> dict[str, str]:
        """The local secrets, made when missing. Their module is slow to load: it's asked when it may have changed."""
        file = self.home / "secrets.json"
        source = Path(schema.__file__).with_name("secrets.py")
        if file.exists() and file.stat().st_mtime > source.stat().st_mtime:
            stored: dict[str, str] = json.loads(file.read_text())
            return stored
        made: dict[str, str] = importlib.import_module("frontrow.core.secrets").make_local_secrets(file)
        os.utime(file)
        return made

    def _choose_ports(self) -> None:
        file = self.home / "ports.json"
        if self.options.free_ports:
            names = list(port_book.PREFERRED)
            wanted = dict(zip(names, port_book.free_ports(len(names)), strict=True))
        else:
            wanted = port_book.remembered(file)
        self.ports = port_book.choose({**wanted, **self.options.ports}, self.report.note)
        port_book.remember(file, self.ports)

    def _settings_for_children(self) -> dict[str, str]:
        ours = {
            "HOME": str(self.home),
            "ORIGIN": self.origin,
            "LISTEN_HOST": "127.0.0.1",
            "LISTEN_PORT": str(self.ports["app"]),
            "INBOX_URL": self.inbox_url,
            "WEB_DIST": str(WEB / "dist"),
            "DATABASE__PRIMARY_URL": os.environ.get(EXTERNAL_DATABASE)
            or f"postgresql://frontrow@127.0.0.1:{self.ports['postgres']}/frontrow",
            "REDIS__URL": f"redis://127.0.0.1:{self.ports['valkey']}",
            "REDIS__AUTH": "true",
            "OBJECTS__FOLDER": str(self.home / "objects"),
            "SECRETS__KIND": "file",
            "SECRETS__FILE": str(self.home / "secrets.json"),
            "MAIL__HOST": "127.0.0.1",
            "MAIL__PORT": str(self.ports["smtp"]),
            "STRIPE__API_BASE": self.stripe_url,
            "STRIPE__SCRIPT_URL": f"{self.stripe_url}/v3/stripe.js",
            "STRIPE__PUBLISHABLE_KEY": self.secrets["stripe_publishable_key"],
        }
        named = {f"FRONTROW_{name}": value for name, value in ours.items()}
        # For `frontrow audit` and the like in another terminal. No secret is among them.
        (self.home / "settings.json").write_text(json.dumps({**named, **self.options.env}, indent=1) + "\n")
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        # That variable, which build machines like to set, would cost every start nine seconds of compiling.
        return {**inherited, **named, **self.options.env}

    def _start_database(self, made: Future[None]) -> None:
        """The server, then schema and demo data. `made` is told as soon as the server's files are there."""
        filling = Filling(self.home, self._start_passing, seed=self.options.seed)
        if os.environ.get(EXTERNAL_DATABASE):
            self.report.note("using the database of FRONTROW_DATABASE__PRIMARY_URL")
            made.set_result(None)
            self._fill(filling, "", seeded=False)
            return
        began = time.monotonic()
        postgres = EmbeddedPostgres(
            self.home / "postgres",
            self.ports["postgres"],
            self.secrets["database_password"],
            log=self.log("postgres"),
            settings=self.options.postgres_settings,
        )
        new = not postgres.exists()
        if new:
            filling.prepare()
            postgres.prepare()
        made.set_result(None)
        self._adopt(postgres.process, _DATA, postgres.spawn)
        postgres.process.wait_until(postgres.ready, 60)
        version, seeded = look_at(postgres)
        if not version:
            postgres.furnish()
        self.postgres = postgres
        self.report.done("PostgreSQL" + (" (new)" if new else ""), time.monotonic() - began)
        self._fill(filling, version, seeded=seeded)

    def _fill(self, filling: Filling, version: str, *, seeded: bool) -> None:
        if missing := filling.missing(version, seeded=seeded):
            self._timed(" and ".join(missing), lambda: filling.add(missing))

    def _build_pages(self) -> None:
        if not self.options.web or not (WEB / "package.json").exists():
            return
        build = WebBuild(WEB, self.log("web"), self._passing.append)
        if not build.is_current():
            self._timed("pages built", build.build)

    def _start_valkey(self) -> None:
        began = time.monotonic()
        valkey = EmbeddedValkey(
            self.home / "valkey",
            self.ports["valkey"],
            bus_port=self.ports["valkey_bus"],
            password=self.secrets["redis_auth"],
            log=self.log("valkey"),
        )
        self.valkey = valkey
        self._adopt(valkey.process, _DATA, valkey.spawn)
        valkey.process.wait_until(valkey.ready, 20)
        valkey.own_all_slots()
        valkey.process.wait_until(valkey.whole, 20)
        self.report.done("Valkey, a cluster of one", time.monotonic() - began)

    def _start_stripe(self) -> None:
        stripe = self._process(
            "stripe",
            *("-m", "frontrow.local.stripe_standin", "--port", str(self.ports["stripe"])),
            *("--db", str(self.home / "stripe.db"), "--webhook-url", f"{self.origin}/api/webhooks/stripe"),
            FRONTROW_STRIPE__SECRET_KEY=self.secrets["stripe_secret_key"],
            FRONTROW_STRIPE__WEBHOOK_SECRET=self.secrets["stripe_webhook_secret"],
        )
        self._start_server("Stripe stand-in", stripe, _STAND_INS, lambda: _listens(self.ports["stripe"]))

    def _start_inbox(self) -> None:
        inbox = self._process(
            "inbox",
            *("-m", "frontrow.local.inbox", "--smtp-port", str(self.ports["smtp"])),
            *("--http-port", str(self.ports["inbox"]), "--dir", str(self.home / "inbox")),
        )
        self._start_server(
            "mail inbox",
            inbox,
            _STAND_INS,
            lambda: _listens(self.ports["smtp"]) and _listens(self.ports["inbox"]),
        )

    def _start_app(self) -> None:
        # By its module: `frontrow serve` would load the command line first, for a quarter of a second.
        app = self._process("app", "-m", "frontrow.app", FRONTROW_WORKERS=str(self.options.app_processes))
        self._start_server("app", app, _OURS, lambda: _is_healthy(self.ports["app"]))

    # -- inside ----------------------------------------------------------------------------------------------------

    def _adopt(self, process: Process, step: int, spawn: Callable[[], None] | None = None) -> None:
        if self._supervisor is None:
            raise RuntimeError("the stack isn't being started")
        self._supervisor.adopt(process, step, spawn)

    def _start_server(self, title: str, process: Process, step: int, ready: Callable[[], bool]) -> None:
        began = time.monotonic()
        self._adopt(process, step)
        process.wait_until(ready, _PATIENCE_S)
        self.report.done(title, time.monotonic() - began)

    def _process(self, name: str, *words: str, listens: bool = False, **more: str) -> Process:
        environment = {**self.environment, **more}
        return Process(name, [sys.executable, *words], log=self.log(name), env=environment, listens=listens)

    def _start_passing(self, name: str, words: Sequence[str], *, listens: bool = False) -> Process:
        """Start one of our programs that ends by itself."""
        process = self._process(name, *words, listens=listens)
        self._passing.append(process)
        if self._stopping.is_set():
            raise process.failure("isn't started: everything is being stopped")
        process.spawn()
        return process

    def _timed(self, what: str, act: Callable[[], T]) -> T:
        began = time.monotonic()
        result = act()
        self.report.done(what, time.monotonic() - began)
        return result


def _all_of(wanted: list[Future[None]], beside: list[Future[None]] | None = None) -> None:
    """Wait for all of `wanted`; the first error of any of them, or of those `beside`, is raised at once."""
    pending = set(wanted)
    while pending:
        done, _ = wait(pending | set(beside or []), return_when=FIRST_EXCEPTION, timeout=0.05)
        for future in done:
            future.result()
        pending -= done


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 0.2).close()
    except OSError:
        return False
    return True


def _is_healthy(port: int) -> bool:
    """Whether GET /health is answered with 200. By hand, because an HTTP client takes longer to import than to ask."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1.0) as connection:
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False
