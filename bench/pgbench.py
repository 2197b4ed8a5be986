"""PostgreSQL's own load generator, with the very statement that a hold over HTTP comes down to."""

import os
import re
import subprocess
from pathlib import Path

from bench.stage import HALL_SEATS, Stage
from frontrow.local.postgres import find_binaries
from frontrow.seats.actions import HOLD_STATEMENT

ARGUMENTS = (
    "uuidv7()",
    "'{performance}'::uuid",
    # Each hold is a buyer's first, as over HTTP.
    "uuidv7()",
    "ARRAY[:seat::int, :seat::int + 1]",
    "600",
    "1200",
    "10",
    "('bench-' || :n::text)",
    "'\\x00'::bytea",
)


def script(performance: str, clients: int) -> str:
    """A transaction: the next two seats of this client, held by HOLD_STATEMENT."""
    each = HALL_SEATS // clients // 2 * 2
    statement = HOLD_STATEMENT
    for number, argument in enumerate(ARGUMENTS, 1):
        statement = statement.replace(f"${number}", argument.format(performance=performance))
    return f"\\set n :n + 1\n\\set seat :client_id * {each} + :n % {each // 2} * 2 + 1\n{statement};\n"


def holds_per_second(stage: Stage, clients: int, seconds: int) -> float:
    """Holds of two seats a second with prepared statements. Raises RuntimeError when some were refused."""
    postgres = stage.stack.postgres
    assert postgres is not None
    file = stage.scratch / "hold.sql"
    file.write_text(script(stage.performance, clients))
    before = _held(stage)
    said = _run(file, postgres.port, postgres.password, clients, seconds)
    done = int(_found(r"number of transactions actually processed: (\d+)", said))
    if _held(stage) - before != done:
        raise RuntimeError("pgbench ran out of seats: its rate would count refusals")
    return float(_found(r"tps = ([0-9.]+)", said))


def _held(stage: Stage) -> int:
    return int(stage.sql("SELECT count(*) FROM hold WHERE state = 'active'")[0])


def _run(file: Path, port: int, password: str, clients: int, seconds: int) -> str:
    command = [
        *(str(find_binaries() / "pgbench"), "-n", "-M", "prepared", "-D", "n=0"),
        *("-c", str(clients), "-j", "1", "-T", str(seconds), "-f", str(file)),
        *("-h", "127.0.0.1", "-p", str(port), "-U", "frontrow", "frontrow"),
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "PGPASSWORD": password}
    )
    if done.returncode != 0:
        raise RuntimeError(f"pgbench failed: {done.stderr[-2000:]}")
    return done.stdout


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise RuntimeError(f"pgbench said something else: {text[-500:]}")
    return match[1]
