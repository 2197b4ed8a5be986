"""What differs from stage to stage, and nothing else: every figure of the architecture that a person may turn."""

from dataclasses import dataclass, field, replace
from datetime import datetime

REGION = "us-east-1"
ZONES = ("us-east-1a", "us-east-1b")


@dataclass(frozen=True)
class Provider:
    """An OpenID Connect provider; its client secret is a secret of its own."""

    issuer: str
    client_id: str


@dataclass(frozen=True)
class OnSale:
    """A sale that is known beforehand: from ``opens`` (UTC) on, ``tasks`` web tasks are there already."""

    name: str
    opens: datetime
    tasks: int


@dataclass(frozen=True)
class Database:
    """RDS for PostgreSQL. Sizes in GiB; windows in UTC."""

    engine: str = "18"
    instance_class: str = "t3.medium"
    storage_gib: int = 50
    storage_most_gib: int = 200
    backup_days: int = 7
    multi_az: bool = True
    keep: bool = True  # deletion protection
    backup_window: str = "03:00-04:00"
    maintenance_window: str = "sun:04:30-sun:05:30"
    proxy: bool = False  # RDS Proxy before the primary
    # What RDS allows on a t3.medium: memory / 9531392, which is about 413 after what the host keeps for itself.
    max_connections: int = 413


@dataclass(frozen=True)
class Redis:
    """ElastiCache in cluster mode."""

    engine: str = "redis"
    version: str = "7.1"
    node_type: str = "cache.t3.micro"
    shards: int = 2
    replicas_per_shard: int = 1


@dataclass(frozen=True)
class Tasks:
    """A Fargate service: CPU in units (1024 = one vCPU), memory in MiB."""

    cpu: int = 512
    memory: int = 1024
    least: int = 2
    most: int = 10


@dataclass(frozen=True)
class Stage:
    """One deployment of the whole."""

    name: str = "production"
    account: str = "111111111111"
    domain: str = "frontrow.example"
    repository: str = "frontrow/frontrow"  # on GitHub: the only one that may deploy
    image_tag: str = "initial"
    nat_gateways: int = 2
    database: Database = field(default_factory=Database)
    redis: Redis = field(default_factory=Redis)
    web: Tasks = field(default_factory=Tasks)
    worker: Tasks = field(default_factory=lambda: Tasks(least=2, most=6))
    pool_size: int = 10  # connections a process opens to the primary, and as many to the replicas
    graviton: bool = False  # tasks on ARM; the image must have been built for it
    private_balancer: bool = False  # reached by CloudFront alone, through its way into the VPC
    blue_green: bool = False  # a deployment beside the running one, changed over at once and back
    scale_replicas: bool = False  # one to three replicas of the database, by load
    daily_dump: bool = True  # the whole database into S3 every night, beside the copies of AWS Backup
    sticky: bool = False
    cache_api: bool = False
    requests_per_task: int = 1000  # a minute, through the load balancer
    backlog_per_task: int = 100  # messages
    requests_per_address: int = 2000  # in five minutes; more is blocked at the edge
    writes_per_address: int = 500  # of these, to /api
    on_sales: tuple[OnSale, ...] = ()
    alarm_mail: str = "operators@frontrow.example"
    stripe_publishable_key: str = "pk_live_set_me"
    stripe_livemode: bool = True
    smtp_user: str = "set-me"
    oauth: dict[str, Provider] = field(
        default_factory=lambda: {"google": Provider("https://accounts.google.com", "set-me")}
    )
    backup_copy_region: str | None = None

    def name_of(self, part: str) -> str:
        """The stack's name for a part, such as ``frontrow-production-network``."""
        return f"frontrow-{self.name}-{part}"


def on_graviton(stage: Stage) -> Stage:
    """``stage`` with every processor an ARM of the same size."""
    return replace(
        stage,
        graviton=True,
        database=replace(stage.database, instance_class=stage.database.instance_class.replace("t3.", "t4g.")),
        redis=replace(stage.redis, node_type=stage.redis.node_type.replace("t3.", "t4g.")),
    )


def on_valkey(stage: Stage) -> Stage:
    """``stage`` with Valkey for Redis: the same protocol, a fifth less, and what the local stack runs on."""
    return replace(stage, redis=replace(stage.redis, engine="valkey", version="8.0"))


def with_proxy(stage: Stage) -> Stage:
    """``stage`` with RDS Proxy, which gathers connections of more tasks than the database would allow."""
    return replace(stage, database=replace(stage.database, proxy=True))


PRODUCTION = Stage()
STAGING = Stage(
    name="staging",
    domain="staging.frontrow.example",
    nat_gateways=1,
    database=Database(multi_az=False, keep=False),
    web=Tasks(least=1, most=2),
    worker=Tasks(least=1, most=2),
    daily_dump=False,
    stripe_livemode=False,
    stripe_publishable_key="pk_test_set_me",
)
STAGES = {stage.name: stage for stage in (PRODUCTION, STAGING)}
