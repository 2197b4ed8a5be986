"""The nightly dump's stack, which a stage may choose: where dumps lie, who may what, and who is told."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from infra.accepted import PACK, acknowledged, judge
from infra.app import build
from infra.stage import PRODUCTION

from tests.infra.policies import may, statements_of
from tests.infra.templates import Templates, attributes

PART = "dump"


@pytest.fixture(scope="module")
def chosen(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    outdir = Path(tmp_path_factory.mktemp("dump"))
    stage = replace(PRODUCTION, daily_dump=True)
    app = build(stage, outdir)
    judge(app, stage)
    app.synth()  # raises for whatever cdk-nag finds that isn't accepted
    return Templates(outdir, stage)


def test_dumps_are_encrypted_versioned_closed_and_kept_for_thirty_days(chosen: Templates) -> None:
    bucket = chosen.one("S3::Bucket", part=PART)
    assert bucket.at("VersioningConfiguration.Status") == "Enabled"
    rule = "BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault.SSEAlgorithm"
    assert bucket.at(rule) == "AES256"
    assert set(bucket.at("PublicAccessBlockConfiguration").values()) == {True}
    (kept,) = bucket.at("LifecycleConfiguration.Rules")
    assert (kept["ExpirationInDays"], kept["NoncurrentVersionExpiration"]) == (30, {"NoncurrentDays": 7})
    assert kept["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert chosen.by_part[PART]["Resources"][bucket.id]["DeletionPolicy"] == "Retain"


def test_the_task_is_the_apps_image_with_the_apps_environment(chosen: Templates) -> None:
    def container(id_: str, part: str) -> dict[str, Any]:
        return dict(chosen.one("ECS::TaskDefinition", id_, part).at("ContainerDefinitions.0"))

    dump, web = container("DumpTask", PART), container("WebTask", "web")
    bucket = chosen.one("S3::Bucket", part=PART).id
    assert [chosen.said(word) for word in dump["Command"]] == ["dump", "--to", f"s3://{bucket}/daily"]
    assert chosen.said(dump["Image"]) == chosen.said(web["Image"])

    def given(one: dict[str, Any]) -> dict[str, str]:
        return {name: chosen.said(value) for name, value in attributes(one["Environment"]).items()}

    assert given(dump) == given(web)
    assert dump["ReadonlyRootFilesystem"] is True


def test_it_runs_every_night_in_the_private_subnets(chosen: Templates) -> None:
    rule = chosen.one("Events::Rule", part=PART)
    assert rule.at("ScheduleExpression") == "cron(15 1 * * ? *)"
    (target,) = rule.at("Targets")
    assert chosen.said(target["EcsParameters"]["TaskDefinitionArn"]) == chosen.one("TaskDefinition", part=PART).id
    network = target["EcsParameters"]["NetworkConfiguration"]["AwsVpcConfiguration"]
    assert (network["AssignPublicIp"], len(network["Subnets"])) == ("DISABLED", 2)
    subnets = {chosen.said(one) for one in network["Subnets"]}
    services = chosen.one("ECS::Service", part="web").at("NetworkConfiguration.AwsvpcConfiguration")
    assert subnets == {chosen.said(one) for one in services["Subnets"]}


def test_it_reads_one_secret_and_writes_dumps_that_it_can_not_read_nor_delete(chosen: Templates) -> None:
    known = statements_of(chosen, chosen.one("IAM::Role", "DumpTaskTaskRole", PART).id)
    bucket = f"{chosen.one('S3::Bucket', part=PART).id}.Arn"
    secrets = {one.properties["Name"].rsplit("/", 1)[1]: one.id for one in chosen.every("SecretsManager::Secret")}
    readable = {name for name, id_ in secrets.items() if may(known, "secretsmanager:GetSecretValue", id_)}
    assert readable == {"database_password"}
    assert may(known, "s3:PutObject", f"{bucket}/daily/1.dump")
    assert may(known, "s3:AbortMultipartUpload", f"{bucket}/daily/1.dump")
    for action in ("s3:GetObject", "s3:DeleteObject", "s3:DeleteObjectVersion"):
        assert not may(known, action, f"{bucket}/daily/1.dump"), action
    assert not may(known, "s3:PutObject", f"{bucket}/others")
    assert [one for one in known if "*" in one.resources] == []


def test_who_starts_it_starts_nothing_else(chosen: Templates) -> None:
    (role,) = [one.id for one in chosen.every("IAM::Role", PART) if "EventsRole" in one.id]
    known = statements_of(chosen, role)
    assert {action for one in known for action in one.actions} <= {"ecs:RunTask", "ecs:TagResource", "iam:PassRole"}
    assert may(known, "ecs:RunTask", chosen.one("TaskDefinition", part=PART).id)
    assert not may(known, "ecs:RunTask", chosen.one("TaskDefinition", "WebTask", "web").id)
    assert not may(known, "iam:PassRole", f"{chosen.one('IAM::Role', 'WebTaskTaskRole', 'web').id}.Arn")


def test_a_failed_dump_and_a_missing_one_are_told(chosen: Templates) -> None:
    failed, late = (chosen.one("Alarm", name, PART) for name in ("Failed", "Late"))
    assert (failed.at("ComparisonOperator"), failed.at("Threshold")) == ("GreaterThanThreshold", 0)
    assert (failed.at("EvaluationPeriods"), failed.at("TreatMissingData")) == (1, "notBreaching")
    assert (late.at("ComparisonOperator"), late.at("Threshold")) == ("LessThanThreshold", 1)
    assert (late.at("Period"), late.at("EvaluationPeriods"), late.at("TreatMissingData")) == (3600, 26, "breaching")
    topic = chosen.one("SNS::Topic").id
    log = chosen.one("LogGroup", part=PART)
    assert log.at("RetentionInDays") == 30
    filters = {one.at("MetricTransformations.0.MetricName"): one for one in chosen.every("MetricFilter", PART)}
    for alarm, event in ((failed, "dump_failed"), (late, "dump_done")):
        assert [chosen.said(one) for one in alarm.at("AlarmActions")] == [topic]
        counted = filters[alarm.at("MetricName")]
        assert counted.at("FilterPattern") == f'{{ $.event = "{event}" }}'
        assert chosen.said(counted.at("LogGroupName")) == log.id


def test_cdk_nag_finds_what_is_accepted_and_nothing_else(chosen: Templates) -> None:
    reports = json.loads((chosen.outdir / "validation-report.json").read_text())["pluginReports"]
    report = next(one for one in reports if one["pluginName"] == PACK)

    def found(kind: str) -> set[tuple[str, str]]:
        return {
            (where["constructPath"], one["ruleName"].removeprefix(f"{PACK}-"))
            for one in report[kind]
            for where in one["violatingConstructs"]
        }

    assert found("violations") == set()
    assert found("suppressedViolations") == {
        (chosen.stage.name_of(path), rule) for path, rule, _ in acknowledged(chosen.stage)
    }


def test_nobody_else_is_changed_by_it(chosen: Templates, templates: Templates) -> None:
    """Beyond what is exported for it, every other stack is as without it: it may be chosen while a shop runs."""
    for part, template in templates.by_part.items():
        assert json.dumps(chosen.by_part[part]["Resources"]) == json.dumps(template["Resources"]), part
