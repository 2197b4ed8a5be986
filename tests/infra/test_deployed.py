"""The templates, deployed by CDK's own command into a stand-in for AWS: what the services themselves then say.

The stand-in (moto) enforces little and runs nothing. What it can't keep is asserted on the templates, in the files
beside this one; ``infra/local/readback.py`` says what that is.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Environment
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError
from infra.app import HERE
from infra.backup import Backup
from infra.data import Data
from infra.network import Network
from infra.secrets import Secrets
from infra.stage import REGION

from tests.infra.deployed import Deployed, deployed
from tests.infra.templates import Templates
from tests.waiting import eventually


@pytest.fixture(scope="module")
def aws(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    with deployed(templates, tmp_path_factory.mktemp("aws")) as made:
        yield made


def test_every_resource_of_every_template_is_there(aws: Deployed) -> None:
    stacks = aws.client("cloudformation")
    for part, template in aws.templates.by_part.items():
        name = aws.templates.stage.name_of(part)
        assert stacks.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE", part
        assert set(aws.names(part)) == set(template["Resources"]), part
    assert aws.changed == {aws.templates.stage.name_of(part): True for part in aws.templates.by_part}


def test_a_second_deployment_changes_nothing(aws: Deployed) -> None:
    assert aws.again() == dict.fromkeys(aws.changed, False)


def test_every_value_that_can_be_read_back_is_the_one_that_was_asked_for(aws: Deployed) -> None:
    assert [row for row in aws.rows if not row.agrees] == []
    assert len(aws.rows) > 200


# -- network -----------------------------------------------------------------------------------------------------------


def _ours(aws: Deployed) -> list[dict[str, Any]]:
    return [{"Name": "vpc-id", "Values": [aws.name(aws.templates.one("EC2::VPC"))]}]


def test_six_subnets_stand_in_two_zones(aws: Deployed) -> None:
    subnets = aws.client("ec2").describe_subnets(Filters=_ours(aws))["Subnets"]
    assert {(one["CidrBlock"], one["AvailabilityZone"]) for one in subnets} == {
        ("10.0.1.0/24", "us-east-1a"),
        ("10.0.2.0/24", "us-east-1b"),
        ("10.0.10.0/24", "us-east-1a"),
        ("10.0.11.0/24", "us-east-1b"),
        ("10.0.20.0/24", "us-east-1a"),
        ("10.0.21.0/24", "us-east-1b"),
    }


def test_the_databases_subnets_lead_nowhere_and_the_others_out(aws: Deployed) -> None:
    ec2 = aws.client("ec2")
    kinds = {one["SubnetId"]: one["CidrBlock"] for one in ec2.describe_subnets(Filters=_ours(aws))["Subnets"]}
    ways: dict[str, set[str]] = {}
    for table in ec2.describe_route_tables(Filters=_ours(aws))["RouteTables"]:
        for association in table["Associations"]:
            if subnet := kinds.get(association.get("SubnetId", "")):
                ways[subnet] = {
                    "nat" if "NatGatewayId" in route else "internet"
                    for route in table["Routes"]
                    if route.get("DestinationCidrBlock") == "0.0.0.0/0"
                }
    assert ways == {
        "10.0.1.0/24": {"internet"},
        "10.0.2.0/24": {"internet"},
        "10.0.10.0/24": {"nat"},
        "10.0.11.0/24": {"nat"},
        "10.0.20.0/24": set(),
        "10.0.21.0/24": set(),
    }


def test_these_rules_lead_in_and_no_other(aws: Deployed) -> None:
    """Whoever the template's rules name, and nobody the stand-in or CDK added; ``default`` belongs to nothing here."""
    asked = {one.id[:-8]: aws.name(one) for one in aws.templates.every("EC2::SecurityGroup")}
    by_name = {name: id_ for id_, name in asked.items()}
    rules = set()
    for group in aws.client("ec2").describe_security_groups(Filters=_ours(aws))["SecurityGroups"]:
        known = by_name.get(group["GroupId"])
        assert known is not None or (group["GroupName"], group["IpPermissions"]) == ("default", [])
        for rule in group["IpPermissions"]:
            assert (rule["IpProtocol"], rule["FromPort"]) == ("tcp", rule["ToPort"])
            assert not rule.get("Ipv6Ranges")
            assert not rule.get("PrefixListIds")
            who = [one["CidrIp"] for one in rule["IpRanges"]]
            who += [by_name[one["GroupId"]] for one in rule["UserIdGroupPairs"]]
            rules |= {(known, rule["FromPort"], one) for one in who}
    assert {
        ("BalancerGroup", 443, "0.0.0.0/0"),
        ("TasksGroup", 8000, "BalancerGroup"),
        ("DatabaseGroup", 5432, "TasksGroup"),
        ("DatabaseGroup", 5432, "Group"),  # the rotation's
        ("RedisGroup", 6379, "TasksGroup"),
    } == {rule for rule in rules if rule[2] not in FUNCTIONS}


