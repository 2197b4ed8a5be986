"""The document's figures, each beside what the template has: one row, one test."""

from typing import Any

import pytest

from tests.infra.templates import Templates, attributes

DATABASE, REPLICA = ("RDS::DBInstance", "Database"), ("RDS::DBInstance", "Replica")
REDIS = ("ElastiCache::ReplicationGroup", "Redis")
JOBS, DEAD = ("SQS::Queue", "Jobs"), ("SQS::Queue", "DeadLetters")
WEB_TASK, WEB = ("ECS::TaskDefinition", "WebTask"), ("ECS::Service", "WebService")
WORKER = ("ECS::Service", "WorkerService")
WEB_COUNT = ("ScalableTarget", "WebServiceTaskCountTarget")
CPU = ("ScalingPolicy", "WebServiceTaskCountTargetCpu")
MEMORY = ("ScalingPolicy", "WebServiceTaskCountTargetMemory")
TARGETS = ("TargetGroup", "PathsTargets")
LISTENER = ("ElasticLoadBalancingV2::Listener", "BalancerHttps")
CDN = ("CloudFront::Distribution", "Distribution")
TRACKING = "TargetTrackingScalingPolicyConfiguration"

TABLE: list[tuple[str, tuple[str, str], str, Any]] = [
    ("VPC 10.0.0.0/16", ("EC2::VPC", "Vpc"), "CidrBlock", "10.0.0.0/16"),
    ("db.t3.medium", DATABASE, "DBInstanceClass", "db.t3.medium"),
    ("PostgreSQL", DATABASE, "Engine", "postgres"),
    ("engine 18", DATABASE, "EngineVersion", "18"),
    ("Multi-AZ", DATABASE, "MultiAZ", True),
    ("50 GB", DATABASE, "AllocatedStorage", "50"),
    ("gp3", DATABASE, "StorageType", "gp3"),
    ("storage grows by itself", DATABASE, "MaxAllocatedStorage", 200),
    ("encrypted", DATABASE, "StorageEncrypted", True),
    ("7 days of backups, and any moment of them", DATABASE, "BackupRetentionPeriod", 7),
    ("a backup window", DATABASE, "PreferredBackupWindow", "03:00-04:00"),
    ("a maintenance window", DATABASE, "PreferredMaintenanceWindow", "sun:04:30-sun:05:30"),
    ("can't be deleted", DATABASE, "DeletionProtection", True),
    ("minor upgrades by itself", DATABASE, "AutoMinorVersionUpgrade", True),
    ("not public", DATABASE, "PubliclyAccessible", False),
    ("replica: same class", REPLICA, "DBInstanceClass", "db.t3.medium"),
    ("replica: not public", REPLICA, "PubliclyAccessible", False),
    ("replica: encrypted as its source, which isn't said", REPLICA, "StorageEncrypted", None),
    ("Redis engine", REDIS, "Engine", "redis"),
    ("Redis 7.1", REDIS, "EngineVersion", "7.1"),
    ("cluster mode", REDIS, "ClusterMode", "enabled"),
    ("2 shards", REDIS, "NumNodeGroups", 2),
    ("1 replica each", REDIS, "ReplicasPerNodeGroup", 1),
    ("cache.t3.micro", REDIS, "CacheNodeType", "cache.t3.micro"),
    ("Redis in both zones", REDIS, "MultiAZEnabled", True),
    ("automatic failover", REDIS, "AutomaticFailoverEnabled", True),
    ("TLS", REDIS, "TransitEncryptionEnabled", True),
    ("TLS only", REDIS, "TransitEncryptionMode", "required"),
    ("encrypted at rest", REDIS, "AtRestEncryptionEnabled", True),
    ("standard queue", JOBS, "FifoQueue", None),
    ("visibility 300 s", JOBS, "VisibilityTimeout", 300),
    ("14 days", JOBS, "MessageRetentionPeriod", 14 * 24 * 3600),
    ("dead after 3 receives", JOBS, "RedrivePolicy.maxReceiveCount", 3),
    ("dead letters stay 14 days", DEAD, "MessageRetentionPeriod", 14 * 24 * 3600),
    ("0.5 vCPU", WEB_TASK, "Cpu", "512"),
    ("1 GB", WEB_TASK, "Memory", "1024"),
    ("awsvpc", WEB_TASK, "NetworkMode", "awsvpc"),
    ("Fargate", WEB, "LaunchType", "FARGATE"),
    ("no public address", WEB, "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp", "DISABLED"),
    ("circuit breaker", WEB, "DeploymentConfiguration.DeploymentCircuitBreaker", {"Enable": True, "Rollback": True}),
    ("never fewer while rolling", WEB, "DeploymentConfiguration.MinimumHealthyPercent", 100),
    ("the template doesn't set the number back", WEB, "DesiredCount", None),
    ("nor the worker's", WORKER, "DesiredCount", None),
    ("min 2", WEB_COUNT, "MinCapacity", 2),
    ("max 10", WEB_COUNT, "MaxCapacity", 10),
    ("CPU 70 %", CPU, f"{TRACKING}.TargetValue", 70),
    ("out after 60 s", CPU, f"{TRACKING}.ScaleOutCooldown", 60),
    ("in after 300 s", CPU, f"{TRACKING}.ScaleInCooldown", 300),
    ("memory 80 %", MEMORY, f"{TRACKING}.TargetValue", 80),
    ("/health", TARGETS, "HealthCheckPath", "/health"),
    ("every 30 s", TARGETS, "HealthCheckIntervalSeconds", 30),
    ("443", LISTENER, "Port", 443),
    ("TLS 1.2 and newer", LISTENER, "SslPolicy", "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"),
    ("all edge locations", CDN, "DistributionConfig.PriceClass", "PriceClass_All"),
    ("own name", CDN, "DistributionConfig.Aliases", ["frontrow.example"]),
    ("TLS 1.2 at the edge", CDN, "DistributionConfig.ViewerCertificate.MinimumProtocolVersion", "TLSv1.2_2021"),
    ("no error page of the whole distribution", CDN, "DistributionConfig.CustomErrorResponses", None),
    ("tags written once", ("ECR::Repository", "Images"), "ImageTagMutability", "IMMUTABLE"),
    ("scanned", ("ECR::Repository", "Images"), "ImageScanningConfiguration.ScanOnPush", True),
    ("daily", ("BackupPlan", "Plan"), "BackupPlan.BackupPlanRule.0.ScheduleExpression", "cron(0 2 * * ? *)"),
    ("kept 7 days", ("BackupPlan", "Plan"), "BackupPlan.BackupPlanRule.0.Lifecycle.DeleteAfterDays", 7),
    ("firewall at CloudFront", ("WebACL", "Firewall"), "Scope", "CLOUDFRONT"),
    ("GitHub, not a key", ("OIDCProvider", "GitHub"), "Url", "https://token.actions.githubusercontent.com"),
]


