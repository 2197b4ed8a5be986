"""What each type of resource costs. A type that is in neither of the two tables is a mistake, and not free."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from infra.cost.usage import MAILS_PER_ORDER, Usage
from infra.written import Resource, Written

FRONT, FIREWALL, BALANCER, TASKS = "CloudFront and S3", "WAF", "Load balancer", "Fargate"
DATABASE, REDIS, QUEUE, SECRETS = "PostgreSQL", "Redis", "SQS", "Secrets Manager"
WATCHING, NAMES, BACKUPS, NAT, IMAGES = "CloudWatch and X-Ray", "Route 53", "Backups", "NAT", "ECR"
MAIL, FUNCTIONS, KEYS = "Mail", "Lambda", "KMS"

INSIGHTS_CLUSTER, INSIGHTS_SERVICE = 8, 11
"""Metrics that Container Insights makes of a cluster and of each of its services: an assumption, to be read off the
first bill."""


@dataclass(frozen=True)
class Cost:
    """So many units of a price; ``kind`` is what a term would make cheaper."""

    group: str
    what: str
    price: str
    quantity: float
    kind: str | None = None


Rule = Callable[[Written, Resource, Usage], Iterator[Cost]]


def _name(value: Any) -> str:
    """The logical id that a reference leads to, wherever in it that stands."""
    match value:
        case {"Ref": str(id_)} | {"Fn::GetAtt": [str(id_), *_]}:
            return id_
        case {"Fn::ImportValue": str(name)}:
            return name
        case _:
            return str(value)


def _fargate(written: Written, service: Resource, usage: Usage) -> Iterator[Cost]:
    """Tasks from the service's own range; its size and processor from its task definition."""
    wanted = _name(service.at("TaskDefinition"))
    task = next(one for one in written.every("ECS::TaskDefinition") if one.part == service.part and one.id == wanted)
    ranges = [one for one in written.every("ScalableTarget") if one.part == service.part]
    least, most = (int(ranges[0].at(key)) for key in ("MinCapacity", "MaxCapacity")) if ranges else (1, 1)
    count = usage.between(least, most)
    arm = task.at("RuntimePlatform.CpuArchitecture") == "ARM64"
    kind, cpu, memory = "arm" if arm else "x86", int(task.at("Cpu")) / 1024, int(task.at("Memory")) / 1024
    what = f"{service.part}: {count:g} tasks of {cpu:g} vCPU, {memory:g} GB ({kind})"
    yield Cost(TASKS, what, f"fargate.{kind}.vcpu", count * cpu, "fargate")
    yield Cost(TASKS, f"{service.part}: their memory", f"fargate.{kind}.gb", count * memory, "fargate")
    yield Cost(WATCHING, f"{service.part}: Container Insights", "cloudwatch.metric", INSIGHTS_SERVICE)


def _cluster(_: Written, cluster: Resource, __: Usage) -> Iterator[Cost]:
    settings = {one["Name"]: one["Value"] for one in cluster.at("ClusterSettings") or []}
    if settings.get("containerInsights") in {"enabled", "enhanced"}:
        yield Cost(WATCHING, "cluster: Container Insights", "cloudwatch.metric", INSIGHTS_CLUSTER)


def _primary(written: Written) -> Resource:
    return next(one for one in written.every("DBInstance") if one.at("SourceDBInstanceIdentifier") is None)


def _database(written: Written, instance: Resource, usage: Usage) -> Iterator[Cost]:
    replica = instance.at("SourceDBInstanceIdentifier") is not None
    count = usage.replicas if replica else 1
    source = (
        instance if not replica else next(one for one in written.every("DBInstance") if one.at("MultiAZ") is not None)
    )
    two = "" if replica or not instance.at("MultiAZ") else ".two"
    size = instance.at("DBInstanceClass")
    storage = max(float(source.at("AllocatedStorage")), usage.database_gb)
    what = "replica" if replica else "primary"
    yield Cost(DATABASE, f"{count} {what}, {size}{', two zones' if two else ''}", f"rds.{size}{two}", count, "rds")
    yield Cost(DATABASE, f"{what}: {storage:g} GB {source.at('StorageType')}", f"rds.gp3{two}", count * storage)


