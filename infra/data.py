"""What keeps things: PostgreSQL with its replica, Redis, and the bucket of pictures."""

from typing import Any

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_iam as iam
from aws_cdk import aws_rds as rds
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as sm
from constructs import Construct

from infra.buckets import closed_bucket
from infra.network import DATABASE, Network
from infra.secrets import Secrets
from infra.stage import Stage

DATABASE_NAME = "frontrow"
POSTGRES_PORT, REDIS_PORT = 5432, 6379
REPLICAS_NAME = "replicas"
ZONE = "frontrow.internal"


class Data(Stack):
    """The stateful part. It outlives every deployment of the stateless one."""

    def __init__(self, scope: Construct, stage: Stage, network: Network, secrets: Secrets, **kwargs: Any) -> None:
        super().__init__(scope, stage.name_of("data"), **kwargs)
        self._stage, self._network, self._secrets = stage, network, secrets
        self._removal = RemovalPolicy.RETAIN if stage.database.keep else RemovalPolicy.DESTROY
        self.database_group = self._group("DatabaseGroup", "PostgreSQL: from the tasks and the rotation", POSTGRES_PORT)
        self.redis_group = self._group("RedisGroup", "Redis: from the tasks alone", REDIS_PORT)
        self._make_database()
        self._make_redis()
        self._make_media()

    def _group(self, name: str, description: str, port: int) -> ec2.SecurityGroup:
        group = ec2.SecurityGroup(self, name, vpc=self._network.vpc, description=description, allow_all_outbound=False)
        group.add_ingress_rule(self._network.tasks_group, ec2.Port.tcp(port), "from the tasks")
        return group

    def _make_database(self) -> None:
        stage, wanted = self._stage, self._stage.database
        subnets = ec2.SubnetSelection(subnet_group_name=DATABASE)
        engine = rds.DatabaseInstanceEngine.postgres(
            version=rds.PostgresEngineVersion.of(wanted.engine, wanted.engine.split(".", maxsplit=1)[0])
        )
        # RDS writes host and port into the secret. By its address, so that this happens here: on the secret itself it
        # would happen in the secrets' stack, which would then need this one.
        known = sm.Secret.from_secret_complete_arn(self, "DatabaseSecret", self._secrets.database.secret_arn)
        parameters = rds.ParameterGroup(
            self,
            "Parameters",
            engine=engine,
            description="Frontrow on PostgreSQL",
            # Nothing reaches the database in the clear; what takes long is told.
            parameters={"rds.force_ssl": "1", "log_min_duration_statement": "1000", "jit": "0"},
        )
        self.database = rds.DatabaseInstance(
            self,
            "Database",
            instance_identifier=f"frontrow-{stage.name}",
            engine=engine,
            instance_type=ec2.InstanceType(wanted.instance_class),
            vpc=self._network.vpc,
            vpc_subnets=subnets,
            security_groups=[self.database_group],
            port=POSTGRES_PORT,
            database_name=DATABASE_NAME,
            credentials=rds.Credentials.from_secret(known),
            parameter_group=parameters,
            multi_az=wanted.multi_az,
            storage_type=rds.StorageType.GP3,
            allocated_storage=wanted.storage_gib,
            max_allocated_storage=wanted.storage_most_gib,
            storage_encrypted=True,
            backup_retention=Duration.days(wanted.backup_days),
            preferred_backup_window=wanted.backup_window,
            preferred_maintenance_window=wanted.maintenance_window,
            deletion_protection=wanted.keep,
            delete_automated_backups=False,
            auto_minor_version_upgrade=True,
            copy_tags_to_snapshot=True,
            publicly_accessible=False,
            iam_authentication=True,
            cloudwatch_logs_exports=["postgresql", "upgrade"],
            removal_policy=self._removal,
        )
        self.replica = rds.DatabaseInstanceReadReplica(
            self,
            "Replica",
            instance_identifier=f"frontrow-{stage.name}-replica-1",
            source_database_instance=self.database,
            instance_type=ec2.InstanceType(wanted.instance_class),
            vpc=self._network.vpc,
            vpc_subnets=subnets,
            security_groups=[self.database_group],
            parameter_group=parameters,
            storage_type=rds.StorageType.GP3,
            auto_minor_version_upgrade=True,
            publicly_accessible=False,
            deletion_protection=wanted.keep,
            iam_authentication=True,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.primary_address = self._proxied(known) if wanted.proxy else self.database.db_instance_endpoint_address
        # A replica is encrypted as its source is, and CloudFormation refuses to be told.
        replica = self.replica.node.default_child
        assert isinstance(replica, rds.CfnDBInstance)
        replica.add_property_deletion_override("StorageEncrypted")
        # One name for all replicas: whoever adds one adds a record of the same weight, and no task has to be told.
        self.zone = route53.PrivateHostedZone(self, "Zone", zone_name=ZONE, vpc=self._network.vpc)
        route53.CfnRecordSet(
            self,
            "Replica1",
            hosted_zone_id=self.zone.hosted_zone_id,
            name=f"{REPLICAS_NAME}.{ZONE}",
            type="CNAME",
            ttl="10",
            set_identifier="replica-1",
            weight=10,
            resource_records=[self.replica.db_instance_endpoint_address],
        )

    def _proxied(self, known: sm.ISecret) -> str:
        """The address of a proxy before the primary. CDK opens the way from it to the database by itself."""
        group = self._group("ProxyGroup", "Proxy: from the tasks alone", POSTGRES_PORT)
        proxy = rds.DatabaseProxy(
            self,
            "Proxy",
            db_proxy_name=f"frontrow-{self._stage.name}",
            proxy_target=rds.ProxyTarget.from_instance(self.database),
            secrets=[known],
            vpc=self._network.vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_group_name=DATABASE),
            security_groups=[group],
            require_tls=True,
        )
        # The only type here that knows no tags; CloudFormation would refuse them.
        targets = proxy.node.find_child("ProxyTargetGroup")
        assert isinstance(targets, rds.CfnDBProxyTargetGroup)
        targets.add_property_deletion_override("Tags")
        return proxy.endpoint

    def _make_redis(self) -> None:
        wanted = self._stage.redis
        subnets = elasticache.CfnSubnetGroup(
            self,
            "RedisSubnets",
            description="Where Redis lives",
            cache_subnet_group_name=f"frontrow-{self._stage.name}",
            subnet_ids=self._network.vpc.select_subnets(subnet_group_name=DATABASE).subnet_ids,
        )
        parameters = elasticache.CfnParameterGroup(
            self,
            "RedisParameters",
            cache_parameter_group_family="redis7" if wanted.engine == "redis" else "valkey8",
            description="Frontrow on Redis: cluster mode; what is oldest goes first when memory ends",
            properties={"cluster-enabled": "yes", "maxmemory-policy": "volatile-lru"},
        )
        self.redis = elasticache.CfnReplicationGroup(
            self,
            "Redis",
            replication_group_id=f"frontrow-{self._stage.name}",
            replication_group_description="Frontrow: news of seats, sessions, limits. It may be lost at any time",
            engine=wanted.engine,
            engine_version=wanted.version,
            cache_node_type=wanted.node_type,
            cache_parameter_group_name=parameters.ref,
            cache_subnet_group_name=subnets.ref,
            cluster_mode="enabled",
            num_node_groups=wanted.shards,
            replicas_per_node_group=wanted.replicas_per_shard,
            automatic_failover_enabled=True,
            multi_az_enabled=True,
            at_rest_encryption_enabled=True,
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            # A reference that AWS resolves; the template never holds the token.
            auth_token=self._secrets.redis.secret_value.unsafe_unwrap(),
            security_group_ids=[self.redis_group.security_group_id],
            port=REDIS_PORT,
            auto_minor_version_upgrade=True,
            preferred_maintenance_window="sun:05:30-sun:06:30",
            snapshot_retention_limit=1,
        )

    def _make_media(self) -> None:
        self.media = closed_bucket(
            self,
            "Media",
            keep=self._stage.database.keep,
            versioned=True,
            lifecycle_rules=[s3.LifecycleRule(noncurrent_version_expiration=Duration.days(30))],
        )
        # Any distribution of this account may read. Naming the one would need the edge's stack, which needs this one.
        self.media.add_to_resource_policy(
            iam.PolicyStatement(
                sid="ReadByCloudFront",
                principals=[iam.ServicePrincipal("cloudfront.amazonaws.com")],
                actions=["s3:GetObject"],
                resources=[self.media.arn_for_objects("*")],
                conditions={"StringEquals": {"AWS:SourceAccount": self.account}},
            )
        )
