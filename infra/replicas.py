"""One to three replicas by load: two alarms, the function that they and every minute call, and what it may do."""

from pathlib import Path
from typing import Any

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_cloudwatch as cw
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as functions
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.data import REPLICAS_NAME, ZONE, Data
from infra.stage import REGION, Stage

LEAST, MOST = 1, 3
HIGH_PERCENT, LOW_PERCENT = 75, 30
"""Of the first replica's CPU: all have the same weight. What two do at less than 30 %, one does at less than 60."""

HIGH_MINUTES, LOW_MINUTES = 5, 15
COOLDOWN_S = 600
CODE = Path(__file__).parent / "functions" / "replicas"


class Replicas(Stack):
    """What adds replicas and lets them go."""

    def __init__(self, scope: Construct, stage: Stage, data: Data, **kwargs: Any) -> None:
        super().__init__(scope, stage.name_of("replicas"), **kwargs)
        self._data = data
        source, name = f"frontrow-{stage.name}", f"{REPLICAS_NAME}.{ZONE}"
        alarms = {
            "high": self._alarm(stage, "High", HIGH_PERCENT, HIGH_MINUTES),
            "low": self._alarm(stage, "Low", LOW_PERCENT, LOW_MINUTES),
        }
        log = logs.LogGroup(self, "Log", retention=logs.RetentionDays.ONE_MONTH, removal_policy=RemovalPolicy.DESTROY)
        # Without the role that CDK would make: that one's policy lets it write to every log.
        role = iam.Role(self, "FunctionRole", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        log.grant_write(role)
        self._let(role, source, name)
        function = functions.Function(
            self,
            "Function",
            runtime=functions.Runtime.PYTHON_3_13,
            handler="handler.handle",
            code=functions.Code.from_asset(str(CODE), exclude=["__pycache__"]),
            role=role,
            log_group=log,
            timeout=Duration.seconds(60),
            memory_size=256,
            reserved_concurrent_executions=1,  # never two at once
            environment={
                "SOURCE": source,
                "ZONE": data.zone.hosted_zone_id,
                "NAME": name,
                "HIGH_ALARM": alarms["high"],
                "LOW_ALARM": alarms["low"],
                "LEAST": str(LEAST),
                "MOST": str(MOST),
                "COOLDOWN_S": str(COOLDOWN_S),
            },
        )
        changed = events.EventPattern(
            source=["aws.cloudwatch"],
            detail_type=["CloudWatch Alarm State Change"],
            detail={"alarmName": list(alarms.values()), "state": {"value": ["ALARM"]}},
        )
        call = targets.LambdaFunction(function)
        events.Rule(self, "Changed", event_pattern=changed, targets=[call])
        events.Rule(self, "EveryMinute", schedule=events.Schedule.rate(Duration.minutes(1)), targets=[call])

    def _alarm(self, stage: Stage, which: str, percent: int, minutes: int) -> str:
        """Returns the alarm's name. It writes to nobody: it calls the function."""
        name, high = stage.name_of(f"replicas-{which.lower()}"), which == "High"
        cw.Alarm(
            self,
            which,
            alarm_name=name,
            metric=self._data.replica.metric_cpu_utilization(period=Duration.minutes(1)),
            threshold=percent,
            comparison_operator=cw.ComparisonOperator.GREATER_THAN_THRESHOLD
            if high
            else cw.ComparisonOperator.LESS_THAN_THRESHOLD,
            evaluation_periods=minutes,
            treat_missing_data=cw.TreatMissingData.NOT_BREACHING,
        )
        return name

    def _let(self, role: iam.Role, source: str, name: str) -> None:
        database = f"arn:{self.partition}:rds:{REGION}:{self.account}"
        primary, replicas = f"{database}:db:{source}", f"{database}:db:{source}-replica-*"

        def may(sid: str, actions: list[str], resources: list[str], conditions: dict[str, Any] | None = None) -> None:
            role.add_to_policy(
                iam.PolicyStatement(sid=sid, actions=actions, resources=resources, conditions=conditions)
            )

        may("See", ["rds:DescribeDBInstances"], [primary, replicas])
        may("Tag", ["rds:AddTagsToResource"], [primary, replicas])
        shared = [f"{database}:{kind}:*" for kind in ("pg", "og", "subgrp")]
        may("Add", ["rds:CreateDBInstanceReadReplica"], [primary, replicas, *shared])
        # The first replica is the templates': not even by mistake.
        may("LetGo", ["rds:DeleteDBInstance"], [f"{database}:db:{source}-replica-{n}" for n in range(2, MOST + 2)])
        alarms = f"arn:{self.partition}:cloudwatch:{REGION}:{self.account}:alarm:{source}-replicas-*"
        may("SeeAlarms", ["cloudwatch:DescribeAlarms"], [alarms])
        may("SeeNames", ["route53:ListResourceRecordSets"], [self._data.zone.hosted_zone_arn])
        may(
            "KeepTheName",
            ["route53:ChangeResourceRecordSets"],
            [self._data.zone.hosted_zone_arn],
            {"ForAllValues:StringEquals": {"route53:ChangeResourceRecordSetsNormalizedRecordNames": [name]}},
        )