def _proxy(written: Written, _: Resource, __: Usage) -> Iterator[Cost]:
    """Two vCPUs, which is what every size in the list has, except an xlarge."""
    cpus = 4 if _primary(written).at("DBInstanceClass").endswith("xlarge") else 2
    yield Cost(DATABASE, "RDS Proxy before the primary", "rds.proxy", cpus)


def _redis(_: Written, group: Resource, __: Usage) -> Iterator[Cost]:
    nodes = int(group.at("NumNodeGroups")) * (1 + int(group.at("ReplicasPerNodeGroup")))
    size, engine = str(group.at("CacheNodeType")), str(group.at("Engine"))
    price = f"cache.{engine}.{size.removeprefix('cache.')}"
    yield Cost(REDIS, f"{nodes} nodes of {size}, {engine}", price, nodes, "cache")
    if group.at("SnapshotRetentionLimit"):
        yield Cost(REDIS, "a snapshot, 1 GB", "cache.backup", 1)


def _balancer(_: Written, balancer: Resource, usage: Usage) -> Iterator[Cost]:
    """A capacity unit is the most of its four measures; with many open sockets those count, else the requests."""
    seconds = 30 * 24 * 3600
    new = usage.app_millions * 1e6 / 5 / seconds / 25  # five requests on a connection
    sockets = usage.visits * 300 / seconds / 3000  # five minutes at the map
    gigabytes = usage.app_millions * 1e6 * 4e3 / 1e9 / (seconds / 3600)
    yield Cost(BALANCER, "hours", "alb.hour", 1)
    yield Cost(BALANCER, "capacity units", "alb.lcu", max(new, sockets, gigabytes))
    if balancer.at("Scheme") == "internet-facing":
        yield Cost(BALANCER, "its public addresses", "ipv4.hour", len(balancer.at("Subnets")))


def _nat(written: Written, _: Resource, usage: Usage) -> Iterator[Cost]:
    count = len(list(written.every("NatGateway")))
    yield Cost(NAT, "gateways", "nat.hour", 1)
    yield Cost(NAT, "through them", "nat.gb", usage.nat_gb / count)


def _address(_: Written, __: Resource, ___: Usage) -> Iterator[Cost]:
    yield Cost(NAT, "their public addresses", "ipv4.hour", 1)


def _endpoint(_: Written, endpoint: Resource, __: Usage) -> Iterator[Cost]:
    """A gateway into S3 is free. One with an address of its own is paid by the hour in each zone."""
    if endpoint.at("VpcEndpointType") == "Interface":
        yield Cost(NAT, "endpoints of AWS' services", "endpoint.hour", len(endpoint.at("SubnetIds")))


def _distribution(_: Written, __: Resource, usage: Usage) -> Iterator[Cost]:
    yield Cost(FRONT, f"{usage.out_gb:,.0f} GB to viewers", "cloudfront.gb", usage.out_gb)
    yield Cost(FRONT, "requests", "cloudfront.requests", usage.edge_millions)


def _function_at_edge(_: Written, __: Resource, usage: Usage) -> Iterator[Cost]:
    yield Cost(FRONT, "the fallback's runs", "cloudfront.function", usage.visits * 2 / 1e6)


def _bucket(_: Written, bucket: Resource, usage: Usage) -> Iterator[Cost]:
    logs = usage.edge_millions * 0.5  # GB: half a kB a request
    # Dumps are zipped, to about a fifth, and kept for thirty days.
    name, known = bucket.id[:-8], {"Media": usage.pictures_gb, "Dumps": usage.database_gb / 5 * 30}
    kept = known.get(name, logs if "Log" in name else 1.0)
    yield Cost(FRONT, f"{bucket.part}/{name}: kept", "s3.gb", kept)
    yield Cost(FRONT, "writes to buckets", "s3.writes", 0.02)


def _firewall(_: Written, acl: Resource, usage: Usage) -> Iterator[Cost]:
    yield Cost(FIREWALL, "the list", "waf.list", 1)
    yield Cost(FIREWALL, "its rules", "waf.rule", len(acl.at("Rules")))
    yield Cost(FIREWALL, "requests looked at", "waf.requests", usage.edge_millions)


def _queue(_: Written, queue: Resource, usage: Usage) -> Iterator[Cost]:
    """Workers ask every 20 s whether anything is there; an order is some four messages of three requests each."""
    if queue.at("RedrivePolicy") is not None:
        asked = 2 * 30 * 24 * 3600 / 20 / 1e6
        yield Cost(QUEUE, "requests", "sqs.requests", asked + usage.orders * 12 / 1e6)


