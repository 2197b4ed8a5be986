"""``frontrow dump`` every night: a copy that any PostgreSQL reads, in a bucket of its own, and two alarms if it isn't
there."""

from typing import Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cw
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.buckets import closed_bucket
from infra.network import PRIVATE
from infra.service import House, log_group, task_definition
from infra.stage import Tasks

KEPT_DAYS = 30
LATE_HOURS = 26
"""A day, and what a dump may take longer than the one before."""


class Dump(Stack):
    """The bucket, the task, its hour, and who is told when it fails."""

    def __init__(self, scope: Construct, house: House, topic: sns.ITopic, **kwargs: Any) -> None:
        super().__init__(scope, house.stage.name_of("dump"), **kwargs)
        self._stage, self._topic = house.stage, topic
        self.bucket = closed_bucket(
            self,
            "Dumps",
            keep=house.stage.database.keep,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=Duration.days(KEPT_DAYS),
                    noncurrent_version_expiration=Duration.days(7),
                    # What a killed dump has begun.
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                )
            ],
        )
        part = Construct(self, "Dump")
        log = log_group(part, house.stage)
        command = ["dump", "--to", f"s3://{self.bucket.bucket_name}/daily"]
        self.definition = task_definition(part, "dump", house, command, Tasks(), log, self._let)
        events.Rule(
            self,
            "Nightly",
            # Before the database's own backup, and before its upgrades on Sundays.
            schedule=events.Schedule.cron(hour="1", minute="15"),
            targets=[self._task(house)],
        )
        self._alarm("Failed", _counted(log, "dump_failed"), above=0, periods=1)
        self._alarm("Late", _counted(log, "dump_done"), below=1, periods=LATE_HOURS)

    def _let(self, role: iam.IRole, house: House) -> None:
        """What the dump may: log in to the database, and write dumps. It can neither read nor delete one."""
        for sid, action, resource in (
            ("ReadPassword", "secretsmanager:GetSecretValue", house.secrets.by_name["database_password"]),
            ("WriteDumps", "s3:PutObject", self.bucket.arn_for_objects("daily/*")),
            ("GiveUpDumps", "s3:AbortMultipartUpload", self.bucket.arn_for_objects("daily/*")),
        ):
            role.add_to_principal_policy(iam.PolicyStatement(sid=sid, actions=[action], resources=[resource]))

    def _task(self, house: House) -> targets.EcsTask:
        # As a stranger's: nothing here may add to the rules of this group.
        group = ec2.SecurityGroup.from_security_group_id(
            self, "Group", house.cluster.tasks_group.security_group_id, mutable=False
        )
        return targets.EcsTask(
            cluster=house.cluster.cluster,
            task_definition=self.definition,
            launch_type=ecs.LaunchType.FARGATE,
            platform_version=ecs.FargatePlatformVersion.LATEST,
            subnet_selection=ec2.SubnetSelection(subnet_group_name=PRIVATE),
            security_groups=[group],
            assign_public_ip=False,
        )

    def _alarm(
        self, name: str, metric: cw.Metric, *, periods: int, above: float | None = None, below: float | None = None
    ) -> None:
        """Hours without a figure are hours without a dump: silence counts for "too few"."""
        operator, missing = cw.ComparisonOperator, cw.TreatMissingData
        alarm = cw.Alarm(
            self,
            name,
            alarm_name=f"frontrow-{self._stage.name}-dump-{name.lower()}",
            metric=metric,
            threshold=above if above is not None else below or 0,
            comparison_operator=operator.LESS_THAN_THRESHOLD if above is None else operator.GREATER_THAN_THRESHOLD,
            evaluation_periods=periods,
            treat_missing_data=missing.BREACHING if above is None else missing.NOT_BREACHING,
        )
        alarm.add_alarm_action(actions.SnsAction(self._topic))
        alarm.add_ok_action(actions.SnsAction(self._topic))


def _counted(log: logs.LogGroup, event: str) -> cw.Metric:
    """How many lines of this event an hour has."""
    made = logs.MetricFilter(
        log,
        event,
        log_group=log,
        filter_pattern=logs.FilterPattern.string_value("$.event", "=", event),
        metric_namespace="Frontrow",
        metric_name=f"{log.node.path.split('/')[0]}-{event}",
        metric_value="1",
    )
    return made.metric(period=Duration.hours(1), statistic="Sum")
