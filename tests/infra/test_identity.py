"""Who may do what: a task its own, its starter nothing of it, a deployment only from our repository."""

import pytest

from tests.infra.policies import Statement, may, statements_of
from tests.infra.templates import Templates

READ = "secretsmanager:GetSecretValue"
WITHOUT_RESOURCES = {
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "ecr:GetAuthorizationToken",
    "ecs:RegisterTaskDefinition",
    "ecs:DescribeTaskDefinition",
    "secretsmanager:GetRandomPassword",
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DeleteNetworkInterface",
}
"""Actions for which AWS knows no resource, so that only ``*`` can be written."""


def _roles(templates: Templates, kind: str) -> list[str]:
    # The dump's own are looked at in test_dump_stack.py.
    found = [one.id for one in templates.every("IAM::Role") if kind in one.id and one.part != "dump"]
    assert len(found) == 3, found
    return found


def test_the_evaluator_can_say_both() -> None:
    known = [Statement("Allow", ("s3:Get*",), ("bucket/*",)), Statement("Deny", ("s3:*",), ("bucket/secret",))]
    assert may(known, "s3:GetObject", "bucket/picture")
    assert not may(known, "s3:GetObject", "bucket/secret")
    assert not may(known, "s3:PutObject", "bucket/picture")
    assert not may(known, "s3:GetObject", "other/picture")


def test_no_two_roles_have_one_name_which_the_evaluator_would_take_for_one(templates: Templates) -> None:
    names = [role.id for role in templates.every("IAM::Role")]
    assert len(names) == len(set(names))


def test_a_task_reads_its_own_secrets_and_no_other(templates: Templates) -> None:
    secrets = [one.id for one in templates.every("SecretsManager::Secret")]
    for role in _roles(templates, "TaskTaskRole"):
        known = statements_of(templates, role)
        assert all(may(known, READ, secret) for secret in secrets), role
        assert not may(known, READ, "arn:aws:secretsmanager:us-east-1:111111111111:secret:somebody-elses-AbCdEf")
        assert not may(known, "secretsmanager:PutSecretValue", secrets[0])


def test_a_task_uses_its_queue_and_its_bucket_and_can_end_neither(templates: Templates) -> None:
    queue, bucket = templates.one("SQS::Queue", "Jobs").id, templates.one("S3::Bucket", "Media").id
    for role in _roles(templates, "TaskTaskRole"):
        known = statements_of(templates, role)
        for action in ("SendMessage", "ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility"):
            assert may(known, f"sqs:{action}", f"{queue}.Arn")
        assert may(known, "s3:PutObject", f"{bucket}.Arn/events/1.jpg")
        for action, thing in (
            ("sqs:DeleteQueue", f"{queue}.Arn"),
            ("sqs:SendMessage", "another.Arn"),
            ("s3:DeleteBucket", f"{bucket}.Arn"),
            ("s3:GetObject", "another.Arn/key"),
            ("rds:DeleteDBInstance", "anything"),
            ("iam:PassRole", "anything"),
        ):
            assert not may(known, action, thing), action


def test_who_starts_a_task_reads_no_secret(templates: Templates) -> None:
    for role in _roles(templates, "TaskExecutionRole"):
        known = statements_of(templates, role)
        images = templates.one("ECR::Repository").id
        assert may(known, "ecr:BatchGetImage", f"{images}.Arn")
        assert {action for one in known for action in one.actions} == {
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
            "ecr:GetAuthorizationToken",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
        }


def test_no_action_is_a_wildcard_and_no_resource_without_need(templates: Templates) -> None:
    policies = templates.every("IAM::Policy")
    assert len(policies) >= 8
    for role in templates.every("IAM::Role"):
        for one in statements_of(templates, role.id):
            assert not any("*" in action for action in one.actions), (role.id, one)
            if "*" in one.resources:
                assert set(one.actions) <= WITHOUT_RESOURCES, (role.id, one)


def test_only_aws_own_policies_are_attached_beside_ours(templates: Templates) -> None:
    managed = {
        templates.said(arn).rsplit("/", 1)[1]
        for role in templates.every("IAM::Role")
        for arn in role.properties.get("ManagedPolicyArns", [])
    }
    assert managed == {"AWSBackupServiceRolePolicyForBackup"}


def test_a_deployment_comes_from_our_repository_and_environment(templates: Templates) -> None:
    trust = templates.one("IAM::Role", "Role", part="delivery").at("AssumeRolePolicyDocument.Statement.0")
    assert trust["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert trust["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": "repo:frontrow/frontrow:environment:production",
        }
    }


@pytest.mark.parametrize("type_", ["IAM::User", "IAM::AccessKey"])
def test_there_is_no_key_that_lives_long(templates: Templates, type_: str) -> None:
    assert templates.every(type_) == []


def test_a_deployment_can_roll_and_can_not_read_secrets_or_end_data(templates: Templates) -> None:
    role = templates.one("IAM::Role", "Role", part="delivery").id
    known = statements_of(templates, role)
    cluster = templates.one("ECS::Cluster").id
    prefix = "arn:AWS::Partition:ecs:us-east-1:111111111111"
    assert may(known, "ecs:UpdateService", f"{prefix}:service/{cluster}/production-web")
    assert may(known, "ecs:UpdateService", f"{prefix}:service/{cluster}/production-worker")
    assert not may(known, "ecs:UpdateService", f"{prefix}:service/{cluster}/anothers")
    assert may(known, "ecs:RunTask", f"{prefix}:task-definition/frontrow-production-migration:7")
    assert not may(known, READ, templates.every("SecretsManager::Secret")[0].id)
    assert not may(known, "rds:DeleteDBInstance", "anything")
    stack = "arn:AWS::Partition:cloudformation:us-east-1:111111111111:stack/frontrow-production"
    assert may(known, "cloudformation:DescribeStacks", f"{stack}-migration/an-id")
    assert not may(known, "cloudformation:DescribeStacks", f"{stack}-secrets/an-id")
    assert not may(known, "cloudformation:UpdateStack", f"{stack}-migration/an-id")
    assert not may(known, "ecs:DeleteService", f"{prefix}:service/{cluster}/production-web")
