"""The nightly dump's stack: where dumps lie, who may what, and who is told."""

from typing import Any

from tests.infra.policies import may, statements_of
from tests.infra.templates import Templates, attributes

PART = "dump"


def test_dumps_are_encrypted_versioned_closed_and_kept_for_thirty_days(templates: Templates) -> None:
    bucket = templates.one("S3::Bucket", part=PART)
    assert bucket.at("VersioningConfiguration.Status") == "Enabled"
    rule = "BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault.SSEAlgorithm"
    assert bucket.at(rule) == "AES256"
    assert set(bucket.at("PublicAccessBlockConfiguration").values()) == {True}
    (kept,) = bucket.at("LifecycleConfiguration.Rules")
    assert (kept["ExpirationInDays"], kept["NoncurrentVersionExpiration"]) == (30, {"NoncurrentDays": 7})
    assert kept["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert templates.by_part[PART]["Resources"][bucket.id]["DeletionPolicy"] == "Retain"


def test_the_task_is_the_apps_image_with_the_apps_environment(templates: Templates) -> None:
    def container(id_: str, part: str) -> dict[str, Any]:
        return dict(templates.one("ECS::TaskDefinition", id_, part).at("ContainerDefinitions.0"))

    dump, web = container("DumpTask", PART), container("WebTask", "web")
    bucket = templates.one("S3::Bucket", part=PART).id
    assert [templates.said(word) for word in dump["Command"]] == ["dump", "--to", f"s3://{bucket}/daily"]
    assert templates.said(dump["Image"]) == templates.said(web["Image"])

    def given(one: dict[str, Any]) -> dict[str, str]:
        return {name: templates.said(value) for name, value in attributes(one["Environment"]).items()}

    assert given(dump) == given(web)
    assert dump["ReadonlyRootFilesystem"] is True


def test_it_runs_every_night_in_the_private_subnets(templates: Templates) -> None:
    rule = templates.one("Events::Rule", part=PART)
    assert rule.at("ScheduleExpression") == "cron(15 1 * * ? *)"
    (target,) = rule.at("Targets")
    assert templates.said(target["EcsParameters"]["TaskDefinitionArn"]) == templates.one("TaskDefinition", part=PART).id
    network = target["EcsParameters"]["NetworkConfiguration"]["AwsVpcConfiguration"]
    assert (network["AssignPublicIp"], len(network["Subnets"])) == ("DISABLED", 2)
    subnets = {templates.said(one) for one in network["Subnets"]}
    services = templates.one("ECS::Service", part="web").at("NetworkConfiguration.AwsvpcConfiguration")
    assert subnets == {templates.said(one) for one in services["Subnets"]}


def test_it_reads_one_secret_and_writes_dumps_that_it_can_not_read_nor_delete(templates: Templates) -> None:
    known = statements_of(templates, templates.one("IAM::Role", "DumpTaskTaskRole", PART).id)
    bucket = f"{templates.one('S3::Bucket', part=PART).id}.Arn"
    secrets = {one.properties["Name"].rsplit("/", 1)[1]: one.id for one in templates.every("SecretsManager::Secret")}
    readable = {name for name, id_ in secrets.items() if may(known, "secretsmanager:GetSecretValue", id_)}
    assert readable == {"database_password"}
    assert may(known, "s3:PutObject", f"{bucket}/daily/1.dump")
    assert may(known, "s3:AbortMultipartUpload", f"{bucket}/daily/1.dump")
    for action in ("s3:GetObject", "s3:DeleteObject", "s3:DeleteObjectVersion"):
        assert not may(known, action, f"{bucket}/daily/1.dump"), action
    assert not may(known, "s3:PutObject", f"{bucket}/others")
    assert [one for one in known if "*" in one.resources] == []


def test_who_starts_it_starts_nothing_else(templates: Templates) -> None:
    (role,) = [one.id for one in templates.every("IAM::Role", PART) if "EventsRole" in one.id]
    known = statements_of(templates, role)
    assert {action for one in known for action in one.actions} <= {"ecs:RunTask", "ecs:TagResource", "iam:PassRole"}
    assert may(known, "ecs:RunTask", templates.one("TaskDefinition", part=PART).id)
    assert not may(known, "ecs:RunTask", templates.one("TaskDefinition", "WebTask", "web").id)
    assert not may(known, "iam:PassRole", f"{templates.one('IAM::Role', 'WebTaskTaskRole', 'web').id}.Arn")


def test_a_failed_dump_and_a_missing_one_are_told(templates: Templates) -> None:
    failed, late = (templates.one("Alarm", name, PART) for name in ("Failed", "Late"))
    assert (failed.at("ComparisonOperator"), failed.at("Threshold")) == ("GreaterThanThreshold", 0)
    assert (failed.at("EvaluationPeriods"), failed.at("TreatMissingData")) == (1, "notBreaching")
    assert (late.at("ComparisonOperator"), late.at("Threshold")) == ("LessThanThreshold", 1)
    assert (late.at("Period"), late.at("EvaluationPeriods"), late.at("TreatMissingData")) == (3600, 26, "breaching")
    topic = templates.one("SNS::Topic").id
    log = templates.one("LogGroup", part=PART)
    assert log.at("RetentionInDays") == 30
    filters = {one.at("MetricTransformations.0.MetricName"): one for one in templates.every("MetricFilter", PART)}
    for alarm, event in ((failed, "dump_failed"), (late, "dump_done")):
        assert [templates.said(one) for one in alarm.at("AlarmActions")] == [topic]
        counted = filters[alarm.at("MetricName")]
        assert counted.at("FilterPattern") == f'{{ $.event = "{event}" }}'
        assert templates.said(counted.at("LogGroupName")) == log.id