FUNCTIONS = {"FunctionsGroup", "RotationGroup", "DumpGroup"}
"""Our own functions, where there are any: they may reach the database, too."""


# -- what keeps things -------------------------------------------------------------------------------------------------


def test_the_database_is_what_the_document_says(aws: Deployed) -> None:
    assert aws.read("RDS::DBInstance", "Database") == {
        "DBInstanceClass": "db.t3.medium",
        "Engine": "postgres",
        "EngineVersion": "18",
        "MultiAZ": True,
        "AllocatedStorage": 50,
        "StorageType": "gp3",
        "MaxAllocatedStorage": 200,
        "StorageEncrypted": True,
        "BackupRetentionPeriod": 7,
        "PreferredBackupWindow": "03:00-04:00",
        "PreferredMaintenanceWindow": "sun:04:30-sun:05:30",
        "DeletionProtection": True,
        "AutoMinorVersionUpgrade": True,
        "PubliclyAccessible": False,
        "CopyTagsToSnapshot": True,
        "EnableIAMDatabaseAuthentication": True,
        "EnableCloudwatchLogsExports": ["postgresql", "upgrade"],
    }


def test_one_replica_follows_the_database(aws: Deployed) -> None:
    (primary,) = aws.client("rds").describe_db_instances(DBInstanceIdentifier="frontrow-production")["DBInstances"]
    assert primary["ReadReplicaDBInstanceIdentifiers"] == ["frontrow-production-replica-1"]


def test_the_database_refuses_to_be_deleted(aws: Deployed) -> None:
    with pytest.raises(ClientError) as refused:
        aws.client("rds").delete_db_instance(DBInstanceIdentifier="frontrow-production", SkipFinalSnapshot=True)
    assert "deletion protection" in str(refused.value).lower() or "protected" in str(refused.value).lower()


def test_any_moment_of_the_database_can_be_restored_beside_it(aws: Deployed) -> None:
    rds = aws.client("rds")
    rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier="frontrow-production",
        TargetDBInstanceIdentifier="frontrow-restored",
        UseLatestRestorableTime=True,
    )
    (restored,) = rds.describe_db_instances(DBInstanceIdentifier="frontrow-restored")["DBInstances"]
    assert (restored["Engine"], restored["AllocatedStorage"]) == ("postgres", 50)
    rds.modify_db_instance(DBInstanceIdentifier="frontrow-restored", DeletionProtection=False)
    rds.delete_db_instance(DBInstanceIdentifier="frontrow-restored", SkipFinalSnapshot=True)


def _redis(aws: Deployed) -> dict[str, Any]:
    (found,) = aws.client("elasticache").describe_replication_groups()["ReplicationGroups"]
    return dict(found)


