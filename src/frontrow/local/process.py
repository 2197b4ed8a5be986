"""Child processes that never outlive their parent.

The kernel's parent-death signal belongs to the *thread* that forked: a child started from a worker thread of some pool
would be stopped when that thread is retired. So every child is forked by one thread, the nursery, that lives as long as
the process does.
"""

import contextlib
import ctypes
import functools
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1
_LOG_KEEP_BYTES = 20_000_000
_NOBODY = "65534"
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class ProcessFailedError(RuntimeError):
    """A child stopped, or didn't get ready in time. The message ends with the last lines of its log."""


class _Nursery:
    """The one thread that forks."""

    def __init__(self) -> None:
        self._work: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def popen(self, make: Callable[[], subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="nursery", daemon=True)
                self._thread.start()
        made: Future[subprocess.Popen[bytes]] = Future()
        self._work.put((make, made))
        return made.result()

    def _run(self) -> None:
        while True:
            make, made = self._work.get()
            try:
                made.set_result(make())
            except Exception as error:
                # Whatever it is, it belongs to the thread that asked.
                made.set_exception(error)


_nursery = _Nursery()


def _die_with(parent: int, death_signal: int) -> None:
    """Runs in the child between fork and exec."""
    if _libc is None:
        return
    _libc.prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent:  # it died before the call above
        os._exit(1)


def die_with_parent(death_signal: int) -> None:
    """Ask the kernel to send this process a signal when its parent ends. Does nothing where there is no such thing."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0)


def spawn(
    argv: Sequence[str],
    *,
    log: Path | None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    death_signal: int = signal.SIGTERM,
    listens: bool = False,
) -> subprocess.Popen[bytes]:
    """Start a child that gets `death_signal` when this process ends, however it ends. Its input is empty, or a pipe
    from here when it `listens`.

    It has a session of its own, so that Ctrl-C in a terminal reaches the supervisor alone, which then stops children in
    the right order. Its output goes to the end of `log`.
    """

    def make() -> subprocess.Popen[bytes]:
        with contextlib.ExitStack() as files:
            out: Any = subprocess.DEVNULL
            if log is not None:
                log.parent.mkdir(parents=True, exist_ok=True)
                if log.exists() and log.stat().st_size > _LOG_KEEP_BYTES:
                    log.replace(log.with_name(log.name + ".1"))
                out = files.enter_context(log.open("ab"))
            return subprocess.Popen(
                argv,
                stdin=subprocess.PIPE if listens else subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=dict(env) if env is not None else None,
                cwd=cwd,
                start_new_session=True,
                preexec_fn=functools.partial(_die_with, os.getpid(), death_signal),  # noqa: PLW1509
            )

    return _nursery.popen(make)


def started_at(pid: int) -> str | None:
    """When a process was started, in the kernel's ticks since boot: with the number it names one process for good.

    None when there is no such process, or only its unread exit code is left.
    """
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The command's name may hold spaces and brackets; what follows its last bracket is plain.
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]


def descendants(pid: int) -> list[int]:
    """All living processes below `pid`, nearest first."""
    found: list[int] = []
    to_see = [pid]
    while to_see:
        parent = to_see.pop(0)
        # Children belong to the thread that forked them.
        for file in Path(f"/proc/{parent}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                children = [int(word) for word in file.read_text().split()]
                found += children
                to_see += children
    return found


@functools.cache
def unprivileged(*, death_signal: int = signal.SIGTERM) -> tuple[str, ...]:
    """Words to put before a command that refuses to run as root; none when we aren't root.

    A user namespace keeps the files ours. Where the kernel forbids one (many containers do), the command runs as
    `nobody`, who must then own its files: see :func:`give_away`.
    """
    if os.geteuid() != 0:
        return ()
    mapped = ("unshare", "--user", f"--map-user={_NOBODY}", f"--map-group={_NOBODY}", "--")
    if shutil.which("unshare") and subprocess.run([*mapped, "true"], capture_output=True, check=False).returncode == 0:
        return mapped
    # The change of user clears the parent-death signal, so setpriv has to set it again.
    name = signal.Signals(death_signal).name.removeprefix("SIG")
    return ("setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups", "--pdeathsig", name, "--")


def give_away(path: Path) -> None:
    """Make `path` and all below it `nobody`'s, when that is who the servers run as."""
    if unprivileged()[:1] != ("setpriv",):
        return
    for item in (path, *path.rglob("*")):
        os.chown(item, int(_NOBODY), int(_NOBODY), follow_symlinks=False)


class Process:
    """One child: started, waited for, stopped. Safe to use from several threads one after the other."""

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stop_signal: int = signal.SIGTERM,
        listens: bool = False,
    ) -> None:
        self.name = name
        self.argv = list(argv)
        self.log = log
        self._env = env
        self._cwd = cwd
        self.stop_signal = stop_signal
        self._listens = listens
        self._child: subprocess.Popen[bytes] | None = None
        self._log_from = 0

    @property
    def pid(self) -> int:
        """The process id; 0 before the first start."""
        return self._child.pid if self._child else 0

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    @property
    def exit_code(self) -> int | None:
        return self._child.poll() if self._child else None

    def spawn(self) -> None:
        self._log_from = self.log.stat().st_size if self.log.exists() else 0
        self._child = spawn(
            self.argv,
            log=self.log,
            env=self._env,
            cwd=self._cwd,
            death_signal=self.stop_signal,
            listens=self._listens,
        )

    def tell(self, line: str) -> None:
        """Send a child that `listens` its one line. Nothing happens when it is gone: waiting for its end tells that."""
        if self._child is not None and self._child.stdin is not None:
            with contextlib.suppress(BrokenPipeError), self._child.stdin as pipe:
                pipe.write(line.encode() + b"\n")

    def said(self) -> str:
        """What the child wrote to its log since this start."""
        try:
            with self.log.open("rb") as file:
                if self.log.stat().st_size >= self._log_from:
                    file.seek(self._log_from)
                return file.read().decode(errors="replace")
        except OSError:
            return ""

    def failure(self, what: str) -> ProcessFailedError:
        """An error that ends with the last lines of the log."""
        tail = "\n".join("  " + line for line in self.said().splitlines()[-15:])
        return ProcessFailedError(f"{self.name} {what}. Its log is {self.log}\n{tail}".rstrip())

    def wait_until(self, ready: Callable[[], bool], timeout_s: float) -> None:
        """Wait for a fact about a running child. Raises ProcessFailedError when it ends first, or is too slow."""
        end = time.monotonic() + timeout_s
        pause = 0.005
        while not ready():
            if not self.running:
                raise self.failure(f"stopped with code {self.exit_code} before it was ready")
            if time.monotonic() > end:
                raise self.failure(f"wasn't ready after {timeout_s:.0f} s")
            time.sleep(pause)
            pause = min(pause * 1.5, 0.05)

    def wait(self, timeout_s: float) -> int:
        """Wait for the end of a child that ends by itself; returns its exit code."""
        if self._child is None:
            raise ProcessFailedError(f"{self.name} was never started")
        try:
            return self._child.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise self.failure(f"took longer than {timeout_s:.0f} s") from None

    def ask_to_stop(self) -> None:
        """Send the stop signal and return at once."""
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(self.stop_signal)

    def stop(self, timeout_s: float = 6.0) -> None:
        """Stop it in its own way; after `timeout_s`, with everything below it, by force."""
        if self._child is None:
            return
        self.ask_to_stop()
        try:
            self._child.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """SIGKILL for it and everything below it: what a power cut looks like."""
        if self._child is None:
            return
        below = {pid: started_at(pid) for pid in descendants(self._child.pid)}
        self._child.kill()
        for pid in below:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._child.wait()
        # A killed process lives until the kernel gets to it, and holds its files and ports that long.
        end = time.monotonic() + 5
        while any(started and started_at(pid) == started for pid, started in below.items()) and time.monotonic() < end:
            time.sleep(0.005)
