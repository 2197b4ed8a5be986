"""The load balancer and what is behind it. moto's CloudFormation knows both, and loses attributes and names."""

from typing import Any

from infra.local.taught.kind import Made, Server, call, kind, without

SERVICE = "elbv2"


def _named(name: str, properties: dict[str, Any]) -> str:
    """Load balancers and their targets have names of 32 signs at most."""
    return str(properties.get("Name", name[-32:].strip("-")))


@kind("AWS::ElasticLoadBalancingV2::LoadBalancer")
def balancer(name: str, properties: dict[str, Any]) -> Made:
    """The load balancer, and then its attributes."""
    client = Server.client(SERVICE)
    wanted = {**without(properties, "LoadBalancerAttributes"), "Name": _named(name, properties)}
    (made,) = call(SERVICE, "CreateLoadBalancer", wanted)["LoadBalancers"]
    arn = made["LoadBalancerArn"]
    asked = properties.get("LoadBalancerAttributes", [])
    call(SERVICE, "ModifyLoadBalancerAttributes", {"LoadBalancerArn": arn, "Attributes": asked})
    attributes = {
        "LoadBalancerArn": arn,
        "LoadBalancerName": made["LoadBalancerName"],
        "LoadBalancerFullName": arn.split(":loadbalancer/")[1],
        "DNSName": made["DNSName"],
        "CanonicalHostedZoneID": made["CanonicalHostedZoneId"],
        "SecurityGroups": made["SecurityGroups"],
    }
    return Made(arn, attributes, lambda: client.delete_load_balancer(LoadBalancerArn=arn))


@kind("AWS::ElasticLoadBalancingV2::TargetGroup")
def targets(name: str, properties: dict[str, Any]) -> Made:
    """Where requests are led to, and how it is asked whether it is well."""
    client = Server.client(SERVICE)
    wanted = {**without(properties, "TargetGroupAttributes"), "Name": _named(name, properties)}
    (made,) = call(SERVICE, "CreateTargetGroup", wanted)["TargetGroups"]
    arn = made["TargetGroupArn"]
    asked = properties.get("TargetGroupAttributes", [])
    call(SERVICE, "ModifyTargetGroupAttributes", {"TargetGroupArn": arn, "Attributes": asked})
    attributes = {
        "TargetGroupArn": arn,
        "TargetGroupName": made["TargetGroupName"],
        "TargetGroupFullName": "targetgroup/" + arn.split(":targetgroup/")[1],
        "LoadBalancerArns": made.get("LoadBalancerArns", []),
    }
    return Made(arn, attributes, lambda: client.delete_target_group(TargetGroupArn=arn))


@kind("AWS::ElasticLoadBalancingV2::Listener")
def listener(name: str, properties: dict[str, Any]) -> Made:
    """What it hears, and with which certificate."""
    client = Server.client(SERVICE)
    (made,) = call(SERVICE, "CreateListener", properties)["Listeners"]
    arn = made["ListenerArn"]
    return Made(arn, {"ListenerArn": arn}, lambda: client.delete_listener(ListenerArn=arn))


@kind("AWS::ElasticLoadBalancingV2::ListenerRule")
def rule(name: str, properties: dict[str, Any]) -> Made:
    """Which paths lead where."""
    client = Server.client(SERVICE)
    (made,) = call(SERVICE, "CreateRule", properties)["Rules"]
    arn = made["RuleArn"]
    return Made(arn, {"RuleArn": arn}, lambda: client.delete_rule(RuleArn=arn))
