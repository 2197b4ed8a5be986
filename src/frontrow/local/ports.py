"""Ports of the local stack: the same ones as last time when they are free, else the next free ones."""

import contextlib
import json
import socket
from collections.abc import Callable, Mapping
from pathlib import Path

PREFERRED: Mapping[str, int] = {
    "app": 8000,
    "inbox": 8025,
    "smtp": 8026,
    "stripe": 8027,
    "postgres": 8028,
    "valkey": 8029,
    "valkey_bus": 8030,
}


SHOWN = frozenset({"app", "inbox"})


class NoFreePortError(RuntimeError):
    """Two hundred ports in a row are taken, which no ordinary machine does."""


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        # As servers do: a port on which only closed connections linger is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """So many different free ports, chosen by the kernel: for tests and for a second stack beside the first."""
    with contextlib.ExitStack() as held:
        found = []
        for _ in range(count):
            probe = held.enter_context(socket.socket())
            probe.bind(("127.0.0.1", 0))
            found.append(int(probe.getsockname()[1]))
    return found


def choose(wanted: Mapping[str, int], say: Callable[[str], None]) -> dict[str, int]:
    """A free port for each name: the wanted one or the next above it.

    Says so in a line when one that people type into a browser was taken; nobody misses the others.
    """
    chosen: dict[str, int] = {}
    for name, port in wanted.items():
        for candidate in range(port, min(port + 200, 65536)):
            if candidate not in chosen.values() and is_free(candidate):
                break
        else:
            raise NoFreePortError(f"Ports {port} to {port + 199} are all taken ({name}).")
        if candidate != port and name in SHOWN:
            say(f"port {port} is taken; using {candidate}" + ("" if name == "app" else f" for {name}"))
        chosen[name] = candidate
    return chosen


def remembered(file: Path) -> dict[str, int]:
    """The ports of last time, or the preferred ones; a broken file counts as none."""
    stored: dict[str, int] = {}
    with contextlib.suppress(OSError, ValueError, AttributeError):
        read = json.loads(file.read_text())
        stored = {name: port for name, port in read.items() if name in PREFERRED and isinstance(port, int)}
    return {**PREFERRED, **stored}


def remember(file: Path, ports: Mapping[str, int]) -> None:
    file.write_text(json.dumps(dict(ports), indent=1) + "\n")
