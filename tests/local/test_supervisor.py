"""Children are kept running, stopped in order, and never left over."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from frontrow.local.process import Process, ProcessFailedError, started_at
from frontrow.local.supervisor import AlreadyRunningError, HomeLock, Supervisor
from tests.waiting import eventually

SLEEPS = [sys.executable, "-c", "import time; time.sleep(600)"]


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]) -> Iterator[Supervisor]:
    with Supervisor(tmp_path, said.append) as one:
        yield one


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process that isn't ours, as a killed run leaves one behind."""
    with subprocess.Popen(SLEEPS) as process:
        yield process
        process.kill()


def _child(folder: Path, name: str, code: str) -> Process:
    return Process(name, [sys.executable, "-c", code], log=folder / f"{name}.log")


async def test_a_crashed_child_is_started_again_and_a_line_says_so(
    supervisor: Supervisor, said: list[str], tmp_path: Path
) -> None:
    child = Process("worker", SLEEPS, log=tmp_path / "worker.log")
    supervisor.adopt(child, 1)
    first = supervisor.pids["worker"]
    os.kill(first, signal.SIGKILL)
    second = await eventually(lambda: supervisor.pids.get("worker", first) != first and supervisor.pids["worker"])
    assert second != first
    assert said == [f"worker stopped with code -9; starting it again in 0.5 s (log: {tmp_path / 'worker.log'})"]


async def test_a_child_that_keeps_crashing_gets_longer_pauses(
    supervisor: Supervisor, said: list[str], tmp_path: Path
) -> None:
    supervisor.adopt(_child(tmp_path, "bad", "raise SystemExit(3)"), 1)
    await eventually(lambda: len(said) >= 2)
    assert [line.split("again ")[1].split(" (")[0] for line in said[:2]] == ["in 0.5 s", "in 1 s"]


def test_later_steps_are_stopped_first(tmp_path: Path, said: list[str]) -> None:
    order = tmp_path / "order"
    code = (
        "import pathlib, signal, sys, time\n"
        "def end(*_):\n"
        f"    with open({str(order)!r}, 'a') as file: file.write(sys.argv[1])\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "print('up', flush=True)\n"
        "time.sleep(600)\n"
    )
    supervisor = Supervisor(tmp_path, said.append)
    children = []
    for step in (1, 2, 3):
        child = Process(f"c{step}", [sys.executable, "-c", code, str(step)], log=tmp_path / f"{step}.log")
        supervisor.adopt(child, step)
        children.append(child)
    for child in children:
        child.wait_until(lambda child=child: "up" in child.said(), 10)  # type: ignore[misc]
    supervisor.stop()
    assert order.read_text() == "321"
    assert supervisor.pids == {}
    assert said == []
    with pytest.raises(RuntimeError, match="being stopped"):
        supervisor.adopt(Process("late", SLEEPS, log=tmp_path / "late.log"), 1)


def test_a_child_that_ignores_its_stop_signal_is_killed_with_all_below_it(tmp_path: Path) -> None:
    code = (
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "below = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(below.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    child = _child(tmp_path, "deaf", code)
    child.spawn()
    child.wait_until(lambda: child.said().endswith("\n"), 10)
    below = int(child.said())
    child.stop(timeout_s=0.2)
    assert not child.running
    assert started_at(below) is None


@pytest.mark.parametrize("same_process", [True, False])
async def test_a_leftover_is_known_by_number_and_start_time(
    supervisor: Supervisor, said: list[str], tmp_path: Path, stranger: subprocess.Popen[bytes], same_process: bool
) -> None:
    noted = {
        "name": "app",
        "pid": stranger.pid,
        "started": started_at(stranger.pid) if same_process else "12345",
        "stop_signal": signal.SIGTERM,
    }
    (tmp_path / "run" / "app.json").write_text(json.dumps(noted))
    (tmp_path / "run" / "half.json").write_text('{"pid": ')  # the plug was pulled while it was written
    supervisor.clear_leftovers()
    assert (stranger.poll() is not None) == same_process
    assert len(said) == same_process
    assert list((tmp_path / "run").iterdir()) == []


async def test_children_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, threading, time\n"
        "from pathlib import Path\n"
        "from frontrow.local.process import Process\n"
        f"child = Process('child', {SLEEPS!r}, log=Path({str(tmp_path / 'log')!r}))\n"
        # From a thread that ends at once, which must not end the child.
        "thread = threading.Thread(target=child.spawn); thread.start(); thread.join()\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", code]
    # Nothing else runs in this loop meanwhile.
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as parent:  # noqa: ASYNC220
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert started_at(child) is not None, "the child ended with the thread that started it"
        parent.kill()
        parent.wait()
        await eventually(lambda: started_at(child) is None)


def test_one_supervisor_a_home(tmp_path: Path) -> None:
    first = HomeLock(tmp_path)
    with pytest.raises(AlreadyRunningError, match=rf"already running in .* \(process {os.getpid()}\)"):
        HomeLock(tmp_path)
    first.release()
    HomeLock(tmp_path).release()


@pytest.mark.parametrize(
    ("code", "fact", "message"),
    [
        ("print('no such table'); raise SystemExit(4)", lambda: False, r"code 4 before(?s:.*)no such table"),
        ("import time; time.sleep(60)", lambda: False, r"wasn't ready after 1 s"),
    ],
)
def test_a_child_that_does_not_get_ready_fails_with_its_last_words(
    tmp_path: Path, code: str, fact: Callable[[], bool], message: str
) -> None:
    child = _child(tmp_path, "child", code)
    child.spawn()
    with pytest.raises(ProcessFailedError, match=message):
        child.wait_until(fact, 1)
    child.kill()
