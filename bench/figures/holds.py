"""Holds of two seats over HTTP, everything included, against pgbench running the same statement."""

from bench import pgbench
from bench.load import Job
from bench.rows import Row, median, percentile, row
from bench.stage import HALL_SEATS, Stage, say

CLIENTS = (16, 64)
RUNS = 3
SECONDS = 4
LEAST_RATIO = 0.25


def measure(stage: Stage) -> list[Row]:
    """Each client has its own seats: this is the cost of a hold, not of a fight (that one is in the race tests)."""
    rows = []
    for clients in CLIENTS:
        ours, theirs = [], []
        for run in range(1, RUNS + 1):
            stage.free_held_seats()
            seen = stage.load(hold_job(stage, clients, SECONDS))
            stage.free_held_seats()
            theirs.append(pgbench.holds_per_second(stage, clients, SECONDS))
            ours.append(seen.done / seen.seconds)
            p50, p99 = percentile(seen.ms, 0.5), percentile(seen.ms, 0.99)
            say(
                f"holds: run {run} of {RUNS}, {clients} clients: {ours[-1]:,.0f}/s over HTTP "
                f"(p50 {p50:.1f} ms, p99 {p99:.1f} ms, {seen.busy} sent away); pgbench {theirs[-1]:,.0f}/s"
            )
        rows.append(
            row(
                f"holds.{clients}",
                median(ours),
                "/s",
                against=f"pgbench, {clients} clients, the same statement",
                reference=median(theirs),
                target=LEAST_RATIO,
            )
        )
    stage.audit()
    stage.free_held_seats()
    return rows


def hold_job(stage: Stage, clients: int, seconds: float) -> Job:
    return Job(
        kind="hold",
        origin=stage.stack.origin,
        clients=clients,
        seconds=seconds,
        performance=stage.performance,
        seats=HALL_SEATS - stage.sold,
    )