def test_redis_is_two_shards_of_two_in_both_zones(aws: Deployed) -> None:
    found = _redis(aws)
    assert [len(shard["NodeGroupMembers"]) for shard in found["NodeGroups"]] == [2, 2]
    zones = {one["PreferredAvailabilityZone"] for shard in found["NodeGroups"] for one in shard["NodeGroupMembers"]}
    assert zones == {"us-east-1a", "us-east-1b"}
    assert (found["ClusterMode"], found["MultiAZ"], found["AutomaticFailover"]) == ("enabled", "enabled", "enabled")
    assert (found["TransitEncryptionEnabled"], found["AuthTokenEnabled"]) == (True, True)
    assert found["CacheNodeType"] == "cache.t3.micro"


def _environment(aws: Deployed, task: str) -> dict[str, str]:
    found = aws.client("ecs").describe_task_definition(taskDefinition=task)["taskDefinition"]
    return {one["name"]: one["value"] for one in found["containerDefinitions"][0]["environment"]}


@pytest.mark.parametrize("task", ["web", "worker", "migration"])
def test_tasks_are_told_where_everything_is(aws: Deployed, task: str) -> None:
    known = _environment(aws, f"frontrow-production-{task}")
    (primary,) = aws.client("rds").describe_db_instances(DBInstanceIdentifier="frontrow-production")["DBInstances"]
    assert known["FRONTROW_REDIS__URL"] == f"redis://{_redis(aws)['ConfigurationEndpoint']['Address']}:6379"
    assert known["FRONTROW_DATABASE__PRIMARY_URL"].endswith(f"@{primary['Endpoint']['Address']}:5432/frontrow")
    assert known["FRONTROW_OBJECTS__BUCKET"] == aws.name(aws.templates.one("S3::Bucket", "Media"))
    secrets = json.loads(known["FRONTROW_SECRETS__ARNS"])
    for arn in secrets.values():
        assert aws.client("secretsmanager").describe_secret(SecretId=arn)["ARN"] == arn


def test_what_is_made_up_is_in_its_secret_and_what_is_not_is_in_none(aws: Deployed) -> None:
    manager = aws.client("secretsmanager")
    database = json.loads(manager.get_secret_value(SecretId="frontrow/production/database_password")["SecretString"])
    assert (database["username"], len(database["password"]), database["port"]) == ("frontrow", 40, 5432)
    assert len(manager.get_secret_value(SecretId="frontrow/production/redis_auth")["SecretString"]) == 64
    with pytest.raises(ClientError, match="can't find"):
        manager.get_secret_value(SecretId="frontrow/production/jwt_key")


def test_the_replicas_shared_name_leads_to_the_replica(aws: Deployed) -> None:
    zone = aws.name(aws.templates.one("Route53::HostedZone", part="data"))
    records = aws.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    (record,) = [one for one in records if one["Type"] == "CNAME"]
    replica = aws.client("rds").describe_db_instances(DBInstanceIdentifier="frontrow-production-replica-1")
    assert record["Name"].rstrip(".") == "replicas.frontrow.internal"
    assert [one["Value"] for one in record["ResourceRecords"]] == [replica["DBInstances"][0]["Endpoint"]["Address"]]


