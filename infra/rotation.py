"""The database's password changes every thirty days: the function that does it, its place in the network, the schedule,
and an alarm if it fails."""

import shutil
from importlib.metadata import files
from pathlib import Path
from typing import Any

import jsii
from aws_cdk import AssetHashType, BundlingOptions, DockerImage, Duration, ILocalBundling, RemovalPolicy, Stack
from aws_cdk import aws_cloudwatch as cw
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as functions
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as sm
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.data import DATABASE_NAME, POSTGRES_PORT, Data
from infra.network import PRIVATE, Network
from infra.secrets import Secrets
from infra.stage import Stage

EVERY_DAYS = 30
CODE = Path(__file__).parent / "functions" / "rotation"
DRIVER = ("pg8000", "scramp", "asn1crypto", "python-dateutil", "six")
"""What the function needs that Lambda doesn't bring: all of it pure Python, in the versions that the tests run with."""


class Rotation(Stack):
    """A function inside the VPC, which Secrets Manager calls, and nobody else may."""

    def __init__(
        self,
        scope: Construct,
        stage: Stage,
        network: Network,
        data: Data,
        secrets: Secrets,
        topic: sns.ITopic,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, stage.name_of("rotation"), **kwargs)
        secret = secrets.database.secret_arn
        log = logs.LogGroup(self, "Log", retention=logs.RetentionDays.ONE_MONTH, removal_policy=RemovalPolicy.DESTROY)
        # Without the role that CDK would make: that one's policy lets it write to every log.
        role = iam.Role(self, "RotationRole", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        log.grant_write(role)
        self._let(role, secret)
        function = functions.Function(
            self,
            "Function",
            runtime=functions.Runtime.PYTHON_3_13,
            handler="handler.handle",
            code=_code(),
            role=role,
            log_group=log,
            timeout=Duration.seconds(30),
            memory_size=256,
            vpc=network.vpc,
            # Secrets Manager is reached over the NAT gateway, as the tasks reach it.
            vpc_subnets=ec2.SubnetSelection(subnet_group_name=PRIVATE),
            security_groups=[self._group(network, data)],
            environment={
                # The primary itself, also where the tasks go by a proxy: that one learns passwords from the secret.
                "DATABASE_HOST": data.database.db_instance_endpoint_address,
                "DATABASE_PORT": str(POSTGRES_PORT),
                "DATABASE_NAME": DATABASE_NAME,
            },
        )
        function.add_permission(
            "MayCall",
            principal=iam.ServicePrincipal("secretsmanager.amazonaws.com"),
            source_account=self.account,
            source_arn=secret,
        )
        schedule = sm.CfnRotationSchedule(
            self,
            "Schedule",
            secret_id=secret,
            rotation_lambda_arn=function.function_arn,
            # Not while this is deployed: then the function's test of the present password has to do.
            rotate_immediately_on_update=False,
            rotation_rules=sm.CfnRotationSchedule.RotationRulesProperty(automatically_after_days=EVERY_DAYS),
        )
        schedule.node.add_dependency(function.node.find_child("MayCall"))
        self._alarm(stage, function, topic)

    def _group(self, network: Network, data: Data) -> ec2.SecurityGroup:
        """Its own group, out to the database and to AWS, in from nowhere; the database's rule for it stands here."""
        group = ec2.SecurityGroup(
            self, "Group", vpc=network.vpc, description="Rotation: from nowhere", allow_all_outbound=False
        )
        group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "to Secrets Manager")
        group.add_egress_rule(data.database_group, ec2.Port.tcp(POSTGRES_PORT), "to the database")
        ec2.CfnSecurityGroupIngress(
            self,
            "IntoDatabase",
            group_id=data.database_group.security_group_id,
            source_security_group_id=group.security_group_id,
            ip_protocol="tcp",
            from_port=POSTGRES_PORT,
            to_port=POSTGRES_PORT,
            description="from the rotation",
        )
        return group

    def _let(self, role: iam.Role, secret: str) -> None:
        def may(sid: str, actions: list[str], resource: str) -> None:
            role.add_to_policy(iam.PolicyStatement(sid=sid, actions=actions, resources=[resource]))

        steps = ("DescribeSecret", "GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage")
        may("TakeTheSteps", [f"secretsmanager:{one}" for one in steps], secret)
        # These know no resources.
        may("MakePasswords", ["secretsmanager:GetRandomPassword"], "*")
        interfaces = ("CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface")
        may("StandInTheNetwork", [f"ec2:{one}" for one in interfaces], "*")

    def _alarm(self, stage: Stage, function: functions.Function, topic: sns.ITopic) -> None:
        alarm = cw.Alarm(
            self,
            "Failed",
            alarm_name=f"frontrow-{stage.name}-rotation-failed",
            metric=function.metric_errors(period=Duration.minutes(5)),
            threshold=0,
            comparison_operator=cw.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            treat_missing_data=cw.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(actions.SnsAction(topic))
        alarm.add_ok_action(actions.SnsAction(topic))


@jsii.implements(ILocalBundling)
class _Packed:
    """The handler and its driver, from where they are installed here: no container, nothing downloaded."""

    def try_bundle(self, output_dir: str, *_: Any, **__: Any) -> bool:
        target = Path(output_dir)
        for source in sorted(CODE.glob("*.py")):
            shutil.copy(source, target / source.name)
        for name in DRIVER:
            for file in files(name) or []:
                # With what they are called by: one of them looks up its own version.
                if (file.suffix == ".py" or file.name == "METADATA") and ".." not in file.parts:
                    (target / file).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(str(file.locate()), target / file)
        return True


def _code() -> functions.Code:
    return functions.Code.from_asset(
        str(CODE),
        asset_hash_type=AssetHashType.OUTPUT,
        bundling=BundlingOptions(
            # Never asked for: what is packed above suffices.
            image=DockerImage.from_registry("scratch"),
            local=_Packed(),
        ),
    )
