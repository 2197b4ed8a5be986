"""The values as they were asked for. This list is the document: it stands in the repository, which stands alone."""

from dataclasses import dataclass

TASK, SECOND = "TaskDefinition", "ContainerDefinitions.1"
TRACKING = "TargetTrackingScalingPolicyConfiguration"
CDN = "DistributionConfig"
DEFAULT = f"{CDN}.DefaultCacheBehavior"
PREFIX = "frontrow/production/"
DAILY = "BackupPlan.BackupPlanRule.0"


@dataclass(frozen=True)
class Asked:
    """A value: in words, and where it stands: the first resource of ``type`` in stack ``part`` with ``id`` in its name.

    ``want`` is how a template writes it, where that isn't the document's own word. ``#`` at the end of a path counts
    what is there, and ``#`` alone such resources.
    """

    of: str
    name: str
    document: str
    type: str
    path: str
    part: str = ""
    id: str = ""
    want: str | None = None

    @property
    def wanted(self) -> str:
        return self.document if self.want is None else self.want


def _subnets() -> list[Asked]:
    addresses = {
        "public": ("10.0.1.0/24", "10.0.2.0/24"),
        "private": ("10.0.10.0/24", "10.0.11.0/24"),
        "database": ("10.0.20.0/24", "10.0.21.0/24"),
    }
    rows = []
    for kind, pair in addresses.items():
        for place, address in enumerate(pair, start=1):
            id_ = f"Vpc{kind}Subnet{place}Subnet"
            zone = f"us-east-1{'ab'[place - 1]}"
            rows.append(Asked("VPC", f"{kind} subnet {place}", address, "EC2::Subnet", "CidrBlock", id=id_))
            rows.append(Asked("VPC", f"{kind} subnet {place}, zone", zone, "EC2::Subnet", "AvailabilityZone", id=id_))
    return rows


def _one(of: str, type_: str, *rows: tuple[str, ...], part: str = "", id_: str = "") -> list[Asked]:
    """Rows of one resource: name, the document's word, path, and how a template writes it if otherwise."""
    return [Asked(of, row[0], row[1], type_, row[2], part, id_, row[3] if len(row) > 3 else None) for row in rows]


def _scaling(of: str, part: str, least: str, most: str) -> list[Asked]:
    return [
        *_one(
            of, "ScalableTarget", ("fewest tasks", least, "MinCapacity"), ("most tasks", most, "MaxCapacity"), part=part
        ),
        *_one(
            of,
            "ScalingPolicy",
            ("CPU target, %", "70", f"{TRACKING}.TargetValue"),
            ("scale-out cooldown, s", "60", f"{TRACKING}.ScaleOutCooldown"),
            ("scale-in cooldown, s", "300", f"{TRACKING}.ScaleInCooldown"),
            part=part,
            id_="Cpu",
        ),
    ]


def _task(of: str, part: str) -> list[Asked]:
    return [
        *_one(
            of,
            "TaskDefinition",
            ("CPU of a task", "0.5 vCPU", "Cpu", "512"),
            ("memory of a task", "1 GB", "Memory", "1024"),
            ("network", "awsvpc", "NetworkMode"),
            part=part,
        ),
        *_one(
            of,
            "ECS::Service",
            ("public address", "none", "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp", "DISABLED"),
            ("circuit breaker", "on", "DeploymentConfiguration.DeploymentCircuitBreaker.Enable"),
            ("… takes back", "on", "DeploymentConfiguration.DeploymentCircuitBreaker.Rollback"),
            part=part,
        ),
    ]