def _secret(_: Written, __: Resource, ___: Usage) -> Iterator[Cost]:
    yield Cost(SECRETS, "secrets", "secret.month", 1)


def _alarm(_: Written, alarm: Resource, __: Usage) -> Iterator[Cost]:
    metrics = len([one for one in alarm.at("Metrics") or [{"MetricStat": {}}] if "MetricStat" in one])
    yield Cost(WATCHING, "what alarms watch", "cloudwatch.alarm", metrics)


def _dashboard(_: Written, __: Resource, ___: Usage) -> Iterator[Cost]:
    yield Cost(WATCHING, "dashboard", "cloudwatch.dashboard", 1)


def _counted(_: Written, counted: Resource, __: Usage) -> Iterator[Cost]:
    yield Cost(WATCHING, "what is counted in logs", "cloudwatch.metric", len(counted.at("MetricTransformations")))


def _logs(written: Written, group: Resource, usage: Usage) -> Iterator[Cost]:
    """The app's log is nearly all; every other group has a tenth of a GB."""
    size = usage.logs_gb if group.part == "web" else 0.1
    yield Cost(WATCHING, f"log of {group.part}: {size:.1f} GB", "cloudwatch.logs", size)
    months = float(group.at("RetentionInDays") or 365) / 30
    yield Cost(WATCHING, f"log of {group.part}: kept", "cloudwatch.kept", size * 0.15 * months)
    if group.part == "web":
        yield Cost(WATCHING, "traces", "xray.traces", usage.app_millions * usage.traced)
        yield Cost(MAIL, "to buyers, by SES", "ses.mail", usage.orders * MAILS_PER_ORDER / 1e6)


def _zone(_: Written, __: Resource, ___: Usage) -> Iterator[Cost]:
    yield Cost(NAMES, "zones", "route53.zone", 1)


def _images(_: Written, __: Resource, usage: Usage) -> Iterator[Cost]:
    yield Cost(IMAGES, f"{usage.images} images", "ecr.gb", usage.images * usage.image_gb)


def _copies(_: Written, plan: Resource, usage: Usage) -> Iterator[Cost]:
    """A whole copy, and a tenth of it for each day that is kept; as much again in another region."""
    rule = plan.at("BackupPlan.BackupPlanRule.0")
    days, places = int(rule["Lifecycle"]["DeleteAfterDays"]), 1 + len(rule.get("CopyActions", []))
    yield Cost(BACKUPS, f"{days} days of copies", "backup.rds", places * usage.database_gb * (1 + days / 10))


def _topic(_: Written, __: Resource, ___: Usage) -> Iterator[Cost]:
    yield Cost(WATCHING, "alarms by mail", "sns.mail", 0.0001)


def _lambda(_: Written, function: Resource, __: Usage) -> Iterator[Cost]:
    """Ours run some hundred times a month, a minute at the most."""
    memory = int(function.at("MemorySize") or 128) / 1024
    yield Cost(FUNCTIONS, f"{function.id[:-8]}: calls", "lambda.requests", 0.0005)
    yield Cost(FUNCTIONS, f"{function.id[:-8]}: time", "lambda.gbs", 500 * 60 * memory / 1e6)


def _key(_: Written, __: Resource, ___: Usage) -> Iterator[Cost]:
    yield Cost(KEYS, "a key", "kms.key", 1)


RULES: dict[str, Rule] = {
    "AWS::Backup::BackupPlan": _copies,
    "AWS::CloudFront::Distribution": _distribution,
    "AWS::CloudFront::Function": _function_at_edge,
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::Dashboard": _dashboard,
    "AWS::EC2::EIP": _address,
    "AWS::EC2::NatGateway": _nat,
    "AWS::EC2::VPCEndpoint": _endpoint,
    "AWS::ECR::Repository": _images,
    "AWS::ECS::Cluster": _cluster,
    "AWS::ECS::Service": _fargate,
    "AWS::ElastiCache::ReplicationGroup": _redis,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _balancer,
    "AWS::KMS::Key": _key,
    "AWS::Lambda::Function": _lambda,
    "AWS::Logs::LogGroup": _logs,
    "AWS::Logs::MetricFilter": _counted,
    "AWS::RDS::DBInstance": _database,
    "AWS::RDS::DBProxy": _proxy,
    "AWS::Route53::HostedZone": _zone,
    "AWS::S3::Bucket": _bucket,
    "AWS::SNS::Topic": _topic,
    "AWS::SQS::Queue": _queue,
    "AWS::SecretsManager::Secret": _secret,
    "AWS::WAFv2::WebACL": _firewall,
}

