"""The list of events and an event's page, as a browser asks for them, against a bare hello of the same server."""

from bench.load import Job
from bench.rows import Row, median, row
from bench.stage import Stage, bare_hello, machine_time, say

CLIENTS = 16
RUNS = 3
TRIES = 8
MOST_STOLEN = 0.02
"""A run that the host took more of a core from counts only if there aren't enough others."""
SECONDS = 2
TARGET = 0.5


def measure(stage: Stage) -> list[Row]:
    """One after the other in each run, so that what the host takes away is taken from all. The runs that count are
    chosen by how much that was, never by how they came out."""
    origin = stage.stack.origin
    assert stage.house.event_id is not None
    [slug] = stage.sql(f"SELECT slug FROM event WHERE id = '{stage.house.event_id}'")
    paths = {"listing.rate": "/api/events", "listing.event": f"/api/events/{slug}", "listing.page": f"/events/{slug}"}
    runs: list[tuple[float, dict[str, float]]] = []
    with bare_hello() as (hello, _):
        while len(runs) < TRIES and sum(stolen <= MOST_STOLEN for stolen, _ in runs) < RUNS:
            all_before, stolen_before = machine_time()
            rates = {name: _rate(stage, origin, path) for name, path in paths.items()}
            rates["hello"] = _rate(stage, hello, "/")
            all_after, stolen_after = machine_time()
            runs.append(((stolen_after - stolen_before) / max(all_after - all_before, 1), rates))
            told = ", ".join(f"{name} {rate:,.0f}/s" for name, rate in rates.items())
            say(f"listing: run {len(runs)}: {told}, {runs[-1][0]:.1%} lost to the host")
    counted = [rates for _, rates in sorted(runs, key=lambda run: run[0])[:RUNS]]
    against = f"a bare hello of the same server, {CLIENTS} clients"
    reference = median(rates["hello"] for rates in counted)
    return [
        row(name, median(rates[name] for rates in counted), "/s", against=against, reference=reference, target=TARGET)
        for name in paths
    ]


def _rate(stage: Stage, origin: str, path: str) -> float:
    done = stage.load(Job(kind="get", origin=origin, clients=CLIENTS, seconds=SECONDS, path=path))
    return done.done / done.seconds
