"""Scaling, alarms, rules of the network, news, and who GitHub is."""

from typing import Any

from infra.local.taught.kind import Made, Server, call, kind, without

SCALING = "application-autoscaling"


@kind("AWS::ApplicationAutoScaling::ScalableTarget")
def scalable_target(name: str, properties: dict[str, Any]) -> Made:
    """How few and how many; and each time that is known beforehand."""
    client = Server.client(SCALING)
    target = {key: properties[key] for key in ("ServiceNamespace", "ResourceId", "ScalableDimension")}
    call(SCALING, "RegisterScalableTarget", without(properties, "ScheduledActions"))
    for action in properties.get("ScheduledActions", []):
        call(SCALING, "PutScheduledAction", {**target, **action})
    ref = "|".join((target["ResourceId"], target["ScalableDimension"], target["ServiceNamespace"]))
    return Made(ref, {"Id": ref}, lambda: client.deregister_scalable_target(**target))


@kind("AWS::ApplicationAutoScaling::ScalingPolicy")
def scaling_policy(name: str, properties: dict[str, Any]) -> Made:
    """A rule by which tasks come and go."""
    client = Server.client(SCALING)
    resource, dimension, namespace = properties["ScalingTargetId"].split("|")
    target = {"ServiceNamespace": namespace, "ResourceId": resource, "ScalableDimension": dimension}
    made = call(SCALING, "PutScalingPolicy", {**without(properties, "ScalingTargetId"), **target})
    end = lambda: client.delete_scaling_policy(PolicyName=properties["PolicyName"], **target)  # noqa: E731
    return Made(made["PolicyARN"], {"Arn": made["PolicyARN"]}, end)


@kind("AWS::CloudWatch::Alarm")
def alarm(name: str, properties: dict[str, Any]) -> Made:
    """An alarm, by its name."""
    client, called = Server.client("cloudwatch"), properties.get("AlarmName", name)
    call("cloudwatch", "PutMetricAlarm", {**properties, "AlarmName": called})
    (found,) = client.describe_alarms(AlarmNames=[called])["MetricAlarms"]
    return Made(called, {"Arn": found["AlarmArn"]}, lambda: client.delete_alarms(AlarmNames=[called]))


@kind("AWS::EC2::SecurityGroupEgress")
def way_out(name: str, properties: dict[str, Any]) -> Made:
    """A rule of a security group, out."""
    client, group = Server.client("ec2"), properties["GroupId"]
    rule: dict[str, Any] = {
        "IpProtocol": properties["IpProtocol"],
        "FromPort": int(properties["FromPort"]),
        "ToPort": int(properties["ToPort"]),
        "UserIdGroupPairs": [
            {"GroupId": properties["DestinationSecurityGroupId"], "Description": properties.get("Description", "")}
        ],
    }
    client.authorize_security_group_egress(GroupId=group, IpPermissions=[rule])
    return Made(name, {}, lambda: client.revoke_security_group_egress(GroupId=group, IpPermissions=[rule]))


@kind("AWS::Logs::MetricFilter")
def counted(name: str, properties: dict[str, Any]) -> Made:
    """Lines of a log that are counted."""
    client, called = Server.client("logs"), properties.get("FilterName", name)
    call("logs", "PutMetricFilter", {**properties, "FilterName": called})
    log = properties["LogGroupName"]
    return Made(called, {}, lambda: client.delete_metric_filter(filterName=called, logGroupName=log))


@kind("AWS::SNS::Subscription")
def subscription(name: str, properties: dict[str, Any]) -> Made:
    """Who is told."""
    arn = call("sns", "Subscribe", {**properties, "ReturnSubscriptionArn": True})["SubscriptionArn"]
    return Made(arn, {"Arn": arn}, lambda: Server.client("sns").unsubscribe(SubscriptionArn=arn))


@kind("AWS::SNS::TopicPolicy")
def topic_policy(name: str, properties: dict[str, Any]) -> Made:
    """Who may tell."""
    for topic in properties["Topics"]:
        wanted = {"TopicArn": topic, "AttributeName": "Policy", "AttributeValue": properties["PolicyDocument"]}
        call("sns", "SetTopicAttributes", wanted)
    return Made(name)


@kind("AWS::IAM::OIDCProvider")
def identity_provider(name: str, properties: dict[str, Any]) -> Made:
    """Whose word about who somebody is counts."""
    client = Server.client("iam")
    arn = call("iam", "CreateOpenIDConnectProvider", properties)["OpenIDConnectProviderArn"]
    end = lambda: client.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)  # noqa: E731
    return Made(arn, {"Arn": arn}, end)


@kind("AWS::SSM::Parameter")
def parameter(name: str, properties: dict[str, Any]) -> Made:
    """moto knows this one, and stumbles over its tags: a map in a template, a list everywhere else."""
    called = properties.get("Name", name)
    call("ssm", "PutParameter", {**properties, "Name": called})
    end = lambda: Server.client("ssm").delete_parameter(Name=called)  # noqa: E731
    return Made(called, {"Type": properties["Type"], "Value": properties["Value"]}, end)


@kind("AWS::EC2::SubnetRouteTableAssociation")
def association(name: str, properties: dict[str, Any]) -> Made:
    """Which way a subnet goes. moto's CloudFormation writes it down where its interface doesn't look."""
    client = Server.client("ec2")
    made = call("ec2", "AssociateRouteTable", properties)["AssociationId"]
    return Made(made, {"Id": made}, lambda: client.disassociate_route_table(AssociationId=made))
