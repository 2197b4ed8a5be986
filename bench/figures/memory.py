"""What the whole idle stack takes of the machine's memory: proportional set size, so shared pages count once."""

import re
import time
from pathlib import Path

from bench.rows import Row, row
from bench.stage import Stage, bare_hello, say
from bench.up import Up

IDLE_S = 10.0
PARTS = {
    "postgres": r"/postgres\b|postgres:",
    "valkey": r"valkey|redis-server",
    "stripe_standin": r"frontrow\.local\.stripe_standin",
    "inbox": r"frontrow\.local\.inbox",
    "app": r"frontrow\.app|frontrow\.cli serve",
    "worker": r"frontrow\.worker|frontrow\.cli worker",
    "launcher": r"frontrow\.cli up",
}


def measure(stage: Stage) -> list[Row]:
    with Up(stage.scratch / "memory") as stack:
        time.sleep(IDLE_S)
        by_part: dict[str, float] = {}
        for pid in family(stack.process.pid):
            part = _part_of(pid)
            by_part[part] = by_part.get(part, 0.0) + pss_mb(pid)
    for part, size in sorted(by_part.items(), key=lambda item: -item[1]):
        say(f"memory: {part:<15} {size:6.1f} MB")
    with bare_hello() as (_, pid):
        hello = pss_mb(pid)
    rows = [row("memory.stack", sum(by_part.values()), "MB", against="a bare hello of the server", reference=hello)]
    return rows + [row(f"memory.{part}", size, "MB") for part, size in by_part.items()]


def family(root: int) -> list[int]:
    """A process and all its descendants."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def pss_mb(pid: int) -> float:
    """Proportional set size in MB (10^6 bytes); 0 of a process that has just ended."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    match = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    return int(match[1]) * 1024 / 1e6 if match else 0.0


def _part_of(pid: int) -> str:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return "other"
    return next((part for part, pattern in PARTS.items() if re.search(pattern, command)), "other")
