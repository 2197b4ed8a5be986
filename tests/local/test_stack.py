"""The stack as tests and benches use it: data survive a restart and a kill, and nothing is left over."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from frontrow.local.process import ProcessFailedError, started_at
from frontrow.local.stack import LocalStack, Options, Quiet
from frontrow.local.supervisor import AlreadyRunningError
from tests.waiting import eventually

SERVERS_ONLY = Options(app=False, worker=False, web=False, seed=False, free_ports=True)

_UNTIL_KILLED = """
import json, signal, sys
from pathlib import Path
from frontrow.local.stack import LocalStack, Options
stack = LocalStack(Path(sys.argv[1]), Options(app=False, worker=False, web=False, seed=False, free_ports=True))
stack.start()
stack.postgres.sql("CREATE TABLE IF NOT EXISTS kept (x int); INSERT INTO kept VALUES (1)", as_app=True)
print(json.dumps(stack.pids), flush=True)
signal.pause()
"""


def _timed(stack: LocalStack) -> float:
    began = time.monotonic()
    stack.start()
    return time.monotonic() - began


def _rows(stack: LocalStack) -> list[str]:
    assert stack.postgres is not None
    return stack.postgres.sql("SELECT count(*) FROM kept", as_app=True)


async def test_a_home_through_its_life(tmp_path: Path) -> None:
    """New, second start, killed, recovered: in one test, because a home is slow to make."""
    report = Quiet()
    stack = LocalStack(tmp_path, SERVERS_ONLY, report)
    first = _timed(stack)
    assert set(stack.pids) == {"postgres", "valkey", "stripe", "inbox"}
    assert any(line.startswith("PostgreSQL (new)") for line in report.lines)
    assert any(line.startswith("schema") for line in report.lines)
    with pytest.raises(AlreadyRunningError):
        LocalStack(tmp_path, SERVERS_ONLY).start()
    assert stack.postgres is not None
    assert stack.valkey is not None
    stack.postgres.sql("CREATE TABLE kept (x int)", as_app=True)
    stack.valkey.call("SET", "key", "kept")
    shown = json.loads((tmp_path / "settings.json").read_text())
    assert not set(stack.secrets.values()) - {stack.secrets["stripe_publishable_key"]} & set(shown.values())
    stack.stop()
    assert stack.pids == {}

    report = Quiet()
    stack = LocalStack(tmp_path, SERVERS_ONLY, report)
    second = _timed(stack)
    assert _rows(stack) == ["0"]
    assert stack.valkey is not None
    assert stack.valkey.call("GET", "key") == "kept"
    assert not any("new" in line or line.startswith("schema") for line in report.lines)
    assert second < first
    stack.stop()

    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", _UNTIL_KILLED, str(tmp_path)]
    # Nothing else runs in this loop meanwhile.
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as killed:  # noqa: ASYNC220
        assert killed.stdout is not None
        pids = json.loads(killed.stdout.readline())
        killed.send_signal(signal.SIGKILL)
    assert set(pids) == {"postgres", "valkey", "stripe", "inbox"}
    await eventually(lambda: all(started_at(pid) is None for pid in pids.values()))

    with LocalStack(tmp_path, SERVERS_ONLY) as stack:
        assert _rows(stack) == ["1"]


def test_a_start_that_fails_leaves_nothing_running(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("9.6\n")
    stack = LocalStack(tmp_path, SERVERS_ONLY)
    with pytest.raises(ProcessFailedError, match=r"postgres stopped with code \d before it was ready"):
        stack.start()
    assert stack.pids == {}
    assert not any((tmp_path / "run").iterdir())
