"""How many replicas the database has: one to three, by the load of the first.

It is called when an alarm changes, and every minute besides: an alarm that goes on tells nothing anew, and a replica
takes minutes to come up. Each call looks at everything afresh and does at most one thing, so that a call twice, or a
call that was lost, changes nothing. The first replica belongs to the templates and is never taken away.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

CHANGED, LEAVING = "frontrow:replicas-changed", "frontrow:leaving"
"""Tags: on the source, when a replica was last added or told to leave; on a replica, since when it takes nobody new."""

WEIGHT = 10
TTL_S = 10
LEAVES_AFTER = timedelta(seconds=60)
"""Longer than anybody keeps the name's answer."""


@dataclass(frozen=True)
class Wanted:
    """What the stack says. Names of alarms, identifiers of instances; ``cooldown`` between two changes."""

    source: str
    zone: str
    name: str
    high: str
    low: str
    least: int
    most: int
    cooldown: timedelta

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Wanted":
        """Raises KeyError for what is missing, ValueError for bounds that leave no replica."""
        made = cls(
            environment["SOURCE"],
            environment["ZONE"],
            environment["NAME"],
            environment["HIGH_ALARM"],
            environment["LOW_ALARM"],
            int(environment["LEAST"]),
            int(environment["MOST"]),
            timedelta(seconds=int(environment["COOLDOWN_S"])),
        )
        if not 1 <= made.least <= made.most:
            raise ValueError("least and most replicas make no sense")
        return made


@dataclass(frozen=True)
class Replica:
    """A replica as RDS describes it; ``number`` is the end of its identifier."""

    number: int
    arn: str
    status: str
    address: str | None
    leaving: datetime | None
    described: dict[str, Any]

    @property
    def serves(self) -> bool:
        """Whether the name may lead to it."""
        return self.status == "available" and self.address is not None and self.leaving is None


def handle(_event: object, _context: object) -> dict[str, Any]:
    """Lambda's entry. Raises what AWS refuses; the next minute tries again."""
    return run(Wanted.read(os.environ), datetime.now(UTC))


def run(wanted: Wanted, now: datetime) -> dict[str, Any]:
    """Make the name true, then change the number by one at most. Returns what was done, for the log."""
    rds = boto3.client("rds")
    source = rds.describe_db_instances(DBInstanceIdentifier=wanted.source)["DBInstances"][0]
    replicas = _replicas(rds, source, wanted)
    named = _name(wanted, replicas)
    done = _change(rds, wanted, source, replicas, now)
    return {"replicas": [f"{one.number}:{one.status}" for one in replicas], "named": named, "done": done}


def _replicas(rds: Any, source: dict[str, Any], wanted: Wanted) -> list[Replica]:
    found = []
    prefix = f"{wanted.source}-replica-"
    for identifier in source.get("ReadReplicaDBInstanceIdentifiers", []):
        if not identifier.startswith(prefix):
            continue  # somebody's own, made by hand
        try:
            described = rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]
        except rds.exceptions.DBInstanceNotFoundFault:
            continue
        leaving = _tags(described).get(LEAVING)
        found.append(
            Replica(
                int(identifier.removeprefix(prefix)),
                described["DBInstanceArn"],
                described["DBInstanceStatus"],
                described.get("Endpoint", {}).get("Address"),
                datetime.fromisoformat(leaving) if leaving else None,
                described,
            )
        )
    return sorted(found, key=lambda one: one.number)


def _tags(described: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in described.get("TagList", [])}


def _name(wanted: Wanted, replicas: list[Replica]) -> list[int]:
    """One record for each replica that serves, and none for another. Returns the numbers that the name leads to."""
    client = boto3.client("route53")
    records = client.list_resource_record_sets(HostedZoneId=wanted.zone)["ResourceRecordSets"]
    present = {one["SetIdentifier"]: one for one in records if one["Name"].rstrip(".") == wanted.name}
    target = {f"replica-{one.number}": _record(wanted, one, WEIGHT) for one in replicas if one.serves and one.address}
    for one in replicas:
        # The first one's record is the templates': it stays, and without weight it is asked only when nothing else is.
        if one.number == 1 and not one.serves and one.address:
            target["replica-1"] = _record(wanted, one, 0)
    changes = [
        {"Action": "UPSERT", "ResourceRecordSet": one} for key, one in target.items() if _differs(one, present.get(key))
    ]
    changes += [
        {"Action": "DELETE", "ResourceRecordSet": one}
        for key, one in present.items()
        if key not in target and key != "replica-1"
    ]
    if changes:
        client.change_resource_record_sets(HostedZoneId=wanted.zone, ChangeBatch={"Changes": changes})
    return [one.number for one in replicas if one.serves]


