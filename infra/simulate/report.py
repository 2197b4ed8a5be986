"""What the simulation found, as tables for docs/scaling.md."""

from dataclasses import asdict, replace

from infra.cost.report import table
from infra.simulate.crowd import Costs, Course, Plan, room_for, run, tasks_for
from infra.simulate.inputs import REASONS, Assumed, Measured
from infra.simulate.limits import limits
from infra.simulate.policy import Policy

CROWDS = (10_000, 100_000, 1_000_000)
MARGIN = 0.8
"""Of what the simulation just bears, so much is what one should let in: a crowd has dice, and the model none."""


def minutes(seconds: float) -> str:
    """``26 min``, ``3.1 h``."""
    return f"{seconds / 60:,.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _rate(people: float, tasks: int, rules: Policy, costs: Costs, assumed: Assumed) -> float:
    # What a hundred thousand may do a larger crowd may, too: by then all is steady.
    return room_for(min(people, CROWDS[1]), tasks, rules, costs, assumed) * MARGIN


def cases(rules: Policy, costs: Costs, assumed: Assumed) -> str:
    """For each crowd: what is lost without preparation and with tasks alone, and what it takes to lose nobody."""
    rows = []
    for people in CROWDS:
        cold = run(people, Plan(), rules, costs, assumed)
        warm = run(people, Plan(rules.most), rules, costs, assumed)
        fewest = tasks_for(people, rules, costs, assumed)
        small, large = (_rate(people, tasks, rules, costs, assumed) for tasks in (rules.least, rules.most))
        rows.append(
            [
                f"{people:,}",
                f"{cold.lost_share:.0%}",
                f"{warm.lost_share:.0%}",
                "no number: the database ends" if fewest is None else f"{fewest}",
                _room(people, rules.least, small, rules, costs, assumed),
                _room(people, rules.most, large, rules, costs, assumed),
            ]
        )
    return table(
        [
            "buyers",
            f"lost from {rules.least} tasks",
            f"lost from {rules.most}",
            "tasks to lose nobody without a room",
            f"a waiting room before {rules.least} tasks",
            f"a waiting room before {rules.most}",
        ],
        rows,
    )


def _room(people: float, tasks: int, rate: float, rules: Policy, costs: Costs, assumed: Assumed) -> str:
    course = run(people, Plan(tasks, rate), rules, costs, assumed)
    if course.longest_room_s < 1:
        return "not needed"
    return f"{rate:,.0f} a second; the longest wait is {minutes(course.longest_room_s)}"


def steps(rules: Policy, costs: Costs, assumed: Assumed) -> str:
    """What larger parts buy: how many a second may come, and how long a million then take."""
    wider = replace(rules, most=40, task_vcpu=1.0)
    rows = []
    for name, other in (
        (f"as it is: {rules.most} tasks of {rules.task_vcpu:g} vCPU, db.t3.medium", rules),
        (f"{rules.most} tasks of 1 vCPU", replace(rules, task_vcpu=1.0)),
        ("40 tasks of 1 vCPU", wider),
        ("… and a database of 4 vCPU (db.m6g.xlarge)", replace(wider, database_vcpu=4.0)),
        ("… and one of 16 vCPU", replace(wider, most=80, database_vcpu=16.0)),
    ):
        rate = _rate(CROWDS[-1], other.most, other, costs, assumed)
        rows.append([name, f"{rate:,.0f}", minutes(CROWDS[-1] / rate)])
    return table(["", "may come a second", "a million in"], rows)


def ends(rules: Policy, measured: Measured, assumed: Assumed, costs: Costs, per_address: int) -> str:
    """The table of limits."""
    return table(
        ["part", "ends at", "how that is reckoned", "the next step"],
        limits(rules, measured, assumed, costs, per_address),
    )


def inputs(measured: Measured, assumed: Assumed) -> str:
    """Every figure that goes in, and whether it was measured."""
    rows = [
        ["purchases a minute, 2 cores for everything", f"{measured.purchases_per_minute:,.0f}", "measured"],
        ["holds a second, 64 clients", f"{measured.holds_per_s:,.0f}", "measured"],
        ["lists of events a second", f"{measured.reads_per_s:,.0f}", "measured"],
        ["the last of 1,000 open maps has a change after", f"{measured.last_of_1000_ms:g} ms", "measured"],
        ["memory of an idle app", f"{measured.app_mb:,.0f} MB", "measured"],
    ]
    rows += [[REASONS[key], f"{value:g}", "assumed"] for key, value in asdict(assumed).items()]
    return table(["figure", "value", ""], rows)


def two(rules: Policy, costs: Costs, assumed: Assumed, people: float = CROWDS[1]) -> tuple[Course, Course]:
    """The two courses of the chart: nothing prepared, and all of it."""
    rate = _rate(people, rules.most, rules, costs, assumed)
    return run(people, Plan(), rules, costs, assumed), run(people, Plan(rules.most, rate), rules, costs, assumed)
