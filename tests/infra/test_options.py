"""What may be chosen otherwise: it can be written, it is what it says, and another size replaces nothing."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from infra.app import build
from infra.cost.bill import bill
from infra.cost.options import optimised
from infra.cost.original import OPTIMISED
from infra.cost.prices import price_list
from infra.stage import PRODUCTION, REGION, Stage, Tasks, with_proxy
from infra.written import Resource, Written, read

from tests.infra.deployed import deployed
from tests.infra.templates import Templates


def _everything(stage: Stage) -> Stage:
    """Every option at once, and every size another: one writing instead of a dozen."""
    chosen = replace(with_proxy(optimised(stage)), private_balancer=True, blue_green=True)
    return replace(
        chosen,
        web=replace(chosen.web, cpu=1024, memory=2048, least=3, most=20),
        worker=Tasks(cpu=1024, memory=2048, least=2, most=6),
        database=replace(chosen.database, instance_class="t4g.large", storage_gib=100, storage_most_gib=400),
        redis=replace(chosen.redis, node_type="cache.t4g.small", shards=3, replicas_per_shard=2),
    )


@pytest.fixture(scope="module")
def production(templates: Templates) -> Written:
    return read(templates.stage, templates.outdir)


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    outdir = Path(tmp_path_factory.mktemp("chosen"))
    build(_everything(PRODUCTION), outdir).synth()
    return outdir


@pytest.fixture(scope="module")
def chosen(assembly: Path) -> Written:
    return read(PRODUCTION, assembly)


def test_graviton_reaches_tasks_database_and_nodes(chosen: Written) -> None:
    for task in chosen.every("TaskDefinition"):
        assert task.at("RuntimePlatform.CpuArchitecture") == "ARM64", task.id
    assert {one.at("DBInstanceClass") for one in chosen.every("DBInstance")} == {"db.t4g.large"}
    assert chosen.one("ReplicationGroup").at("CacheNodeType") == "cache.t4g.small"


def test_valkey_comes_with_its_own_parameters(chosen: Written) -> None:
    redis = chosen.one("ReplicationGroup")
    assert (redis.at("Engine"), redis.at("EngineVersion"), redis.at("ClusterMode")) == ("valkey", "8.0", "enabled")
    assert chosen.one("ElastiCache::ParameterGroup").at("CacheParameterGroupFamily") == "valkey8"


def test_one_nat_gateway_serves_both_zones(chosen: Written) -> None:
    assert len(list(chosen.every("NatGateway"))) == 1
    ways_out = [one for one in chosen.every("EC2::Route") if one.at("NatGatewayId") is not None]
    assert len(ways_out) == 2


def test_a_private_balancer_is_reached_by_cloudfront_alone(chosen: Written) -> None:
    assert chosen.one("LoadBalancer").at("Scheme") == "internal"
    (rule,) = [one for one in chosen.every("Ingress") if one.id.startswith("BalancerGroup")]
    assert rule.at("SourcePrefixListId") == "pl-3b927c52"
    assert chosen.one("SecurityGroup", "BalancerGroup").at("SecurityGroupIngress") is None
    origins = chosen.one("CloudFront::Distribution").at("DistributionConfig.Origins")
    (app,) = [one for one in origins if "VpcOriginConfig" in one]
    assert app["DomainName"] == "origin.frontrow.example"  # the name that the certificate covers
    assert chosen.one("VpcOrigin").at("VpcOriginEndpointConfig.OriginProtocolPolicy") == "https-only"
    assert not [one for one in origins if "CustomOriginConfig" in one]


def test_tasks_speak_to_the_proxy_and_the_proxy_to_the_database(chosen: Written, production: Written) -> None:
    proxy = chosen.one("RDS::DBProxy")
    assert proxy.at("RequireTLS") is True
    assert _primary_url(chosen, "web").count("Proxy") == 1
    assert "Proxy" not in _primary_url(production, "web")
    into = {one.at("GroupId.Fn::GetAtt.0"): one for one in chosen.every("Ingress") if "Proxy" in one.id}
    assert any(group.startswith("DatabaseGroup") for group in into)
    assert any(group.startswith("ProxyGroup") for group in into)


def _primary_url(written: Written, part: str) -> str:
    task = next(one for one in written.every("TaskDefinition") if one.part == part)
    variables = {one["Name"]: one["Value"] for one in task.at("ContainerDefinitions.0.Environment")}
    return json.dumps(variables["FRONTROW_DATABASE__PRIMARY_URL"])


def test_blue_green_has_a_second_group_and_the_worker_is_rolled(chosen: Written) -> None:
    strategies = {one.part: one.at("DeploymentConfiguration.Strategy") for one in chosen.every("ECS::Service")}
    assert strategies == {"web": "BLUE_GREEN", "worker": None}
    groups = {one.id for one in chosen.every("TargetGroup") if one.part == "web"}
    (led,) = next(one for one in chosen.every("ECS::Service") if one.part == "web").at("LoadBalancers")
    other = led["AdvancedConfiguration"]["AlternateTargetGroupArn"]["Ref"]
    assert {other, led["TargetGroupArn"]["Ref"]} == groups


def test_without_an_option_nothing_of_it_is_there(production: Written) -> None:
    types = {one.type for one in production.every()}
    assert not types & {"AWS::RDS::DBProxy", "AWS::CloudFront::VpcOrigin"}
    assert len(list(production.every("NatGateway"))) == 2
    assert {one.at("DeploymentConfiguration.Strategy") for one in production.every("ECS::Service")} == {None}


def test_all_of_it_deploys_into_the_stand_in(assembly: Path, tmp_path: Path) -> None:
    there = shutil.copytree(assembly, tmp_path / "cdk")
    network = there / f"{PRODUCTION.name_of('network')}.template.json"
    # moto knows no lists of addresses, and refuses the rule that names CloudFront's; for it the rule names everybody.
    text = network.read_text()
    assert text.count('"SourcePrefixListId": "pl-3b927c52"') == 1
    network.write_text(text.replace('"SourcePrefixListId": "pl-3b927c52"', '"CidrIp": "0.0.0.0/0"'))
    with deployed(Templates(there, PRODUCTION), tmp_path) as aws:
        assert [row for row in aws.rows if not row.agrees] == []
        (proxy,) = aws.client("rds").describe_db_proxies()["DBProxies"]
        assert proxy["RequireTLS"] is True
        (nodes,) = aws.client("elasticache").describe_replication_groups()["ReplicationGroups"]
        assert (nodes["CacheNodeType"], len(nodes["NodeGroups"])) == ("cache.t4g.small", 3)


def test_every_option_has_its_price(chosen: Written) -> None:
    assert [one.usd for one in bill(chosen).lines if one.price == "rds.proxy"] == [pytest.approx(21.9)]
    assert not [one for one in bill(chosen).lines if one.price == "ipv4.hour" and one.group == "Load balancer"]


def test_optimised_is_within_its_band(production: Written) -> None:
    """Figured from production's own resources with the optimised stage's sizes, so that no more needs to be written."""
    for term in ("one_year", "three_years"):
        usd = bill(_resized(production), term=term).total
        assert OPTIMISED[0] <= usd <= OPTIMISED[1], term


def _resized(production: Written) -> Written:
    text = json.dumps(production.by_part).replace("t3.", "t4g.").replace('"X86_64"', '"ARM64"')
    by_part = json.loads(text.replace('"Engine": "redis"', '"Engine": "valkey"'))
    gone = [
        key
        for key in by_part["network"]["Resources"]
        if key.startswith("VpcpublicSubnet2") and ("NAT" in key or "EIP" in key)
    ]
    assert len(gone) == 2
    for key in gone:
        del by_part["network"]["Resources"][key]
    return replace(production, by_part=by_part)


def _made_once(type_: str) -> set[str]:
    """What CloudFormation can only make anew, by its own descriptions of types, which cfn-lint brings along."""
    found = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, type_).schema
    return {path.removeprefix("/properties/").split("/")[0] for path in found.get("createOnlyProperties", [])}


def _changes(before: Written, after: Written, type_: str) -> Iterator[tuple[Resource, set[str]]]:
    old = {(one.part, one.id): one.properties for one in before.every(type_)}
    new = {(one.part, one.id): one for one in after.every(type_)}
    assert old.keys() == new.keys(), f"{type_}: another logical id would be another thing"
    for key, one in new.items():
        names = {*old[key], *one.properties}
        yield one, {name for name in names if old[key].get(name) != one.properties.get(name)}


SIZES: dict[str, set[str]] = {
    "RDS::DBInstance": {"DBInstanceClass"},
    "ElastiCache::ReplicationGroup": {"CacheNodeType", "NumNodeGroups", "ReplicasPerNodeGroup"},
    "ECS::Service": set(),
    "ScalableTarget": {"MaxCapacity"},
}


@pytest.mark.parametrize("type_", SIZES)
def test_another_size_is_an_update_and_no_replacement(production: Written, chosen: Written, type_: str) -> None:
    seen: set[str] = set()
    for one, changed in _changes(production, chosen, type_):
        assert not changed & _made_once(one.type), f"{one.id} would be made anew"
        seen |= changed
    assert SIZES[type_] <= seen, "the sizes should differ here, or this shows nothing"


def test_that_check_finds_what_would_be_replaced(production: Written) -> None:
    """A control: another name of the database is another database."""
    text = json.dumps(production.by_part).replace('"DBName": "frontrow"', '"DBName": "other"')
    found = [
        changed & _made_once(one.type)
        for one, changed in _changes(production, replace(production, by_part=json.loads(text)), "RDS::DBInstance")
    ]
    assert {"DBName"} in found


def test_every_size_that_an_option_offers_has_a_price() -> None:
    known = price_list()
    assert known["rds.db.t4g.large.two"].usd > known["rds.db.t4g.large"].usd
    assert known["cache.valkey.t4g.small"].usd == pytest.approx(known["cache.redis.t4g.small"].usd * 0.8)
