"""A service of ours on Fargate, and the one construct call that puts another behind the load balancer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.cluster import Cluster
from infra.data import Data
from infra.environment import TRACES_PORT, environment
from infra.network import APP_PORT, PRIVATE
from infra.parameters import Parameters
from infra.queue import Queue
from infra.registry import Registry
from infra.secrets import Secrets
from infra.stage import Stage, Tasks

STOP_S = 120
"""Seconds. Fargate waits no longer between SIGTERM and SIGKILL; meanwhile sockets close with 1012 and jobs end."""

COLLECTOR = "public.ecr.aws/aws-observability/aws-otel-collector:v0.43.3"
# The collector's built-in configuration for ECS: OTLP on 4317 and 4318 in, X-Ray out.
COLLECTOR_COMMAND = ["--config=/etc/ecs/ecs-xray.yaml"]


@dataclass(frozen=True)
class House:
    """The stacks that every service leans on."""

    stage: Stage
    cluster: Cluster
    data: Data
    queue: Queue
    secrets: Secrets
    parameters: Parameters
    registry: Registry


class Service(Construct):
    """Two or more tasks of our image with a command, in the private subnets, rolled back when they don't come up."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        house: House,
        command: Sequence[str],
        tasks: Tasks,
        *,
        blue_green: bool = False,
    ) -> None:
        super().__init__(scope, name)
        self.blue_green = blue_green
        self.stage, self.name, self.tasks = house.stage, f"{house.stage.name}-{name.lower()}", tasks
        self.log = log_group(self, house.stage)
        self.definition = task_definition(self, name, house, command, tasks, self.log)
        self.service = ecs.FargateService(
            self,
            "Service",
            service_name=self.name,
            cluster=house.cluster.cluster,
            task_definition=self.definition,
            vpc_subnets=ec2.SubnetSelection(subnet_group_name=PRIVATE),
            # As a stranger's: the rules of this group are written where it is made, and nothing here may add to them.
            security_groups=[
                ec2.SecurityGroup.from_security_group_id(
                    self, "Group", house.cluster.tasks_group.security_group_id, mutable=False
                )
            ],
            assign_public_ip=False,
            min_healthy_percent=100,
            max_healthy_percent=200,
            deployment_strategy=ecs.DeploymentStrategy.BLUE_GREEN if blue_green else None,
            bake_time=Duration.minutes(10) if blue_green else None,
            circuit_breaker=ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
            enable_execute_command=False,
        )


class BehindBalancer(Construct):
    """Paths of the load balancer that lead to a service: with this, a second service is one call."""

    def __init__(
        self, scope: Construct, name: str, service: Service, cluster: Cluster, paths: Sequence[str], priority: int
    ) -> None:
        """``paths``: at most five patterns a rule, which is AWS' limit; ``priority`` is unique on the listener."""
        super().__init__(scope, name)
        self._vpc, self._sticky = cluster.vpc, service.stage.sticky
        self.group = self._targets("Targets")
        rule = elb.ApplicationListenerRule(
            self,
            "Rule",
            listener=cluster.listener,
            priority=priority,
            conditions=[elb.ListenerCondition.path_patterns(list(paths))],
            action=elb.ListenerAction.forward([self.group]),
        )
        if not service.blue_green:
            service.service.attach_to_application_target_group(self.group)
            return
        # ECS itself leads the rule from one group to the other, and back.
        service.service.load_balancer_target(
            container_name="app",
            container_port=APP_PORT,
            alternate_target=ecs.AlternateTarget(
                "Other",
                alternate_target_group=self._targets("OtherTargets"),
                production_listener=ecs.ListenerRuleConfiguration.application_listener_rule(rule),
            ),
        ).attach_to_application_target_group(self.group)

    def _targets(self, name: str) -> elb.ApplicationTargetGroup:
        return elb.ApplicationTargetGroup(
            self,
            name,
            vpc=self._vpc,
            port=APP_PORT,
            protocol=elb.ApplicationProtocol.HTTP,
            target_type=elb.TargetType.IP,
            deregistration_delay=Duration.seconds(STOP_S),
            stickiness_cookie_duration=Duration.hours(1) if self._sticky else None,
            health_check=elb.HealthCheck(
                path="/health",
                interval=Duration.seconds(30),
                timeout=Duration.seconds(5),
                healthy_threshold_count=2,
                unhealthy_threshold_count=2,
                healthy_http_codes="200",
            ),
        )


