"""What rotates the database's password: who may call it, what it may do, where it stands, what it is packed with."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.infra.policies import may, statements_of
from tests.infra.templates import Templates

PART = "rotation"


@pytest.fixture
def packed(templates: Templates) -> Path:
    """The folder that becomes the function."""
    key = templates.one("Lambda::Function", part=PART).at("Code.S3Key")
    return templates.outdir / f"asset.{key.removesuffix('.zip')}"


def test_the_databases_secret_is_rotated_every_thirty_days_by_our_function(templates: Templates) -> None:
    schedule = templates.one("RotationSchedule", part=PART)
    assert templates.said(schedule.at("SecretId")) == templates.one("Secret", "databasepassword").id
    function = templates.one("Lambda::Function", part=PART)
    assert templates.said(schedule.at("RotationLambdaARN")) == f"{function.id}.Arn"
    assert schedule.at("RotationRules") == {"AutomaticallyAfterDays": 30}


def test_secrets_manager_may_call_it_for_this_secret_and_nobody_else_may(templates: Templates) -> None:
    allowed = templates.one("Lambda::Permission", part=PART)
    assert (allowed.at("Principal"), allowed.at("Action")) == ("secretsmanager.amazonaws.com", "lambda:InvokeFunction")
    assert allowed.at("SourceAccount") == templates.stage.account
    assert templates.said(allowed.at("SourceArn")) == templates.one("Secret", "databasepassword").id


def test_it_may_take_its_steps_with_one_secret(templates: Templates) -> None:
    known = statements_of(templates, templates.one("IAM::Role", "RotationRole", PART).id)
    secrets = {one.properties["Name"].rsplit("/", 1)[1]: one.id for one in templates.every("SecretsManager::Secret")}
    for step in ("DescribeSecret", "GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage"):
        may_be = {name for name, id_ in secrets.items() if may(known, f"secretsmanager:{step}", id_)}
        assert may_be == {"database_password"}, step
    for action in ("secretsmanager:DeleteSecret", "secretsmanager:RotateSecret", "rds:ModifyDBInstance"):
        assert not may(known, action, secrets["database_password"]), action


def test_it_stands_in_the_private_subnets_and_is_reached_from_nowhere(templates: Templates) -> None:
    function, group = templates.one("Lambda::Function", part=PART), templates.one("SecurityGroup", part=PART)
    assert [templates.said(one) for one in function.at("VpcConfig.SecurityGroupIds")] == [f"{group.id}.GroupId"]
    subnets = {templates.said(one) for one in function.at("VpcConfig.SubnetIds")}
    tasks = templates.one("ECS::Service", part="web").at("NetworkConfiguration.AwsvpcConfiguration.Subnets")
    assert subnets == {templates.said(one) for one in tasks}
    assert group.at("SecurityGroupIngress") is None
    out = [(rule["CidrIp"], rule["FromPort"], rule["ToPort"]) for rule in group.at("SecurityGroupEgress")]
    out += [
        (templates.said(rule.at("DestinationSecurityGroupId")), rule.at("FromPort"), rule.at("ToPort"))
        for rule in templates.every("SecurityGroupEgress", PART)
    ]
    database = f"{templates.one('SecurityGroup', 'DatabaseGroup').id}.GroupId"
    assert out == [("0.0.0.0/0", 443, 443), (database, 5432, 5432)]


def test_it_goes_to_the_primary_and_is_told_no_secret(templates: Templates) -> None:
    told = templates.one("Lambda::Function", part=PART).at("Environment.Variables")
    primary = templates.one("DBInstance", "Database").id
    assert {name: templates.said(value) for name, value in told.items()} == {
        "DATABASE_HOST": f"{primary}.Endpoint.Address",
        "DATABASE_PORT": "5432",
        "DATABASE_NAME": "frontrow",
    }


def test_a_step_that_fails_is_told(templates: Templates) -> None:
    alarm = templates.one("Alarm", "Failed", PART)
    function = templates.one("Lambda::Function", part=PART)
    assert (alarm.at("Namespace"), alarm.at("MetricName")) == ("AWS/Lambda", "Errors")
    assert templates.said(alarm.at("Dimensions.0.Value")) == function.id
    assert (alarm.at("Threshold"), alarm.at("ComparisonOperator")) == (0, "GreaterThanThreshold")
    assert [templates.said(one) for one in alarm.at("AlarmActions")] == [templates.one("SNS::Topic").id]


def test_what_is_packed_runs_without_anything_else_but_what_lambda_brings(packed: Path) -> None:
    """Imported where nothing is installed, beside empty modules for boto3, which Lambda has."""
    stand_in = "import sys, types; sys.modules['boto3'] = types.ModuleType('boto3')"
    checked = f"{stand_in}; sys.path.insert(0, {str(packed)!r}); import handler; print(handler.pg8000.native.__file__)"
    said = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", checked], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith(str(packed))
    assert {one.suffix or one.name for one in packed.rglob("*") if one.is_file()} == {".py", "METADATA"}
