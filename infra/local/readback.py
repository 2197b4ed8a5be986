"""What was asked for beside what is there: each property of the templates that the stand-in can tell again.

The left side comes out of the templates as they were written, the right side from the services' own interfaces. What
isn't in ``KINDS`` the stand-in can't tell; ``NOT_TOLD`` says of the most important ones why.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.command import stacks_in
from infra.local.standin import StandIn

Client = Callable[[str], Any]

NOT_TOLD = {
    "ElastiCache::ReplicationGroup EngineVersion": "moto forgets it",
    "ElastiCache::ParameterGroup": "moto has no interface for it",
    "ECS::Service DeploymentConfiguration": "moto keeps no circuit breaker and no shares of healthy tasks",
    "CloudFront::Distribution OriginAccessControlId, FunctionAssociations, Logging": "moto forgets them",
    "CloudFront::CachePolicy, CloudFront::ResponseHeadersPolicy": "moto has no interface for them",
    "Backup::BackupSelection": "moto has no interface for it",
    "S3::Bucket": "moto's CloudFormation keeps its name and whether it is encrypted, and not who may not reach it",
    "IAM": "moto keeps policies, and lets everybody do everything all the same",
}


@dataclass(frozen=True)
class Row:
    """One property of one resource: what the template says, and what the service says."""

    part: str
    resource: str
    type: str
    path: str
    asked: Any
    read: Any

    @property
    def agrees(self) -> bool:
        """Whether both say the same; ``"50"`` and 50 do, and ``true`` and ``enabled``."""
        return bool(_plain(self.asked) == _plain(self.read))


@dataclass(frozen=True)
class Kind:
    """How a type is looked up by its physical name, and which of its properties stand where in the answer."""

    look: Callable[[Client, str], dict[str, Any]]
    properties: dict[str, str]


def _same(*names: str, **others: str) -> dict[str, str]:
    return {**{name: name for name in names}, **others}


def _small(*names: str) -> dict[str, str]:
    return {name: name[0].lower() + name[1:] for name in names}


def _policy(aws: Client, arn: str) -> dict[str, Any]:
    policies = aws("application-autoscaling").describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    found: dict[str, Any] = next(one for one in policies if one["PolicyARN"] == arn)
    return found


def _firewall(aws: Client, ref: str) -> dict[str, Any]:
    name, id_, scope = ref.split("|")
    found: dict[str, Any] = aws("wafv2").get_web_acl(Name=name, Id=id_, Scope=scope)["WebACL"]
    return {**found, "Scope": scope}


def _log(aws: Client, name: str) -> dict[str, Any]:
    groups = aws("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    found: dict[str, Any] = next(one for one in groups if one["logGroupName"] == name)
    return found


def _service(aws: Client, arn: str) -> dict[str, Any]:
    cluster = arn.split("/")[-2]
    found: dict[str, Any] = aws("ecs").describe_services(cluster=cluster, services=[arn])["services"][0]
    return found


def _queue(aws: Client, url: str) -> dict[str, Any]:
    found: dict[str, Any] = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return {**found, "RedrivePolicy": json.loads(found.get("RedrivePolicy", "{}"))}


def _target(aws: Client, ref: str) -> dict[str, Any]:
    resource, _, namespace = ref.split("|")
    scaling = aws("application-autoscaling")
    found = scaling.describe_scalable_targets(ServiceNamespace=namespace, ResourceIds=[resource])["ScalableTargets"]
    return dict(found[0])


def _attributes(aws: Client, arn: str, what: str, ask: str) -> dict[str, str]:
    pairs = getattr(aws("elbv2"), ask)(**{what: arn})["Attributes"]
    return {pair["Key"]: pair["Value"] for pair in pairs}


def _balancer(aws: Client, arn: str) -> dict[str, Any]:
    found = aws("elbv2").describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]
    known = _attributes(aws, arn, "LoadBalancerArn", "describe_load_balancer_attributes")
    return {**found, "LoadBalancerAttributes": known}


def _targets(aws: Client, arn: str) -> dict[str, Any]:
    found = aws("elbv2").describe_target_groups(TargetGroupArns=[arn])["TargetGroups"][0]
    known = _attributes(aws, arn, "TargetGroupArn", "describe_target_group_attributes")
    return {**found, "TargetGroupAttributes": known}


TRACKING = "TargetTrackingScalingPolicyConfiguration"
CDN, BACKUP = "DistributionConfig", "BackupPlan"
KINDS: dict[str, Kind] = {
    "EC2::VPC": Kind(lambda aws, id_: aws("ec2").describe_vpcs(VpcIds=[id_])["Vpcs"][0], _same("CidrBlock")),
    "EC2::Subnet": Kind(
        lambda aws, id_: aws("ec2").describe_subnets(SubnetIds=[id_])["Subnets"][0],
        _same("CidrBlock", "AvailabilityZone", "MapPublicIpOnLaunch"),
    ),
    "RDS::DBInstance": Kind(
        lambda aws, id_: aws("rds").describe_db_instances(DBInstanceIdentifier=id_)["DBInstances"][0],
        _same(
            *("DBInstanceClass", "Engine", "EngineVersion", "MultiAZ", "AllocatedStorage", "StorageType"),
            *("MaxAllocatedStorage", "StorageEncrypted", "BackupRetentionPeriod", "PreferredBackupWindow"),
            *("PreferredMaintenanceWindow", "DeletionProtection", "AutoMinorVersionUpgrade", "PubliclyAccessible"),
            "CopyTagsToSnapshot",
            EnableIAMDatabaseAuthentication="IAMDatabaseAuthenticationEnabled",
            EnableCloudwatchLogsExports="EnabledCloudwatchLogsExports",
        ),
    ),
    "ElastiCache::ReplicationGroup": Kind(
        lambda aws, id_: aws("elasticache").describe_replication_groups(ReplicationGroupId=id_)["ReplicationGroups"][0],
        _same(
            *("Engine", "CacheNodeType", "ClusterMode", "TransitEncryptionEnabled", "TransitEncryptionMode"),
            *("AtRestEncryptionEnabled", "SnapshotRetentionLimit", "AutoMinorVersionUpgrade"),
            AutomaticFailoverEnabled="AutomaticFailover",
            MultiAZEnabled="MultiAZ",
            NumNodeGroups="NodeGroups.#",
            Port="ConfigurationEndpoint.Port",
        ),
    ),
    "SecretsManager::RotationSchedule": Kind(
        lambda aws, arn: dict(aws("secretsmanager").describe_secret(SecretId=arn)),
        _same("RotationRules.AutomaticallyAfterDays"),
    ),
    "Lambda::Function": Kind(
        lambda aws, name: dict(aws("lambda").get_function_configuration(FunctionName=name)),
        _same("Runtime", "Handler", "Timeout", "MemorySize"),
    ),
    "SQS::Queue": Kind(
        _queue,
        _same("VisibilityTimeout", "MessageRetentionPeriod", "SqsManagedSseEnabled", "RedrivePolicy.maxReceiveCount"),
    ),
    "ECS::TaskDefinition": Kind(
        lambda aws, arn: aws("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"],
        {
            **_small("Cpu", "Memory", "NetworkMode", "RequiresCompatibilities"),
            "ContainerDefinitions.0.StopTimeout": "containerDefinitions.0.stopTimeout",
            "ContainerDefinitions.0.Command": "containerDefinitions.0.command",
        },
    ),
    "ECS::Service": Kind(
        _service,
        {
            **_small("LaunchType", "PropagateTags"),
            "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp": (
                "networkConfiguration.awsvpcConfiguration.assignPublicIp"
            ),
        },
    ),
    "ApplicationAutoScaling::ScalableTarget": Kind(_target, _same("MinCapacity", "MaxCapacity")),
    "ApplicationAutoScaling::ScalingPolicy": Kind(
        _policy,
        _same(*(f"{TRACKING}.{name}" for name in ("TargetValue", "ScaleOutCooldown", "ScaleInCooldown"))),
    ),
    "ElasticLoadBalancingV2::LoadBalancer": Kind(
        _balancer,
        _same(
            "Scheme",
            "LoadBalancerAttributes.idle_timeout.timeout_seconds",
            "LoadBalancerAttributes.access_logs.s3.enabled",
            "LoadBalancerAttributes.deletion_protection.enabled",
        ),
    ),
    "ElasticLoadBalancingV2::TargetGroup": Kind(
        _targets,
        _same(
            *("Port", "Protocol", "TargetType", "HealthCheckPath", "HealthCheckIntervalSeconds"),
            "TargetGroupAttributes.deregistration_delay.timeout_seconds",
            "TargetGroupAttributes.stickiness.enabled",
        ),
    ),
    "ElasticLoadBalancingV2::Listener": Kind(
        lambda aws, arn: aws("elbv2").describe_listeners(ListenerArns=[arn])["Listeners"][0],
        _same("Port", "Protocol", "SslPolicy", "DefaultActions.0.FixedResponseConfig.StatusCode"),
    ),
    "CloudFront::Distribution": Kind(
        lambda aws, id_: aws("cloudfront").get_distribution(Id=id_)["Distribution"],
        {
            **_same(f"{CDN}.PriceClass", f"{CDN}.HttpVersion", f"{CDN}.DefaultCacheBehavior.CachePolicyId"),
            f"{CDN}.Aliases": f"{CDN}.Aliases.Items",
            f"{CDN}.CacheBehaviors": f"{CDN}.CacheBehaviors.Items",
            f"{CDN}.ViewerCertificate.MinimumProtocolVersion": f"{CDN}.ViewerCertificate.MinimumProtocolVersion",
        },
    ),
    "WAFv2::WebACL": Kind(_firewall, _same("Scope", "Rules")),
    "CertificateManager::Certificate": Kind(
        lambda aws, arn: aws("acm").describe_certificate(CertificateArn=arn)["Certificate"], _same("DomainName")
    ),
    "CloudWatch::Alarm": Kind(
        lambda aws, name: aws("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"][0],
        _same("Threshold", "ComparisonOperator", "EvaluationPeriods", "TreatMissingData"),
    ),
    "Logs::LogGroup": Kind(_log, _small("RetentionInDays")),
    "ECR::Repository": Kind(
        lambda aws, name: aws("ecr").describe_repositories(repositoryNames=[name])["repositories"][0],
        {
            "ImageTagMutability": "imageTagMutability",
            "ImageScanningConfiguration.ScanOnPush": "imageScanningConfiguration.scanOnPush",
        },
    ),
    "SecretsManager::Secret": Kind(
        lambda aws, arn: aws("secretsmanager").describe_secret(SecretId=arn), _same("Name", "Description")
    ),
    "SSM::Parameter": Kind(
        lambda aws, name: aws("ssm").get_parameter(Name=name)["Parameter"], _same("Name", "Type", "Value")
    ),
    "Backup::BackupPlan": Kind(
        lambda aws, id_: aws("backup").get_backup_plan(BackupPlanId=id_),
        {
            f"{BACKUP}.BackupPlanRule.0.{name}": f"{BACKUP}.Rules.0.{name}"
            for name in ("RuleName", "ScheduleExpression", "Lifecycle.DeleteAfterDays")
        },
    ),
    "SNS::Subscription": Kind(
        lambda aws, arn: aws("sns").get_subscription_attributes(SubscriptionArn=arn)["Attributes"],
        _same("Protocol", "Endpoint"),
    ),
}


def read_back(assembly: Path, prefix: str, standin: StandIn) -> Iterator[Row]:
    """Every row of the table, stack by stack. ``prefix`` is what the stacks' names begin with."""
    stacks = standin.client("cloudformation")
    for name in stacks_in(assembly):
        template = json.loads((assembly / f"{name}.template.json").read_text())
        physical = names_in(stacks, name)
        for id_, resource in template["Resources"].items():
            type_ = resource["Type"].removeprefix("AWS::")
            if (kind := KINDS.get(type_)) is None:
                continue
            read = kind.look(standin.client, physical[id_])
            for property_, path in kind.properties.items():
                asked = _at(resource.get("Properties", {}), property_)
                # What the template leaves to AWS, or to another resource, nobody can compare.
                if asked is not None and not _refers(asked):
                    yield Row(name.removeprefix(prefix), id_, type_, property_, asked, _at(read, path))


