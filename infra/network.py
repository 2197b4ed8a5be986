"""The network: three kinds of subnets in two zones, and the two security groups that everything else refers to."""

from typing import Any

import jsii
from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.stage import ZONES, Stage

CIDR = "10.0.0.0/16"
PUBLIC, PRIVATE, DATABASE = "public", "private", "database"
SUBNETS = {
    PUBLIC: ("10.0.1.0/24", "10.0.2.0/24"),
    PRIVATE: ("10.0.10.0/24", "10.0.11.0/24"),
    DATABASE: ("10.0.20.0/24", "10.0.21.0/24"),
}
"""By kind, one for each zone."""

APP_PORT = 8000
EDGE = ec2.Peer.prefix_list("pl-3b927c52")
"""AWS' own list of the addresses that CloudFront comes from, as it is called in us-east-1."""


@jsii.implements(ec2.IIpAddresses)
class WrittenDown:
    """The subnets' addresses as they are written above. CDK's own allocation can't leave gaps where we want them."""

    def allocate_vpc_cidr(self) -> Any:
        return ec2.VpcIpamOptions(cidr_block=CIDR)

    def allocate_subnets_cidr(self, input: Any) -> Any:
        taken: dict[str, int] = {}
        allocated = []
        for wanted in input.requested_subnets:
            kind = wanted.configuration.name
            place = taken[kind] = taken.get(kind, -1) + 1
            allocated.append(ec2.AllocatedSubnet(cidr=SUBNETS[kind][place]))
        return ec2.SubnetIpamOptions(allocated_subnets=allocated)


class Network(Stack):
    """VPC, subnets, and the groups of the load balancer and of the tasks.

    The database's and Redis' groups are made beside them, in the data stack: a rule here that named them would tie the
    two stacks into a circle.
    """

    def __init__(self, scope: Construct, stage: Stage, **kwargs: Any) -> None:
        super().__init__(scope, stage.name_of("network"), **kwargs)
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=WrittenDown(),  # type: ignore[arg-type]
            availability_zones=list(ZONES),
            nat_gateways=stage.nat_gateways,
            restrict_default_security_group=False,
            subnet_configuration=[
                ec2.SubnetConfiguration(
                    name=PUBLIC, subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=24, map_public_ip_on_launch=False
                ),
                ec2.SubnetConfiguration(name=PRIVATE, subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS, cidr_mask=24),
                ec2.SubnetConfiguration(name=DATABASE, subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=24),
            ],
            # Images' layers and pictures go to S3 without paying the NAT gateway by the byte.
            gateway_endpoints={
                "S3": ec2.GatewayVpcEndpointOptions(
                    service=ec2.GatewayVpcEndpointAwsService.S3,
                    subnets=[ec2.SubnetSelection(subnet_group_name=PRIVATE)],
                )
            },
        )
        refused = logs.LogGroup(
            self, "RefusedLog", retention=logs.RetentionDays.ONE_MONTH, removal_policy=RemovalPolicy.DESTROY
        )
        self.vpc.add_flow_log(
            "Refused",
            destination=ec2.FlowLogDestination.to_cloud_watch_logs(refused),
            traffic_type=ec2.FlowLogTrafficType.REJECT,
        )

        self.balancer_group = ec2.SecurityGroup(
            self,
            "BalancerGroup",
            vpc=self.vpc,
            allow_all_outbound=False,
            description="Load balancer: HTTPS from anywhere",
        )
        self.tasks_group = ec2.SecurityGroup(
            self, "TasksGroup", vpc=self.vpc, description="Tasks: from the load balancer alone"
        )
        if stage.private_balancer:
            self.balancer_group.add_ingress_rule(EDGE, ec2.Port.tcp(443), "HTTPS from CloudFront")
        else:
            self.balancer_group.add_ingress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "HTTPS from anywhere")
        self.balancer_group.add_egress_rule(self.tasks_group, ec2.Port.tcp(APP_PORT), "to the tasks")
        self.tasks_group.add_ingress_rule(self.balancer_group, ec2.Port.tcp(APP_PORT), "from the load balancer")
