"""Who can reach whom."""

from typing import Any

from tests.infra.templates import Templates, attributes


def test_six_subnets_stand_where_they_are_written(templates: Templates) -> None:
    found = {
        (attributes(one.properties["Tags"])["aws-cdk:subnet-name"], one.at("CidrBlock"), one.at("AvailabilityZone"))
        for one in templates.every("EC2::Subnet")
    }
    assert found == {
        ("public", "10.0.1.0/24", "us-east-1a"),
        ("public", "10.0.2.0/24", "us-east-1b"),
        ("private", "10.0.10.0/24", "us-east-1a"),
        ("private", "10.0.11.0/24", "us-east-1b"),
        ("database", "10.0.20.0/24", "us-east-1a"),
        ("database", "10.0.21.0/24", "us-east-1b"),
    }


def test_only_public_subnets_lead_to_the_internet_and_databases_lead_nowhere(templates: Templates) -> None:
    ways: dict[str, list[str]] = {"public": [], "private": [], "database": []}
    for route in templates.every("EC2::Route"):
        assert route.at("DestinationCidrBlock") == "0.0.0.0/0"
        way = "NatGatewayId" if "NatGatewayId" in route.properties else "GatewayId"
        ways[next(kind for kind in ways if kind in route.at("RouteTableId.Ref"))].append(way)
    assert ways == {"public": ["GatewayId"] * 2, "private": ["NatGatewayId"] * 2, "database": []}


def test_what_keeps_data_lives_in_the_database_subnets(templates: Templates) -> None:
    groups = [*templates.every("RDS::DBSubnetGroup"), *templates.every("ElastiCache::SubnetGroup")]
    assert len(groups) == 3
    for group in groups:
        subnets = [templates.said(one) for one in group.properties["SubnetIds"]]
        assert len(subnets) == 2
        assert all("databaseSubnet" in one for one in subnets), subnets


def test_tasks_live_in_the_private_subnets_of_both_zones(templates: Templates) -> None:
    for service in templates.every("ECS::Service"):
        subnets = [templates.said(one) for one in service.at("NetworkConfiguration.AwsvpcConfiguration.Subnets")]
        assert len(set(subnets)) == 2
        assert all("privateSubnet" in one for one in subnets), subnets


def _ingress(templates: Templates) -> set[tuple[str, Any, str]]:
    """(group, port, from whom) of every rule in, wherever it is written."""
    rules = set()
    for group in templates.every("EC2::SecurityGroup"):
        for rule in group.properties.get("SecurityGroupIngress", []):
            rules.add((group.id[:-8], rule["FromPort"], rule["CidrIp"]))
            assert rule["FromPort"] == rule["ToPort"]
    for rule in templates.every("EC2::SecurityGroupIngress"):
        assert rule.at("FromPort") == rule.at("ToPort")
        group, source = (templates.said(rule.at(key)).split(".")[0] for key in ("GroupId", "SourceSecurityGroupId"))
        rules.add((group[:-8], rule.at("FromPort"), source[:-8]))
    return rules


def test_five_rules_lead_in_and_no_other(templates: Templates) -> None:
    assert _ingress(templates) == {
        ("BalancerGroup", 443, "0.0.0.0/0"),
        ("TasksGroup", 8000, "BalancerGroup"),
        ("DatabaseGroup", 5432, "TasksGroup"),
        ("DatabaseGroup", 5432, "Group"),  # the rotation's
        ("RedisGroup", 6379, "TasksGroup"),
    }


def test_no_rule_is_written_twice(templates: Templates) -> None:
    """CDK adds rules where it sees a load balancer meet a service; AWS refuses a rule that is there already."""
    rules = [
        (one.type, templates.said(one.at("GroupId")), one.at("FromPort"), templates.said(one.at(other)))
        for kind, other in (("Ingress", "SourceSecurityGroupId"), ("Egress", "DestinationSecurityGroupId"))
        for one in templates.every(f"EC2::SecurityGroup{kind}")
    ]
    assert len(rules) == len(set(rules)) == 6


def test_the_load_balancer_speaks_to_nobody_but_the_tasks(templates: Templates) -> None:
    rule = templates.one("EC2::SecurityGroupEgress", part="network")
    assert templates.said(rule.at("DestinationSecurityGroupId")).startswith("TasksGroup")
    assert rule.at("FromPort") == rule.at("ToPort") == 8000
