"""What the simulation starts from: figures measured by this repository's bench, and what had to be assumed."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).parent
KEPT = HERE / "measured.json"
BENCH = HERE.parent.parent / "bench" / "results" / "latest.json"
CORES = 2
"""Cores of the machine that the bench ran on; everything shared them, the load's generator included."""


@dataclass(frozen=True)
class Measured:
    """Rows of the bench, by their names there. Kept beside this file, so that a new run changes no document unasked."""

    purchases_per_minute: float
    holds_per_s: float
    reads_per_s: float
    last_of_1000_ms: float
    app_mb: float

    @property
    def purchase_s(self) -> float:
        """Seconds of a core for a purchase: app, database, worker, Stripe's stand-in and the buyer together."""
        return CORES * 60 / self.purchases_per_minute

    @property
    def hold_s(self) -> float:
        return CORES / self.holds_per_s

    @property
    def read_s(self) -> float:
        return CORES / self.reads_per_s

    @property
    def frame_s(self) -> float:
        """Seconds of a core to send a frame to one socket."""
        return self.last_of_1000_ms / 1000 / 1000


_ROWS = {
    "purchases_per_minute": "purchases.per_minute",
    "holds_per_s": "holds.64",
    "reads_per_s": "listing.rate",
    "last_of_1000_ms": "sockets.last_of_1000",
    "app_mb": "memory.app",
}


def measured() -> Measured:
    """What was taken over the last time."""
    return Measured(**json.loads(KEPT.read_text()))


def take_over() -> Measured:
    """Take the bench's latest figures. Raises KeyError if the bench hasn't a row that is needed."""
    rows = {row["name"]: row["value"] for row in json.loads(BENCH.read_text())}
    found = Measured(**{key: rows[name] for key, name in _ROWS.items()})
    KEPT.write_text(json.dumps(asdict(found), indent=1) + "\n")
    return found


@dataclass(frozen=True)
class Assumed:
    """What nobody has measured. Each may be wrong; the report names them all."""

    vcpu: float = 0.6  # of a core of the bench's machine: a vCPU is a thread of a shared processor
    app_of_purchase: float = (
        0.35  # share of a purchase's CPU that is the app's; docs/performance.md says PostgreSQL is the largest
    )
    database_of_purchase: float = 0.45
    app_of_hold: float = 0.3
    database_of_hold: float = 0.5
    app_of_read: float = 0.6
    reads: float = 10.0  # requests of somebody who comes: pages, map, snapshot, session
    holds: float = 1.5
    buys: float = 0.3  # of those who come to the map; the others find nothing, or think again
    watches_s: float = 180.0  # at the map, with an open socket
    frames_per_s: float = 2.5  # changes are gathered for half a second in a rush, and a digest comes every other
    fan_out_most: float = 0.5  # of a task's CPU; above it the app gathers longer
    patience_s: float = 10.0  # before an answer; then somebody is lost
    first_30_s: float = 0.5  # of a crowd come in the first half minute, the others ever more slowly
    fades_s: float = 240.0
    start_s: float = 90.0  # from the decision to a task that gets requests: image, start, two health checks
    metric_late_s: float = 60.0
    breaches: int = 3  # minutes in a row before AWS' own alarm adds tasks
    busy_most: float = 0.8  # of a processor, before answers wait
    socket_kb: float = 60.0


REASONS = {
    "vcpu": "how much of a core here a vCPU there is",
    "app_of_purchase": "the app's share of a purchase's CPU",
    "database_of_purchase": "PostgreSQL's share of it",
    "app_of_hold": "the app's share of a hold's CPU",
    "database_of_hold": "PostgreSQL's share of it",
    "app_of_read": "the app's share of a reading request's CPU",
    "reads": "reading requests of one who comes",
    "holds": "holds of one who comes",
    "buys": "share of those who come and buy",
    "watches_s": "seconds at the map",
    "frames_per_s": "frames a second to each map in a rush",
    "fan_out_most": "share of a task's CPU that fan-out may take",
    "patience_s": "seconds before one who waits for an answer is lost",
    "first_30_s": "share of the crowd in the first 30 s",
    "fades_s": "seconds in which the rest of the crowd falls to a third",
    "start_s": "seconds until a new task takes requests",
    "metric_late_s": "seconds until CloudWatch knows a minute",
    "breaches": "minutes above the target before tasks are added",
    "busy_most": "share of a processor that can be used",
    "socket_kb": "memory of an open socket, kB",
}