_RULE_OF = "paid with what it rules over"
_PERMISSION, _ADDRESSING, _PART = "permissions are free", "addressing is free", "a part of what is paid elsewhere"

FREE: dict[str, str] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": "scaling is free; the tasks are paid",
    "AWS::ApplicationAutoScaling::ScalingPolicy": "scaling is free; its own alarms are AWS'",
    "AWS::Backup::BackupSelection": _RULE_OF,
    "AWS::Backup::BackupVault": "the copies in it are paid",
    "AWS::CertificateManager::Certificate": "public certificates are free",
    "AWS::CloudFront::CachePolicy": _RULE_OF,
    "AWS::CloudFront::OriginAccessControl": _RULE_OF,
    "AWS::CloudFront::ResponseHeadersPolicy": _RULE_OF,
    "AWS::CloudFront::VpcOrigin": "CloudFront's way into the VPC is free",
    "AWS::EC2::FlowLog": "its lines are paid with their log group",
    "AWS::EC2::InternetGateway": "free; what goes out to viewers goes through CloudFront",
    "AWS::EC2::Route": _ADDRESSING,
    "AWS::EC2::RouteTable": _ADDRESSING,
    "AWS::EC2::SecurityGroup": _PERMISSION,
    "AWS::EC2::SecurityGroupEgress": _PERMISSION,
    "AWS::EC2::SecurityGroupIngress": _PERMISSION,
    "AWS::EC2::Subnet": _ADDRESSING,
    "AWS::EC2::SubnetRouteTableAssociation": _ADDRESSING,
    "AWS::EC2::VPC": _ADDRESSING,
    "AWS::EC2::VPCGatewayAttachment": _ADDRESSING,
    "AWS::ECS::TaskDefinition": "paid with its service; the migration runs for a minute, the dump for some each night",
    "AWS::ElastiCache::ParameterGroup": _PART,
    "AWS::ElastiCache::SubnetGroup": _PART,
    "AWS::ElasticLoadBalancingV2::Listener": _PART,
    "AWS::ElasticLoadBalancingV2::ListenerRule": "in the capacity units",
    "AWS::ElasticLoadBalancingV2::TargetGroup": _PART,
    "AWS::Events::Rule": "AWS' own events and a schedule are free",
    "AWS::IAM::ManagedPolicy": _PERMISSION,
    "AWS::IAM::OIDCProvider": _PERMISSION,
    "AWS::IAM::Policy": _PERMISSION,
    "AWS::IAM::Role": _PERMISSION,
    "AWS::KMS::Alias": _PART,
    "AWS::Lambda::EventInvokeConfig": _PART,
    "AWS::Lambda::Version": _PART,
    "AWS::Lambda::Alias": _PART,
    "AWS::Scheduler::ScheduleGroup": _PART,
    "AWS::Lambda::LayerVersion": _PART,
    "AWS::Lambda::Permission": _PERMISSION,
    "AWS::RDS::DBParameterGroup": _PART,
    "AWS::RDS::DBProxyTargetGroup": _PART,
    "AWS::RDS::DBSubnetGroup": _PART,
    "AWS::Route53::RecordSet": "paid with the zone",
    "AWS::S3::BucketPolicy": _PERMISSION,
    "AWS::SNS::Subscription": "the mails are paid with the topic",
    "AWS::SNS::TopicPolicy": _PERMISSION,
    "AWS::SQS::QueuePolicy": _PERMISSION,
    "AWS::SSM::Parameter": "standard parameters are free",
    "AWS::Scheduler::Schedule": "fourteen million a month are free",
    "AWS::SecretsManager::ResourcePolicy": _PERMISSION,
    "AWS::SecretsManager::RotationSchedule": "the function that rotates is paid",
    "AWS::SecretsManager::SecretTargetAttachment": _PART,
}
"""Types that cost nothing by themselves, each with its reason."""
