"""The replica scaler against a stand-in for AWS: one, two, three, never four, never none; and what may fail."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from infra.functions.replicas import handler
from infra.functions.replicas.handler import Wanted, run
from moto import mock_aws
from moto.rds.exceptions import DBInstanceAlreadyExists
from moto.rds.models import RDSBackend

NOW = datetime(2027, 1, 1, 12, 0, tzinfo=UTC)
SOURCE, NAME = "frontrow-production", "replicas.frontrow.internal"
LATER = timedelta(minutes=11)


class World:
    """The database with its first replica, the zone with its first record, two alarms; a clock that we turn."""

    def __init__(self) -> None:
        self.rds, self.dns = boto3.client("rds"), boto3.client("route53")
        self.watch = boto3.client("cloudwatch")
        self.rds.create_db_instance(
            DBInstanceIdentifier=SOURCE,
            DBInstanceClass="db.t3.medium",
            Engine="postgres",
            MasterUsername="frontrow",
            MasterUserPassword="not-a-real-one",
            AllocatedStorage=50,
        )
        self.rds.create_db_instance_read_replica(
            DBInstanceIdentifier=f"{SOURCE}-replica-1", SourceDBInstanceIdentifier=SOURCE, DBInstanceClass="db.t3.large"
        )
        zone = self.dns.create_hosted_zone(Name="frontrow.internal", CallerReference="1")["HostedZone"]["Id"]
        self.now = NOW
        self.wanted = Wanted(SOURCE, zone, NAME, "high", "low", 1, 3, timedelta(minutes=10))
        for name in ("high", "low"):
            self.watch.put_metric_alarm(
                AlarmName=name,
                Namespace="AWS/RDS",
                MetricName="CPUUtilization",
                ComparisonOperator="GreaterThanThreshold",
                Threshold=75,
                EvaluationPeriods=5,
                Period=60,
                Statistic="Average",
            )
        self.alarm(None)

    def alarm(self, which: str | None) -> None:
        for name in ("high", "low"):
            state = "ALARM" if name == which else "OK"
            self.watch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="the test says so")

    def run(self, after: timedelta = LATER) -> str:
        self.now += after
        return str(run(self.wanted, self.now)["done"])

    def replicas(self) -> list[str]:
        source = self.rds.describe_db_instances(DBInstanceIdentifier=SOURCE)["DBInstances"][0]
        return [one.removeprefix(f"{SOURCE}-replica-") for one in source["ReadReplicaDBInstanceIdentifiers"]]

    def named(self) -> dict[str, int]:
        records = self.dns.list_resource_record_sets(HostedZoneId=self.wanted.zone)["ResourceRecordSets"]
        return {one["SetIdentifier"]: one["Weight"] for one in records if one["Name"].rstrip(".") == NAME}

    def becomes(self, monkeypatch: pytest.MonkeyPatch, number: int, status: str) -> None:
        """RDS takes minutes where the stand-in takes none; so the status is changed on the way."""
        real = handler._replicas

        def seen(*args: Any) -> list[handler.Replica]:
            return [
                handler.Replica(
                    one.number,
                    one.arn,
                    status,
                    None if status == "creating" else one.address,
                    one.leaving,
                    one.described,
                )
                if one.number == number
                else one
                for one in real(*args)
            ]

        monkeypatch.setattr(handler, "_replicas", seen)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for key, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(key, value)
    with mock_aws():
        yield World()


def test_one_two_three_and_never_four(world: World) -> None:
    world.alarm("high")
    assert world.run() == "added 2"
    assert world.run() == "added 3"
    assert [world.run() for _ in range(3)] == ["at its bound"] * 3
    assert world.replicas() == ["1", "2", "3"]
    assert world.named() == {"replica-1": 10, "replica-2": 10, "replica-3": 10}
    made = world.rds.describe_db_instances(DBInstanceIdentifier=f"{SOURCE}-replica-3")["DBInstances"][0]
    assert made["DBInstanceClass"] == "db.t3.large"


def test_three_two_one_and_never_none(world: World) -> None:
    world.alarm("high")
    world.run(), world.run()
    world.alarm("low")
    assert world.run() == "lets 3 go"
    assert world.run(timedelta(seconds=30)).startswith("waits")
    assert world.named() == {"replica-1": 10, "replica-2": 10}, "nobody new is led to who leaves"
    assert world.replicas() == ["1", "2", "3"]
    assert world.run(timedelta(seconds=31)) == "deleted 3"
    assert world.run() == "lets 2 go"
    assert world.run() == "deleted 2"
    assert [world.run() for _ in range(3)] == ["at its bound"] * 3
    assert world.replicas() == ["1"]
    assert world.named() == {"replica-1": 10}


def test_between_two_changes_it_cools_down(world: World) -> None:
    world.alarm("high")
    assert world.run() == "added 2"
    assert world.run(timedelta(minutes=9)) == "cools down"
    assert world.run(timedelta(minutes=1)) == "added 3"


def test_while_one_is_being_made_none_is_added_and_the_name_does_not_lead_to_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.alarm("high")
    world.run()
    with monkeypatch.context() as changed:
        world.becomes(changed, 2, "creating")
        assert world.run().startswith("waits")
        assert world.named() == {"replica-1": 10}
    assert world.run() == "added 3"


def test_the_same_call_twice_makes_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.alarm("high")
    world.run()
    # The second call doesn't see yet what the first one began.
    real = handler._replicas
    monkeypatch.setattr(handler, "_replicas", lambda *args: real(*args)[:1])
    # The stand-in would make it over again, where RDS refuses.
    make = RDSBackend.create_db_instance_read_replica

    def made_once(backend: RDSBackend, wanted: dict[str, Any]) -> Any:
        if wanted["db_instance_identifier"] in backend.databases:
            raise DBInstanceAlreadyExists
        return make(backend, wanted)

    monkeypatch.setattr(RDSBackend, "create_db_instance_read_replica", made_once)
    assert world.run() == "2 is being made already"
    assert world.replicas() == ["1", "2"]


def test_a_refusal_is_told_and_leaves_the_name_true_and_the_next_call_tries_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.alarm("high")
    with monkeypatch.context() as changed:

        def refused(*_args: Any) -> str:
            raise ClientError({"Error": {"Code": "InstanceQuotaExceeded"}}, "CreateDBInstanceReadReplica")

        changed.setattr(handler, "_add", refused)
        with pytest.raises(ClientError, match="InstanceQuotaExceeded"):
            world.run()
    assert world.named() == {"replica-1": 10}
    assert world.run(timedelta(seconds=1)) == "added 2", "what failed doesn't count for the cooldown"


def test_the_first_one_s_record_loses_its_weight_while_it_is_away(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.alarm("high")
    world.run()
    world.alarm(None)
    world.run()
    with monkeypatch.context() as changed:
        world.becomes(changed, 1, "rebooting")
        assert world.run().startswith("waits")
        assert world.named() == {"replica-1": 0, "replica-2": 10}
    assert world.run() == "nothing to do"
    assert world.named() == {"replica-1": 10, "replica-2": 10}


def test_a_record_of_a_replica_that_is_gone_goes(world: World) -> None:
    world.alarm("high")
    world.run()
    world.alarm(None)
    world.run()
    world.rds.delete_db_instance(DBInstanceIdentifier=f"{SOURCE}-replica-2", SkipFinalSnapshot=True)
    world.run()
    assert world.named() == {"replica-1": 10}


def test_a_replica_made_by_hand_is_left_alone(world: World) -> None:
    world.rds.create_db_instance_read_replica(DBInstanceIdentifier="reports", SourceDBInstanceIdentifier=SOURCE)
    world.alarm("low")
    assert world.run() == "at its bound"
    assert world.named() == {"replica-1": 10}


@pytest.mark.parametrize(("least", "most"), [("0", "3"), ("3", "1")])
def test_bounds_that_leave_none_are_refused(least: str, most: str) -> None:
    with pytest.raises(ValueError, match="no sense"):
        Wanted.read(
            dict.fromkeys(("SOURCE", "ZONE", "NAME", "HIGH_ALARM", "LOW_ALARM"), "x")
            | {"LEAST": least, "MOST": most, "COOLDOWN_S": "600"}
        )
