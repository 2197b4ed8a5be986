"""What a run stands on: one stack as shipped, in a home of its own, with a hall of 50,000 seats."""

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
from tests.factories.house import House, build_house

from bench.load import Job, Seen
from frontrow.auditor.main import audit
from frontrow.core.runtime import Runtime
from frontrow.core.settings import Settings
from frontrow.local.ports import free_ports
from frontrow.local.stack import LocalStack, Options

T = TypeVar("T")
ROOT = Path(__file__).parents[1]
HALL_SEATS = 50_000
QUIET_WITHIN_S = 300.0
LEFT_TO_DO = """
SELECT topic, count(*), max(attempts), count(dead_at), max(last_error) FROM outbox WHERE done_at IS NULL GROUP BY topic
UNION ALL
SELECT 'inbox', count(*), 0, count(parked_at), '' FROM inbox WHERE handled_at IS NULL HAVING count(*) > 0"""


class AuditFailed(RuntimeError):
    """Under load something came out wrong. The figures of such a run are worth nothing."""


class Stage:
    """Made lazily: a run that only looks at start times starts no stack of its own."""

    def __init__(self) -> None:
        self.scratch = Path(tempfile.mkdtemp(prefix="frontrow-bench-"))
        self._stack: LocalStack | None = None
        self._house: House | None = None
        self.sold = 0

    # -- what stands -----------------------------------------------------------------------------------------------

    @property
    def stack(self) -> LocalStack:
        """Everything `frontrow up` starts, but for building the pages. Durability is on, as always."""
        if self._stack is None:
            say("stack: starting")
            began = time.monotonic()
            self._stack = LocalStack(self.scratch / "home", Options(web=False, free_ports=True)).start()
            say(f"stack: up after {time.monotonic() - began:.1f} s")
        return self._stack

    @property
    def house(self) -> House:
        """A published performance in a hall of 50,000 seats."""
        stack = self.stack
        if self._house is None:
            self._house = self.with_runtime(lambda rt: build_house(rt.db, HALL_SEATS, "the-bench"))
            # The factory's rows are letters, which 5,000 rows run out of; and blocks of a hundred by a hundred look
            # like a hall.
            self.sql(
                f"""UPDATE seat_place
                       SET "row" = ((seat_no - 1) / 100 + 1)::text, label = ((seat_no - 1) % 100 + 1)::text,
                           x = (seat_no - 1) % 100 * 10 + (seat_no - 1) / 10000 * 1050,
                           y = (seat_no - 1) / 100 % 100 * 12
                     WHERE seat_map_id = '{self._house.seat_map_id}'"""
            )
            self.sql("VACUUM ANALYZE")
            say(f"hall: {HALL_SEATS:,} seats at {stack.origin}")
        return self._house

    @property
    def performance(self) -> str:
        return str(self.house.performance_id)

    def take_seats(self, count: int) -> int:
        """The first of so many seats at the end of the hall that nobody was sold before; these may be sold."""
        self.sold += count
        return HALL_SEATS - self.sold + 1

    def close(self) -> None:
        if self._stack is not None:
            self._stack.stop()
        shutil.rmtree(self.scratch, ignore_errors=True)

    # -- the books -------------------------------------------------------------------------------------------------

    def with_runtime(self, work: Callable[[Runtime], Awaitable[T]]) -> T:
        """Run something in this process on the stack's own database, patiently."""
        stack = self.stack
        settings = Settings.model_validate(
            {
                "database": {
                    "primary_url": stack.environment["FRONTROW_DATABASE__PRIMARY_URL"],
                    "statement_timeout_ms": 120_000,
                },
                "redis": {"url": stack.environment["FRONTROW_REDIS__URL"], "auth": True},
                "secrets": {"file": stack.home / "secrets.json"},
            }
        )

        async def run() -> T:
            rt = Runtime.open(settings)
            try:
                return await work(rt)
            finally:
                await rt.close()

        return asyncio.run(run())

    def sql(self, statement: str) -> list[str]:
        """A statement in the stack's database as its superuser; the rows, columns divided by ``|``."""
        postgres = self.stack.postgres
        assert postgres is not None
        return postgres.sql(statement, database="frontrow")

    def free_held_seats(self) -> None:
        """Let go of everything held and sweep up, so that every run begins alike, with a hall."""
        assert self.house.seat_count == HALL_SEATS
        self.sql(
            """BEGIN;
               UPDATE hold SET state = 'released' WHERE state = 'active';
               UPDATE seat SET state = 'free', hold_id = NULL, expires_at = NULL, fence = fence + 1
                WHERE state = 'held' AND NOT in_payment;
               COMMIT;
               VACUUM ANALYZE seat; VACUUM ANALYZE hold; VACUUM ANALYZE idempotency; CHECKPOINT;"""
        )

    def settle_down(self) -> None:
        """Wait until nothing is left to do: jobs, Stripe's news, mails. Raises TimeoutError with what is left."""
        ends = time.monotonic() + QUIET_WITHIN_S
        while left := self.sql(LEFT_TO_DO):
            if time.monotonic() > ends:
                raise TimeoutError(f"after {QUIET_WITHIN_S:.0f} s there is left to do: {'; '.join(left)}")
            time.sleep(0.2)

    def cpu_seconds(self) -> dict[str, float]:
        """CPU time that each part of the stack has used so far, its children's with it (``ps`` counts the same)."""
        tick = os.sysconf("SC_CLK_TCK")
        own: dict[int, tuple[int, float]] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = stat.read_text().rpartition(") ")[2].split()
                own[int(stat.parent.name)] = int(fields[1]), sum(map(int, fields[11:15])) / tick

        def with_children(pid: int) -> float:
            below = [child for child, (parent, _) in own.items() if parent == pid]
            return own.get(pid, (0, 0.0))[1] + sum(with_children(child) for child in below)

        return {name: with_children(pid) for name, pid in self.stack.pids.items()}

    def audit(self) -> None:
        """The auditor's forty questions must find nothing. Raises AuditFailed."""
        found = self.with_runtime(lambda rt: audit(rt.db))
        if found:
            told = "; ".join(f"{finding.name}: {len(finding.rows)} rows, {finding.rows[0]}" for finding in found)
            raise AuditFailed(f"the auditor found {told}")
        say("audit: 0 rows")

    # -- the load --------------------------------------------------------------------------------------------------

    def load(self, job: Job) -> Seen:
        """Run the generator in its own process. Raises CalledProcessError with its traceback on our standard error."""
        done = subprocess.run(
            [sys.executable, "-m", "bench.load"],
            input=msgspec.json.encode(job),
            stdout=subprocess.PIPE,
            check=True,
            cwd=ROOT,
            timeout=job.seconds + 120,
        )
        seen = msgspec.json.decode(done.stdout, type=Seen)
        if seen.ran_out:
            raise RuntimeError("the hall is too small for this machine: a client ran out of seats")
        return seen


@contextlib.contextmanager
def bare_hello() -> Iterator[tuple[str, int]]:
    """The barest app under the same server. Yields its origin and process id."""
    port = free_ports(1)[0]
    with subprocess.Popen([sys.executable, "-m", "bench.hello", str(port)], cwd=ROOT) as process:
        try:
            ends = time.monotonic() + 20
            while not _listens(port):
                if time.monotonic() > ends:
                    raise TimeoutError("the bare hello doesn't start")
                time.sleep(0.02)
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.terminate()


def without_settings() -> None:
    """Forget what the shell says about Frontrow: a bench must never find its way to somebody's real stack."""
    for name in [name for name in os.environ if name.startswith("FRONTROW_")]:
        del os.environ[name]


def say(line: str) -> None:
    print(f"  {line}", flush=True)


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
        return True
    return False