@pytest.mark.parametrize(("says", "where", "path", "value"), TABLE, ids=[f"{row[1][1]}: {row[0]}" for row in TABLE])
def test_the_template_has_what_the_document_says(
    templates: Templates, says: str, where: tuple[str, str], path: str, value: Any
) -> None:
    assert templates.one(*where).at(path) == value, says


def test_the_load_balancer_is_public_logs_and_outwaits_the_sockets_ping(templates: Templates) -> None:
    balancer = templates.one("ElasticLoadBalancingV2::LoadBalancer")
    known = attributes(balancer.properties["LoadBalancerAttributes"])
    assert balancer.at("Scheme") == "internet-facing"
    assert len(balancer.at("Subnets")) == 2
    assert known["access_logs.s3.enabled"] == "true"
    # uvicorn pings a socket every 20 s unless told otherwise, and nothing tells it otherwise.
    assert int(known["idle_timeout.timeout_seconds"]) > 2 * 20


def test_there_is_no_way_in_but_443(templates: Templates) -> None:
    assert [one.at("Port") for one in templates.every("ElasticLoadBalancingV2::Listener")] == [443]


def test_stickiness_is_off_and_sockets_have_the_time_that_fargate_gives(templates: Templates) -> None:
    known = attributes(templates.one(*TARGETS).properties["TargetGroupAttributes"])
    assert known["stickiness.enabled"] == "false"
    assert known["deregistration_delay.timeout_seconds"] == "120"
    app = templates.one(*WEB_TASK).at("ContainerDefinitions.0")
    assert app["StopTimeout"] == 120


def test_workers_are_scaled_by_the_backlog_of_each(templates: Templates) -> None:
    policy = templates.one("ScalingPolicy", "WorkerBacklog").at(TRACKING)
    metrics = {one["Id"]: one for one in policy["CustomizedMetricSpecification"]["Metrics"]}
    assert metrics["each"]["Expression"] == "waiting / running"
    assert metrics["waiting"]["MetricStat"]["Metric"]["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert metrics["running"]["MetricStat"]["Metric"]["MetricName"] == "RunningTaskCount"
    assert [name for name, one in metrics.items() if one["ReturnData"]] == ["each"]
