"""What all services share: the cluster, the load balancer in front of them, and the registry their images come from."""

from typing import Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.buckets import closed_bucket
from infra.domain import Domain
from infra.network import PRIVATE, PUBLIC, Network
from infra.stage import Stage

IDLE_S = 120
"""Seconds that a silent connection is kept. The app pings every socket each 20 s, so none of them is ever silent."""


class Cluster(Stack):
    """A Fargate cluster behind a load balancer that answers 404 until a service adds its rule to the listener."""

    def __init__(self, scope: Construct, stage: Stage, network: Network, domain: Domain, **kwargs: Any) -> None:
        super().__init__(scope, stage.name_of("cluster"), **kwargs)
        self.vpc, self.tasks_group = network.vpc, network.tasks_group
        self.cluster = ecs.Cluster(
            self,
            "Cluster",
            cluster_name=f"frontrow-{stage.name}",
            vpc=network.vpc,
            # RunningTaskCount, which the workers are scaled by, exists only with it.
            container_insights_v2=ecs.ContainerInsights.ENABLED,
        )
        self.balancer = elb.ApplicationLoadBalancer(
            self,
            "Balancer",
            load_balancer_name=f"frontrow-{stage.name}",
            vpc=network.vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_group_name=PRIVATE if stage.private_balancer else PUBLIC),
            internet_facing=not stage.private_balancer,
            # As a stranger's: its rules stand in the network's stack, and CDK would add them a second time here.
            security_group=ec2.SecurityGroup.from_security_group_id(
                self, "BalancerGroup", network.balancer_group.security_group_id, mutable=False
            ),
            idle_timeout=Duration.seconds(IDLE_S),
            deletion_protection=stage.database.keep,
            drop_invalid_header_fields=True,
        )
        self.access_logs = closed_bucket(
            self,
            "AccessLogs",
            keep=stage.database.keep,
            lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(30))],
        )
        self.balancer.log_access_logs(self.access_logs, "balancer")
        self.listener = self.balancer.add_listener(
            "Https",
            port=443,
            protocol=elb.ApplicationProtocol.HTTPS,
            open=False,  # the group says who may; CDK would add its own rule
            certificates=[domain.certificate],
            ssl_policy=elb.SslPolicy.TLS13_RES,
            default_action=elb.ListenerAction.fixed_response(404, content_type="text/plain", message_body="Not here"),
        )
        # The certificate must fit the name that CloudFront calls, which the load balancer's own never would.
        self.origin = f"origin.{stage.domain}"
        route53.ARecord(
            self,
            "Origin",
            zone=domain.zone,
            record_name=self.origin,
            target=route53.RecordTarget.from_alias(targets.LoadBalancerTarget(self.balancer)),
        )