DATABASE = _one(
    "PostgreSQL",
    "RDS::DBInstance",
    ("class", "db.t3.medium", "DBInstanceClass"),
    ("engine", "postgres", "Engine"),
    ("version, a setting", "18", "EngineVersion"),
    ("two zones", "on", "MultiAZ"),
    ("storage, GB", "50", "AllocatedStorage"),
    ("kind of storage", "gp3", "StorageType"),
    ("storage grows to, GB", "more than 50", "MaxAllocatedStorage", "200"),
    ("encrypted", "on", "StorageEncrypted"),
    ("backups and any moment of, days", "7", "BackupRetentionPeriod"),
    ("backup window", "one", "PreferredBackupWindow", "03:00-04:00"),
    ("maintenance window", "one", "PreferredMaintenanceWindow", "sun:04:30-sun:05:30"),
    ("deletion protection", "on", "DeletionProtection"),
    ("minor upgrades by itself", "on", "AutoMinorVersionUpgrade"),
    ("reached from outside", "off", "PubliclyAccessible"),
    part="data",
    id_="Database",
)
REDIS = _one(
    "Redis",
    "ElastiCache::ReplicationGroup",
    ("engine, a setting", "redis", "Engine"),
    ("version", "7.1", "EngineVersion"),
    ("cluster mode", "enabled", "ClusterMode"),
    ("shards", "2", "NumNodeGroups"),
    ("replicas of a shard", "1", "ReplicasPerNodeGroup"),
    ("node", "cache.t3.micro", "CacheNodeType"),
    ("two zones", "on", "MultiAZEnabled"),
    ("automatic failover", "on", "AutomaticFailoverEnabled"),
    ("TLS", "on", "TransitEncryptionEnabled"),
    ("port", "6379", "Port"),
)
BALANCER = [
    *_one(
        "load balancer",
        "LoadBalancer",
        ("scheme", "internet-facing", "Scheme"),
        ("zones", "2", "Subnets.#"),
    ),
    *_one(
        "load balancer",
        "ElasticLoadBalancingV2::Listener",
        ("port", "443", "Port"),
        ("TLS", "1.2 and newer", "SslPolicy", "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"),
    ),
    *_one(
        "load balancer",
        "TargetGroup",
        ("asks", "/health", "HealthCheckPath"),
        ("… every, s", "30", "HealthCheckIntervalSeconds"),
        part="web",
    ),
    Asked(
        "load balancer",
        "rules by path",
        "5 patterns",
        "ListenerRule",
        "Conditions.0.PathPatternConfig.Values.#",
        want="5",
    ),
]
FRONT = _one(
    "front end",
    "CloudFront::Distribution",
    ("name", "a domain of its own", f"{CDN}.Aliases.0", "frontrow.example"),
    ("edge locations", "all", f"{CDN}.PriceClass", "PriceClass_All"),
    ("TLS", "1.2 and newer", f"{CDN}.ViewerCertificate.MinimumProtocolVersion", "TLSv1.2_2021"),
    ("behaviours beside the default", "/assets /media /api /ws and three pages", f"{CDN}.CacheBehaviors.#", "7"),
    ("error page of the whole distribution", "none", f"{CDN}.CustomErrorResponses"),
    ("function on the default behaviour", "viewer-request", f"{DEFAULT}.FunctionAssociations.0.EventType"),
)
QUEUE = _one(
    "queue",
    "SQS::Queue",
    ("visibility, s", "300", "VisibilityTimeout"),
    ("kept", "14 days", "MessageRetentionPeriod", "1209600"),
    ("dead after receives", "3", "RedrivePolicy.maxReceiveCount"),
    id_="Jobs",
)
ALARMS = [
    *(
        Asked("alarms", name, said, "CloudWatch::Alarm", "Threshold", id=id_, want=want)
        for name, said, id_, want in (
            ("CPU of web, more than", "80 %", "WebCpu", "80"),
            ("CPU of the database, more than", "80 %", "DatabaseCpu", "80"),
            ("errors, more than", "5 %", "ErrorRate", "5"),
            ("connections, more than", "80 % of 413", "DatabaseConnections", "330"),
            ("dead letters, more than", "0", "DeadLetters", "0"),
        )
    ),
    Asked(
        "alarms", "CPU credits, fewer than", "some", "CloudWatch::Alarm", "Threshold", id="DatabaseCredits", want="50"
    ),
    Asked("logs", "days", "30", "Logs::LogGroup", "RetentionInDays", part="web"),
]
REST = [
    *_one(
        "images",
        "ECR::Repository",
        ("tags", "written once", "ImageTagMutability", "IMMUTABLE"),
        ("scanned", "on", "ImageScanningConfiguration.ScanOnPush"),
    ),
    *_one(
        "backups",
        "BackupPlan",
        ("every day", "daily", f"{DAILY}.ScheduleExpression", "cron(0 2 * * ? *)"),
        ("kept, days", "7", f"{DAILY}.Lifecycle.DeleteAfterDays"),
    ),
    *_one(
        "firewall",
        "WebACL",
        ("scope", "at the edge", "Scope", "CLOUDFRONT"),
        ("rate rule, requests in 5 min", "a limit", "Rules.0.Statement.RateBasedStatement.Limit", "2000"),
    ),
    *_one(
        "identity", "OIDCProvider", ("who may deploy", "GitHub", "Url", "https://token.actions.githubusercontent.com")
    ),
]

WAYS = [
    Asked("VPC", "NAT gateways", "tasks get out, in two zones", "NatGateway", "#", want="2"),
    Asked(
        "VPC", "load balancer, from anywhere", "443", "SecurityGroup", "SecurityGroupIngress.0.FromPort", id="Balancer"
    ),
    *(
        Asked("VPC", name, port, "SecurityGroupIngress", "FromPort", id=id_)
        for name, port, id_ in (
            ("tasks, from the load balancer", "8000", "TasksGroupfrom"),
            ("database, from the tasks", "5432", "DatabaseGroupfrom"),
            ("Redis, from the tasks", "6379", "RedisGroupfrom"),
        )
    ),
]

SECRETS = [
    Asked("secrets", said, "one", "SecretsManager::Secret", "Name", id=name.replace("_", ""), want=f"{PREFIX}{name}")
    for said, name in (
        ("database", "database_password"),
        ("Redis", "redis_auth"),
        ("JWT", "jwt_key"),
        ("Stripe", "stripe_secret_key"),
        ("Stripe's webhooks", "stripe_webhook_secret"),
        ("an OAuth client", "oauth_google"),
        ("SMTP", "smtp_password"),
    )
]

ASKED: tuple[Asked, ...] = (
    Asked("VPC", "addresses", "10.0.0.0/16", "EC2::VPC", "CidrBlock"),
    *_subnets(),
    *WAYS,
    *_task("web", "web"),
    *_scaling("web", "web", "2", "10"),
    Asked("web", "memory target, %", "80", "ScalingPolicy", f"{TRACKING}.TargetValue", "web", "Memory"),
    *_task("worker", "worker"),
    Asked("web", "traces, by a collector beside the app", "X-Ray", TASK, f"{SECOND}.Name", "web", want="traces"),
    *DATABASE,
    Asked("PostgreSQL", "read replicas", "1", "RDS::DBInstance", "#", id="Replica"),
    *REDIS,
    *BALANCER,
    *FRONT,
    *QUEUE,
    *SECRETS,
    *_one(
        "secrets",
        "RotationSchedule",
        ("the database's password, changed after days", "rotated", "RotationRules.AutomaticallyAfterDays", "30"),
    ),
    *ALARMS,
    *REST,
)