def _record(wanted: Wanted, replica: Replica, weight: int) -> dict[str, Any]:
    return {
        "Name": f"{wanted.name}.",
        "Type": "CNAME",
        "SetIdentifier": f"replica-{replica.number}",
        "Weight": weight,
        "TTL": TTL_S,
        "ResourceRecords": [{"Value": replica.address}],
    }


def _differs(target: dict[str, Any], present: dict[str, Any] | None) -> bool:
    return present is None or any(present.get(key) != target[key] for key in ("Weight", "TTL", "ResourceRecords"))


def _change(rds: Any, wanted: Wanted, source: dict[str, Any], replicas: list[Replica], now: datetime) -> str:
    """At most one replica more or less. Returns what was done, or why nothing was."""
    leaving = [one for one in replicas if one.leaving is not None and one.status == "available"]
    for one in leaving:
        if one.leaving is not None and now - one.leaving >= LEAVES_AFTER:
            rds.delete_db_instance(DBInstanceIdentifier=one.described["DBInstanceIdentifier"], SkipFinalSnapshot=True)
            return f"deleted {one.number}"
    if leaving or any(one.status != "available" for one in replicas):
        return "waits for a replica that comes, goes or is being seen to"
    alarms = _alarms(wanted)
    step = 1 if wanted.high in alarms else -1 if wanted.low in alarms else 0
    if step == 0 and len(replicas) >= wanted.least:
        return "nothing to do"
    if not wanted.least <= len(replicas) + step <= wanted.most and len(replicas) >= wanted.least:
        return "at its bound"
    changed = _tags(source).get(CHANGED)
    if changed and now - datetime.fromisoformat(changed) < wanted.cooldown:
        return "cools down"
    done = _add(rds, source, replicas) if step >= 0 else _let_go(rds, replicas, now)
    rds.add_tags_to_resource(ResourceName=source["DBInstanceArn"], Tags=[{"Key": CHANGED, "Value": now.isoformat()}])
    return done


def _alarms(wanted: Wanted) -> set[str]:
    said = boto3.client("cloudwatch").describe_alarms(AlarmNames=[wanted.high, wanted.low])
    return {one["AlarmName"] for one in said["MetricAlarms"] if one["StateValue"] == "ALARM"}


def _add(rds: Any, source: dict[str, Any], replicas: list[Replica]) -> str:
    taken = {one.number for one in replicas}
    # Number 1 is the templates' own, even while it is missing.
    number = next(number for number in range(2, len(taken) + 3) if number not in taken)
    like = replicas[0].described if replicas else source
    try:
        rds.create_db_instance_read_replica(
            DBInstanceIdentifier=f"{source['DBInstanceIdentifier']}-replica-{number}",
            SourceDBInstanceIdentifier=source["DBInstanceIdentifier"],
            DBInstanceClass=like["DBInstanceClass"],
            VpcSecurityGroupIds=[one["VpcSecurityGroupId"] for one in like["VpcSecurityGroups"]],
            StorageType="gp3",
            PubliclyAccessible=False,
            AutoMinorVersionUpgrade=True,
            EnableIAMDatabaseAuthentication=True,
        )
    except rds.exceptions.DBInstanceAlreadyExistsFault:
        return f"{number} is being made already"
    return f"added {number}"


def _let_go(rds: Any, replicas: list[Replica], now: datetime) -> str:
    """The newest, in two steps: the name leads to it no more, and a minute later it is deleted."""
    last = replicas[-1]
    rds.add_tags_to_resource(ResourceName=last.arn, Tags=[{"Key": LEAVING, "Value": now.isoformat()}])
    return f"lets {last.number} go"