def test_a_poisonous_message_is_with_the_dead_after_its_third_receive(aws: Deployed) -> None:
    sqs = aws.client("sqs")
    jobs, dead = (sqs.get_queue_url(QueueName=f"frontrow-production{end}")["QueueUrl"] for end in ("", "-dead"))
    sqs.send_message(QueueUrl=jobs, MessageBody="poison")
    for _ in range(3):
        (message,) = sqs.receive_message(QueueUrl=jobs)["Messages"]
        assert "Messages" not in sqs.receive_message(QueueUrl=dead)
        # Whoever took it fell over; nobody waits the five minutes here.
        sqs.change_message_visibility(QueueUrl=jobs, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    assert "Messages" not in sqs.receive_message(QueueUrl=jobs)
    (buried,) = sqs.receive_message(QueueUrl=dead)["Messages"]
    assert buried["Body"] == "poison"


# -- what runs ---------------------------------------------------------------------------------------------------------


def test_services_run_on_fargate_in_the_private_subnets(aws: Deployed) -> None:
    ec2, private = aws.client("ec2"), {"10.0.10.0/24", "10.0.11.0/24"}
    found = aws.client("ecs").describe_services(
        cluster="frontrow-production", services=["production-web", "production-worker"]
    )["services"]
    assert [one["launchType"] for one in found] == ["FARGATE", "FARGATE"]
    for one in found:
        where = one["networkConfiguration"]["awsvpcConfiguration"]
        subnets = ec2.describe_subnets(SubnetIds=where["subnets"])["Subnets"]
        assert {subnet["CidrBlock"] for subnet in subnets} == private
        assert where["assignPublicIp"] == "DISABLED"
    (behind,) = next(one for one in found if one["serviceName"] == "production-web")["loadBalancers"]
    assert (behind["containerName"], behind["containerPort"]) == ("app", 8000)


@pytest.mark.parametrize(("service", "least", "most"), [("web", 2, 10), ("worker", 2, 6)])
def test_tasks_come_and_go_between_these_bounds(aws: Deployed, service: str, least: int, most: int) -> None:
    targets = aws.client("application-autoscaling").describe_scalable_targets(
        ServiceNamespace="ecs", ResourceIds=[f"service/frontrow-production/production-{service}"]
    )["ScalableTargets"]
    assert [(one["MinCapacity"], one["MaxCapacity"]) for one in targets] == [(least, most)]


def test_these_rules_say_how_many_tasks_there_are(aws: Deployed) -> None:
    found = aws.client("application-autoscaling").describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    rules = set()
    for one in found:
        how = one["TargetTrackingScalingPolicyConfiguration"]
        metric = how.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType", "backlog")
        assert (how["ScaleOutCooldown"], how["ScaleInCooldown"]) == (60, 300)
        rules.add((one["ResourceId"].rsplit("-", 1)[1], metric, how["TargetValue"]))
    assert rules == {
        ("web", "ECSServiceAverageCPUUtilization", 70),
        ("web", "ECSServiceAverageMemoryUtilization", 80),
        ("web", "ALBRequestCountPerTarget", 1000),
        ("worker", "ECSServiceAverageCPUUtilization", 70),
        ("worker", "backlog", 100),
    }


def test_the_load_balancer_hears_https_alone_and_asks_for_health(aws: Deployed) -> None:
    elb = aws.client("elbv2")
    (balancer,) = elb.describe_load_balancers()["LoadBalancers"]
    assert (balancer["Scheme"], len(balancer["AvailabilityZones"])) == ("internet-facing", 2)
    (listener,) = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    assert (listener["Port"], listener["SslPolicy"]) == (443, "ELBSecurityPolicy-TLS13-1-2-Res-2021-06")
    (targets,) = elb.describe_target_groups()["TargetGroups"]
    assert (targets["HealthCheckPath"], targets["HealthCheckIntervalSeconds"]) == ("/health", 30)
    rules = elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
    (rule,) = [one for one in rules if not one["IsDefault"]]
    assert rule["Actions"][0]["TargetGroupArn"] == targets["TargetGroupArn"]
    patterns = rule["Conditions"][0]["PathPatternConfig"]["Values"]
    assert set(patterns) == {"/api/*", "/ws/*", "/", "/events/*", "/organisers/*"}


def test_the_edge_leads_each_path_where_it_belongs(aws: Deployed) -> None:
    cloudfront = aws.client("cloudfront")
    (one,) = cloudfront.list_distributions()["DistributionList"]["Items"]
    known = cloudfront.get_distribution(Id=one["Id"])["Distribution"]["DistributionConfig"]
    origins = {
        one["Id"]: one["DomainName"].split(".")[0].removeprefix("frontrow-production-")
        for one in known["Origins"]["Items"]
    }
    leads = {
        one.get("PathPattern", "*"): origins[one["TargetOriginId"]].split("-")[-2:][0][:5]
        for one in [*known["CacheBehaviors"]["Items"], known["DefaultCacheBehavior"]]
    }
    app = dict.fromkeys(("/api/*", "/ws/*", "/", "/events/*", "/organisers/*"), "origi")
    assert leads == {**app, "/assets/*": "pages", "*": "pages", "/media/*": "media"}
    assert known["Aliases"]["Items"] == ["frontrow.example"]
    firewalls = aws.client("wafv2").list_web_acls(Scope="CLOUDFRONT")["WebACLs"]
    assert [one["ARN"] for one in firewalls] == [known["WebACLId"]]


# -- what watches, and what is kept ------------------------------------------------------------------------------------


def test_every_alarm_is_there_and_writes_to_the_topic_that_somebody_reads(aws: Deployed) -> None:
    cloudwatch, sns = aws.client("cloudwatch"), aws.client("sns")
    alarms = cloudwatch.describe_alarms(AlarmNamePrefix="frontrow-production-")["MetricAlarms"]
    asked = {one.at("AlarmName") for one in aws.templates.every("CloudWatch::Alarm")}
    assert {one["AlarmName"] for one in alarms} == asked
    assert len(asked) >= 18
    (subscription,) = sns.list_subscriptions()["Subscriptions"]
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "operators@frontrow.example")
    told = {topic for one in alarms for topic in one["AlarmActions"] if ":sns:" in topic}
    assert told == {subscription["TopicArn"]}


