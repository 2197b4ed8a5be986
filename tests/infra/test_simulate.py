"""The simulated crowd: more people lose more, more tasks fewer, and nobody appears or vanishes."""

from dataclasses import replace

import pytest
from infra.generated import part
from infra.simulate.__main__ import CHART, FILE, made
from infra.simulate.crowd import Costs, Plan, arrivals, room_for, run, tasks_for
from infra.simulate.inputs import Assumed, measured
from infra.simulate.policy import Policy, policy
from infra.stage import PRODUCTION
from infra.written import read

from tests.infra.templates import Templates

ASSUMED = Assumed()
COSTS = Costs.of(measured(), ASSUMED)
RULES = Policy(least=2, most=10, cpu=70, requests=1000, out_s=60, task_vcpu=0.5)


@pytest.fixture(scope="module")
def rules(templates: Templates) -> Policy:
    return policy(read(templates.stage, templates.outdir))


def test_the_rules_are_the_templates(rules: Policy) -> None:
    assert rules == RULES


def test_a_crowd_comes_whole() -> None:
    assert sum(arrivals(10_000, second, ASSUMED) for second in range(7200)) == pytest.approx(10_000)


@pytest.mark.parametrize("plan", [Plan(), Plan(10), Plan(10, 50.0), Plan(0, 500.0)])
def test_everybody_gets_in_or_is_lost(plan: Plan) -> None:
    course = run(20_000, plan, RULES, COSTS, ASSUMED)
    assert course.served + course.lost == pytest.approx(20_000, abs=1)


def test_without_preparation_people_are_lost_and_with_it_none() -> None:
    """The control: the same crowd, the same rules, and nothing there beforehand."""
    assert run(10_000, Plan(), RULES, COSTS, ASSUMED).lost_share > 0.2
    assert run(10_000, Plan(RULES.most), RULES, COSTS, ASSUMED).lost < 0.5


def test_a_waiting_room_keeps_who_would_be_lost() -> None:
    people = 100_000
    rate = room_for(people, RULES.most, RULES, COSTS, ASSUMED)
    assert run(people, Plan(RULES.most), RULES, COSTS, ASSUMED).lost_share > 0.2
    assert run(people, Plan(RULES.most, rate), RULES, COSTS, ASSUMED).lost < 0.5
    assert run(people, Plan(RULES.most, rate * 1.3), RULES, COSTS, ASSUMED).lost >= 0.5


def test_more_people_lose_more_and_more_tasks_fewer() -> None:
    crowds = [run(people, Plan(), RULES, COSTS, ASSUMED).lost for people in (1_000, 5_000, 20_000, 80_000)]
    assert crowds == sorted(crowds)
    assert crowds[0] < crowds[-1]
    prepared = [run(20_000, Plan(tasks), RULES, COSTS, ASSUMED).lost for tasks in (2, 4, 6, 8, 10)]
    assert prepared == sorted(prepared, reverse=True)
    assert prepared[-1] < prepared[0]


def test_tasks_that_start_sooner_lose_fewer() -> None:
    lost = [run(80_000, Plan(), RULES, COSTS, replace(ASSUMED, start_s=start)).lost for start in (30.0, 90.0, 240.0)]
    assert lost == sorted(lost)
    assert lost[0] < lost[-1]


def test_tasks_come_after_three_minutes_of_figures_and_a_start() -> None:
    course = run(20_000, Plan(), RULES, COSTS, ASSUMED)
    first = next(at for at, count in enumerate(course.tasks) if count > RULES.least)
    assert first == pytest.approx(3 * 60 + ASSUMED.metric_late_s + ASSUMED.start_s, abs=2)
    assert max(course.tasks) <= RULES.most


def test_a_calm_day_wakes_nobody() -> None:
    assert set(run(200, Plan(), RULES, COSTS, ASSUMED).tasks) == {RULES.least}


def test_the_rules_ask_by_proportion_and_never_past_their_bounds() -> None:
    assert RULES.wanted(2, 100.0, 0) == 3  # 2 x 100 / 70, rounded up
    assert RULES.wanted(2, 50.0, 4_200) == 5
    assert RULES.wanted(2, 50.0, 1e6) == RULES.most
    assert RULES.wanted(4, 10.0, 0) == 4  # nothing is taken away within the hour


def test_the_database_is_the_end_that_no_number_of_tasks_moves() -> None:
    assert tasks_for(1_000_000, RULES, COSTS, ASSUMED) is None
    many = [room_for(50_000, tasks, replace(RULES, most=tasks), COSTS, ASSUMED) for tasks in (40, 160)]
    assert many[0] == many[1]
    larger = replace(RULES, most=40, database_vcpu=4.0)
    assert room_for(50_000, 40, larger, COSTS, ASSUMED) > many[0]


def test_the_document_and_its_chart_are_todays(rules: Policy) -> None:
    parts = made(rules, measured(), PRODUCTION.requests_per_address)
    assert CHART.read_text() == parts.pop("chart"), "stale: make simulate"
    text = FILE.read_text()
    for name, table in parts.items():
        assert part(text, name) == table, f"{name} is stale: make simulate"
