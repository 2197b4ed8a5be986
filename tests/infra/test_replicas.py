"""The replica scaler's stack, which a stage may choose: alarms, who calls the function, and what it may do."""

from dataclasses import replace
from pathlib import Path

import pytest
from infra.app import build
from infra.stage import PRODUCTION

from tests.infra.policies import may, statements_of
from tests.infra.templates import Templates

PART = "replicas"


@pytest.fixture(scope="module")
def chosen(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    outdir = Path(tmp_path_factory.mktemp("replicas"))
    stage = replace(PRODUCTION, scale_replicas=True)
    build(stage, outdir).synth()
    return Templates(outdir, stage)


def test_alarms_begin_at_75_percent_for_five_minutes(chosen: Templates) -> None:
    high, low = (chosen.one("Alarm", name, PART) for name in ("High", "Low"))
    assert (high.at("Threshold"), high.at("EvaluationPeriods"), high.at("Period")) == (75, 5, 60)
    assert high.at("ComparisonOperator") == "GreaterThanThreshold"
    assert (low.at("Threshold"), low.at("EvaluationPeriods")) == (30, 15)
    assert low.at("ComparisonOperator") == "LessThanThreshold"


def test_an_alarm_calls_the_function_and_every_minute_does(chosen: Templates) -> None:
    rule = chosen.one("Events::Rule", "Changed", PART)
    assert rule.at("EventPattern.detail.alarmName") == [
        "frontrow-production-replicas-high",
        "frontrow-production-replicas-low",
    ]
    assert chosen.one("Events::Rule", "EveryMinute", PART).at("ScheduleExpression") == "rate(1 minute)"
    function = chosen.one("Lambda::Function", part=PART)
    for one in chosen.every("Events::Rule", PART):
        assert chosen.said(one.at("Targets.0.Arn")) == f"{function.id}.Arn"


def test_it_is_told_its_bounds_and_runs_alone(chosen: Templates) -> None:
    function = chosen.one("Lambda::Function", part=PART)
    known = function.at("Environment.Variables")
    assert (known["LEAST"], known["MOST"], known["COOLDOWN_S"]) == ("1", "3", "600")
    assert known["NAME"] == "replicas.frontrow.internal"
    assert function.at("ReservedConcurrentExecutions") == 1


def test_it_can_not_delete_the_primary_nor_the_first_replica(chosen: Templates) -> None:
    known = statements_of(chosen, chosen.one("IAM::Role", "FunctionRole", PART).id)
    database = "arn:AWS::Partition:rds:us-east-1:111111111111:db:frontrow-production"
    assert may(known, "rds:DeleteDBInstance", f"{database}-replica-3")
    assert not may(known, "rds:DeleteDBInstance", f"{database}-replica-1")
    assert not may(known, "rds:DeleteDBInstance", database)
    assert may(known, "rds:CreateDBInstanceReadReplica", f"{database}-replica-2")
    assert not may(known, "rds:ModifyDBInstance", database)
    assert not may(known, "secretsmanager:GetSecretValue", "any")
    assert not any("*" in action for one in known for action in one.actions)
    assert [one for one in known if "*" in one.resources] == []