def test_every_log_is_kept_for_thirty_days(aws: Deployed) -> None:
    groups = aws.client("logs").describe_log_groups()["logGroups"]
    assert len(groups) == len(aws.templates.every("Logs::LogGroup"))
    assert {one.get("retentionInDays") for one in groups} == {30}


def test_the_database_is_copied_daily_into_a_vault(aws: Deployed) -> None:
    backup = aws.client("backup")
    (plan,) = backup.list_backup_plans()["BackupPlansList"]
    (rule,) = backup.get_backup_plan(BackupPlanId=plan["BackupPlanId"])["BackupPlan"]["Rules"]
    vaults = [one["BackupVaultName"] for one in backup.list_backup_vaults()["BackupVaultList"]]
    assert (rule["ScheduleExpression"], rule["Lifecycle"]["DeleteAfterDays"]) == ("cron(0 2 * * ? *)", 7)
    assert vaults == [rule["TargetBackupVaultName"]]


def test_a_stage_with_another_region_has_its_copies_there_and_changing_it_is_an_update(
    aws: Deployed, tmp_path: Path
) -> None:
    stage = replace(aws.templates.stage, backup_copy_region="eu-west-1")
    context = json.loads((HERE / "cdk.json").read_text())["context"]
    app = App(context=context, outdir=str(tmp_path), analytics_reporting=False)
    env = Environment(account=stage.account, region=REGION)
    secrets = Secrets(app, stage, env=env)
    Backup(app, stage, Data(app, stage, Network(app, stage, env=env), secrets, env=env), env=env)
    app.synth()
    assert aws.again(tmp_path, "backup") == {stage.name_of("backup"): True}
    backup = aws.client("backup")
    (plan,) = backup.list_backup_plans()["BackupPlansList"]
    (rule,) = backup.get_backup_plan(BackupPlanId=plan["BackupPlanId"])["BackupPlan"]["Rules"]
    (copy,) = rule["CopyActions"]
    assert copy["DestinationBackupVaultArn"] == "arn:aws:backup:eu-west-1:111111111111:backup-vault:Default"
    assert copy["Lifecycle"]["DeleteAfterDays"] == 7


@pytest.mark.parametrize(
    ("refused", "says"),
    [
        ({"Type": "AWS::Nowhere::Thing"}, "AWS::Nowhere::Thing: teach it"),
        ({"Type": "AWS::SNS::Subscription", "Properties": {"TopicColour": "red"}}, "TopicColour: SubscribeInput knows"),
    ],
)
async def test_the_stand_in_leaves_nothing_out_in_silence(aws: Deployed, refused: dict[str, Any], says: str) -> None:
    body = json.dumps({"Resources": {"Refused": refused}})
    with pytest.raises((ClientError, ResponseParserError)):
        aws.client("cloudformation").create_stack(StackName=f"refused-{len(says)}", TemplateBody=body)
    await eventually(lambda: says in aws.standin.errors())