def names_in(stacks: Any, stack: str) -> dict[str, str]:
    """The physical name of each resource of a deployed stack, by its logical id."""
    pages = stacks.get_paginator("list_stack_resources").paginate(StackName=stack)
    return {
        one["LogicalResourceId"]: one.get("PhysicalResourceId", "")
        for page in pages
        for one in page["StackResourceSummaries"]
    }


def _at(value: Any, path: str) -> Any:
    """What is at ``path``. Lists of pairs are read as maps; ``#`` is how many there are."""
    steps = path.split(".")
    while steps:
        if isinstance(value, list) and value and isinstance(value[0], dict) and {"Key", "Value"} == set(value[0]):
            value = {pair["Key"]: pair["Value"] for pair in value}
        if isinstance(value, dict) and (rest := ".".join(steps)) in value:
            return value[rest]  # a name with dots in it
        step = steps.pop(0)
        if isinstance(value, list):
            value = len(value) if step == "#" else value[int(step)] if int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def _refers(value: Any) -> bool:
    if isinstance(value, list):
        return any(_refers(one) for one in value)
    return isinstance(value, dict) and any(key == "Ref" or key.startswith("Fn::") for key in value)


def _plain(value: Any) -> Any:
    match value:
        case list():
            return len(value) if value and isinstance(value[0], dict) else sorted(_plain(one) for one in value)
        case bool():
            return "on" if value else "off"
        case int() | float():
            return str(int(value) if value == int(value) else value)
        case str():
            return {"true": "on", "enabled": "on", "false": "off", "disabled": "off"}.get(value.lower(), value)
        case _:
            return value
