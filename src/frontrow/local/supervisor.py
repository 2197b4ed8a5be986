"""Keeps the children of one home running: one supervisor a home, nothing left over from a run that was killed.

A child that crashes is started again, after a pause that doubles. Stopping goes backwards through the order of
starting, all children of one step at once.
"""

import contextlib
import dataclasses
import fcntl
import json
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from frontrow.local.process import Process, descendants, started_at

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
LEFTOVER_PATIENCE_S = 5.0
STEADY_S = 60.0
"""A child that ran this long is healthy again: its next crash is met with the first pause."""


class AlreadyRunningError(RuntimeError):
    """Another supervisor holds this home; the message names its process."""


class HomeLock:
    """One supervisor a home. The kernel gives the lock back when its holder ends, however it ends."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._file = (home / "lock").open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.seek(0)
            holder = self._file.read().strip() or "unknown"
            self._file.close()
            raise AlreadyRunningError(f"Frontrow is already running in {home} (process {holder}).") from None
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def release(self) -> None:
        self._file.close()


@dataclasses.dataclass
class _Watched:
    process: Process
    spawn: Callable[[], None]
    step: int
    started: float
    pause_s: float = FIRST_PAUSE_S
    again_at: float | None = None


@dataclasses.dataclass(frozen=True)
class _Noted:
    """A child as it is written down, so that the next run can recognise it."""

    name: str
    pid: int
    started: str | None
    stop_signal: int

    def lives(self) -> bool:
        return self.started is not None and started_at(self.pid) == self.started


def _send(pid: int, signal_number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal_number)


class Supervisor:
    """Children by name. `say` gets a line whenever something happens that a person would want to know."""

    def __init__(self, home: Path, say: Callable[[str], None]) -> None:
        self._home = home
        self._say = say
        self._watched: dict[str, _Watched] = {}
        self._lock = threading.RLock()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        self._run_dir = home / "run"
        self._run_dir.mkdir(parents=True, exist_ok=True)

    @property
    def pids(self) -> dict[str, int]:
        """The running children, name to process id."""
        with self._lock:
            return {name: each.process.pid for name, each in self._watched.items() if each.process.running}

    def process(self, name: str) -> Process:
        """Raises KeyError for a name that was never started."""
        return self._watched[name].process

    def adopt(self, process: Process, step: int, spawn: Callable[[], None] | None = None) -> None:
        """Start a child and keep it running from now on. Children of a later `step` are stopped first.

        `spawn` starts it where more than `process.spawn` is needed. Raises RuntimeError once all are being stopped.
        """
        with self._lock:
            if self._ending.is_set():
                raise RuntimeError(f"{process.name} isn't started: everything is being stopped")
            each = _Watched(process, spawn or process.spawn, step, time.monotonic())
            self._watched[process.name] = each
            each.spawn()
            self._note(process)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)
                self._thread.start()

    def clear_leftovers(self) -> None:
        """Stop what a killed run left behind. A process is known by number and start time, never by number alone."""
        left: dict[int, _Noted] = {}
        for file in self._run_dir.glob("*.json"):
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                noted = _Noted(**json.loads(file.read_text()))
                if noted.lives():
                    left[noted.pid] = noted
            file.unlink(missing_ok=True)
        for noted in left.values():
            _send(noted.pid, noted.stop_signal)
        end = time.monotonic() + LEFTOVER_PATIENCE_S
        for noted in left.values():
            while noted.lives() and time.monotonic() < end:
                time.sleep(0.02)
            if noted.lives():
                for pid in (noted.pid, *descendants(noted.pid)):
                    _send(pid, signal.SIGKILL)
            self._say(f"stopped {noted.name}, left over from an earlier run (process {noted.pid})")

    def stop(self, timeout_s: float = 6.0) -> None:
        """Stop all children, the last step first. Safe to call twice."""
        self._ending.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        with self._lock:
            for step in sorted({each.step for each in self._watched.values()}, reverse=True):
                together = [each.process for each in self._watched.values() if each.step == step]
                for process in together:
                    process.ask_to_stop()
                for process in together:
                    process.stop(timeout_s)
                    self._file(process.name).unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _watch(self) -> None:
        while not self._ending.wait(0.1):
            with self._lock:
                for each in list(self._watched.values()):
                    self._look_at(each)

    def _look_at(self, each: _Watched) -> None:
        now = time.monotonic()
        process = each.process
        if process.running:
            return
        if each.again_at is None:
            if now - each.started > STEADY_S:
                each.pause_s = FIRST_PAUSE_S
            each.again_at = now + each.pause_s
            self._say(
                f"{process.name} stopped with code {process.exit_code}; starting it again in {each.pause_s:g} s"
                f" (log: {process.log})"
            )
            each.pause_s = min(each.pause_s * 2, LONGEST_PAUSE_S)
        elif now >= each.again_at:
            each.again_at = None
            each.started = now
            try:
                each.spawn()
            except Exception as error:
                # A child that can't even be started is tried again like one that crashed.
                self._say(f"{process.name} couldn't be started: {error}")
                each.again_at = now + each.pause_s
                each.pause_s = min(each.pause_s * 2, LONGEST_PAUSE_S)
                return
            self._note(process)

    def _note(self, process: Process) -> None:
        noted = _Noted(process.name, process.pid, started_at(process.pid), process.stop_signal)
        self._file(process.name).write_text(json.dumps(dataclasses.asdict(noted)))

    def _file(self, name: str) -> Path:
        return self._run_dir / f"{name}.json"