def log_group(scope: Construct, stage: Stage) -> logs.LogGroup:
    """A log group of thirty days."""
    return logs.LogGroup(
        scope,
        "Log",
        retention=logs.RetentionDays.ONE_MONTH,
        removal_policy=RemovalPolicy.RETAIN if stage.database.keep else RemovalPolicy.DESTROY,
    )


def let_sell(role: iam.IRole, house: House) -> None:
    """What the app itself may: its own secrets, its queue, its bucket, its traces."""

    def may(sid: str, actions: list[str], *resources: str) -> None:
        role.add_to_principal_policy(iam.PolicyStatement(sid=sid, actions=actions, resources=list(resources)))

    may("ReadOwnSecrets", ["secretsmanager:GetSecretValue"], *house.secrets.by_name.values())
    may(
        "UseQueue",
        ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"],
        house.queue.jobs.queue_arn,
    )
    may("UsePictures", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], house.data.media.arn_for_objects("*"))
    # X-Ray knows no resources for these.
    may("WriteTraces", ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*")


def task_definition(
    scope: Construct,
    name: str,
    house: House,
    command: Sequence[str],
    tasks: Tasks,
    log: logs.LogGroup,
    let: Callable[[iam.IRole, House], None] = let_sell,
) -> ecs.FargateTaskDefinition:
    """Our image with a command, the collector of traces beside it, and two roles: one to start it, one to be it.

    ``let`` says what the latter may.
    """
    definition = ecs.FargateTaskDefinition(
        scope,
        "Task",
        family=f"frontrow-{house.stage.name}-{name.lower()}",
        cpu=tasks.cpu,
        memory_limit_mib=tasks.memory,
        runtime_platform=ecs.RuntimePlatform(
            cpu_architecture=ecs.CpuArchitecture.ARM64 if house.stage.graviton else ecs.CpuArchitecture.X86_64,
            operating_system_family=ecs.OperatingSystemFamily.LINUX,
        ),
    )
    let(definition.task_role, house)
    # The one place the app writes to; nothing that it gets to know may stay in the image's own files.
    definition.add_volume(name="data")
    app = definition.add_container(
        "app",
        image=ecs.ContainerImage.from_ecr_repository(house.registry.images, house.stage.image_tag),
        command=list(command),
        environment=environment(house.stage, house.data, house.queue, house.secrets, house.parameters),
        logging=ecs.LogDrivers.aws_logs(stream_prefix=name.lower(), log_group=log),
        port_mappings=[ecs.PortMapping(container_port=APP_PORT)],
        stop_timeout=Duration.seconds(STOP_S),
        essential=True,
        readonly_root_filesystem=True,
        # The first process gets no signal that it doesn't ask for: `frontrow migrate` couldn't be stopped.
        linux_parameters=ecs.LinuxParameters(definition, "Init", init_process_enabled=True),
    )
    app.add_mount_points(ecs.MountPoint(container_path="/data", source_volume="data", read_only=False))
    definition.add_container(
        "traces",
        image=ecs.ContainerImage.from_registry(COLLECTOR),
        command=COLLECTOR_COMMAND,
        port_mappings=[ecs.PortMapping(container_port=TRACES_PORT)],
        logging=ecs.LogDrivers.aws_logs(stream_prefix="traces", log_group=log),
        memory_limit_mib=128,
        essential=False,  # who sells must not stop because nobody looks
    )
    return definition
