"""Whole purchases a minute: a new buyer, a hold of two seats, order, payment, card, paid; all of it on this machine."""

from dataclasses import dataclass

from bench.figures.holds import hold_job
from bench.load import STEPS, Job, Seen
from bench.machine import Run, calmest
from bench.rows import Row, median, percentile, row
from bench.stage import Stage, say

BUYERS = 16
RUNS = 3
TRIES = 5
MOST_STOLEN = 0.01
SECONDS = 20
SEATS_A_RUN = 4800
LEAST_A_MINUTE = 4000


@dataclass(frozen=True)
class Bought:
    """``rate`` and ``holds`` a minute."""

    rate: float
    holds: float
    seen: Seen


def measure(stage: Stage) -> list[Row]:
    """The generator, the Stripe stand-in, its webhooks and the mails share the cores with the app."""
    stage.free_held_seats()
    counted = calmest(
        lambda: _buy(stage), _tell, runs=RUNS, tries=TRIES, most_stolen=MOST_STOLEN, prepare=stage.settle_down
    )
    say(f"purchases: those runs count that lost at most {counted[-1].stolen:.1%} to the host")
    _tell_steps([run.found.seen for run in counted])
    stage.settle_down()
    stage.audit()
    return [
        row(
            "purchases.per_minute",
            median([run.found.rate for run in counted]),
            "/min",
            against=f"holds alone over HTTP, {BUYERS} clients",
            reference=median([run.found.holds for run in counted]),
            target=LEAST_A_MINUTE,
        )
    ]


def _buy(stage: Stage) -> Bought:
    holds = stage.load(hold_job(stage, BUYERS, 3)).done / 3 * 60
    stage.free_held_seats()
    before = stage.cpu_seconds()
    seen = stage.load(_job(stage))
    _tell_cpu(seen, before, stage.cpu_seconds())
    return Bought(seen.done / seen.seconds * 60, holds, seen)


def _tell(number: int, run: Run[Bought]) -> None:
    found = run.found
    say(
        f"purchases: run {number}, {BUYERS} buyers: {found.rate:,.0f} a minute "
        f"(p50 {percentile(found.seen.ms, 0.5):.0f} ms, p99 {percentile(found.seen.ms, 0.99):.0f} ms, "
        f"{found.seen.busy} sent away), {run.stolen:.1%} lost to the host"
    )


def _job(stage: Stage) -> Job:
    return Job(
        kind="buy",
        origin=stage.stack.origin,
        stripe=stage.stack.stripe_url,
        clients=BUYERS,
        seconds=SECONDS,
        performance=stage.performance,
        first_seat=stage.take_seats(SEATS_A_RUN),
        seats=SEATS_A_RUN,
    )


def _tell_cpu(seen: Seen, before: dict[str, float], after: dict[str, float]) -> None:
    """CPU per purchase by part, which a busy machine doesn't change: where to look first."""
    bought = max(len(seen.steps.get("check", [])), 1)
    spent = {name: (after[name] - before[name]) / bought * 1000 for name in after if name in before}
    spent["load"] = seen.cpu_s / bought * 1000
    told = ", ".join(f"{name} {ms:.1f}" for name, ms in sorted(spent.items(), key=lambda part: -part[1]))
    say(f"purchases: {sum(spent.values()):.1f} ms CPU each: {told}")


def _tell_steps(runs: list[Seen]) -> None:
    for step in STEPS:
        times = [ms for seen in runs for ms in seen.steps.get(step, [])]
        say(f"purchases: {step:<8} p50 {percentile(times, 0.5):6.1f} ms   p99 {percentile(times, 0.99):6.1f} ms")
    bought = sum(len(seen.steps.get("check", [])) for seen in runs)
    say(f"purchases: {sum(seen.late for seen in runs)} of {bought} weren't paid at once (the webhook was first)")
