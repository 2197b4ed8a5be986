"""What cdk-nag's AwsSolutions finds in the stacks and is meant so, each with its reason.

A finding belongs to one construct: the same thing elsewhere is found again. One that is no longer found has to go from
here; a test says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from aws_cdk import Acknowledgment, App, Validations
from cdk_nag import AwsSolutionsChecks
from constructs import IConstruct

from infra.stage import Stage

PACK = "AwsSolutions"


@dataclass(frozen=True)
class Accepted:
    """Rules (``S1``, ``IAM5[Resource::*]``) that some constructs break (``data/Media``), and why that is right."""

    rules: tuple[str, ...]
    constructs: tuple[str, ...]
    reason: str


def judge(app: App, stage: Stage) -> None:
    """Have cdk-nag look at every stack when the app is written. What is accepted below it passes over."""
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    for path, rule, reason in acknowledged(stage):
        part, *inner = path.split("/")
        found: IConstruct = app.node.find_child(stage.name_of(part))
        for name in inner:
            found = found.node.find_child(name)
        Validations.of(found).acknowledge(Acknowledgment(id=f"{PACK}::{PACK}-{rule}", reason=reason))


def acknowledged(stage: Stage) -> Iterator[tuple[str, str, str]]:
    """(construct, rule, reason), one finding each."""
    for one in (*ACCEPTED, *(DUMP if stage.daily_dump else ())):
        for path in one.constructs:
            for rule in one.rules:
                yield path, rule.replace("STAGE", f"frontrow-{stage.name}"), one.reason


TASKS = ("migration/Migration", "worker/Worker", "web/Web")
BY_HAND = (
    "jwt_key",
    "ticket_signing_key",
    "stripe_secret_key",
    "stripe_webhook_secret",
    "smtp_password",
    "oauth_google",
)
ACCEPTED = (
    Accepted(
        ("EC23",),
        ("network/BalancerGroup/Resource",),
        "a shop is open to everybody; 443 alone, and only to the load balancer",
    ),
    Accepted(
        ("SMG4",),
        tuple(f"secrets/{name}" for name in BY_HAND),
        "somebody else's secret, or one that sessions and printed tickets are signed with: changed by hand",
    ),
    Accepted(
        ("SMG4",),
        ("secrets/redis_auth/Resource",),
        "the tasks read it when they start: a token changed behind their back would cut every one of them off",
    ),
    Accepted(
        ("SMG4",),
        ("secrets/database_password/Resource",),
        "it is rotated: the schedule stands beside its function in a stack of its own, where the rule doesn't look",
    ),
    Accepted(
        ("IAM5[Resource::*]",),
        ("rotation/RotationRole/DefaultPolicy/Resource",),
        "GetRandomPassword and what a function needs to stand in a network know no resources",
    ),
    Accepted(("L1",), ("rotation/Function/Resource",), "the newest Python that the driver's authors test it with"),
    Accepted(
        ("RDS11",),
        ("data/Database/Resource", "data/Replica/Resource"),
        "only the tasks reach the port: to hide it protects nothing",
    ),
    Accepted(("AEC5",), ("data/Redis",), "only the tasks reach the port: to hide it protects nothing"),
    Accepted(("RDS2",), ("data/Replica/Resource",), "a replica is encrypted as its source is, and refuses to be told"),
    Accepted(
        ("RDS3",), ("data/Replica/Resource",), "what a lost replica served the primary serves until there is another"
    ),
    Accepted(
        ("S1",),
        ("data/Media/Resource", "edge/Pages/Resource"),
        "nobody but CloudFront and the tasks can reach it, and CloudFront writes down who asked for what",
    ),
    Accepted(("S1",), ("cluster/AccessLogs/Resource", "edge/AccessLogs/Resource"), "it is the log itself"),
    Accepted(
        ("IAM5[Resource::STAGE-data:ExportsOutputFnGetAttMediaA721A567ArnB9989168/*]",),
        tuple(f"{task}/Task/TaskRole/DefaultPolicy/Resource" for task in TASKS),
        "every picture of one bucket: their names come while the app runs",
    ),
    Accepted(
        ("IAM5[Resource::*]",),
        tuple(f"{task}/Task/TaskRole/DefaultPolicy/Resource" for task in TASKS),
        "X-Ray knows no resources for its two actions",
    ),
    Accepted(
        ("IAM5[Resource::*]",),
        tuple(f"{task}/Task/ExecutionRole/DefaultPolicy/Resource" for task in TASKS),
        "ecr:GetAuthorizationToken knows no resource",
    ),
    Accepted(
        ("ECS2",),
        tuple(f"{task}/Task/Resource" for task in TASKS),
        "nothing in them is secret: tasks get the secrets' addresses, and a test holds every key against the settings",
    ),
    Accepted(
        ("CFR1",), ("edge/Distribution/Resource",), "tickets are sold to whoever wants to come, wherever they are"
    ),
    Accepted(
        ("IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup]",),
        ("backup/Plan/Database/Role/Resource",),
        "AWS Backup's own policy follows what AWS Backup learns to do; ours would lag behind it",
    ),
    Accepted(
        ("IAM5[Resource::*]",),
        ("delivery/Role/DefaultPolicy/Resource",),
        "ecs:RegisterTaskDefinition, DescribeTaskDefinition and ecr:GetAuthorizationToken know no resource",
    ),
    Accepted(
        (
            "IAM5[Resource::arn:<AWS::Partition>:ecs:us-east-1:111111111111:task-definition/STAGE-migration:*]",
            "IAM5[Resource::arn:<AWS::Partition>:ecs:us-east-1:111111111111:task/"
            "STAGE-cluster:ExportsOutputRefClusterEB0386A796A0E3FE/*]",
            "IAM5[Resource::STAGE-edge:ExportsOutputFnGetAttPages127DFD1AArn187CDF18/*]",
            "IAM5[Resource::arn:<AWS::Partition>:cloudformation:us-east-1:111111111111:stack/STAGE-delivery/*]",
            "IAM5[Resource::arn:<AWS::Partition>:cloudformation:us-east-1:111111111111:stack/STAGE-migration/*]",
        ),
        ("delivery/Role/DefaultPolicy/Resource",),
        "the last part of each name is a revision, a task's number, a file or a stack's id: made up later",
    ),
)

DUMP = (
    Accepted(
        ("S1",),
        ("dump/Dumps/Resource",),
        "nobody but the nightly task can write to it, and whoever restores is in the account's own trail",
    ),
    Accepted(
        ("IAM5[Resource::<DumpsD836700C.Arn>/daily/*]",),
        ("dump/Dump/Task/TaskRole/DefaultPolicy/Resource",),
        "a dump's name is the moment in which it is made",
    ),
    Accepted(
        (
            "IAM5[Resource::arn:<AWS::Partition>:ecs:us-east-1:*:task/"
            "STAGE-cluster:ExportsOutputRefClusterEB0386A796A0E3FE/*]",
        ),
        ("dump/Dump/Task/EventsRole/DefaultPolicy/Resource",),
        "a task's number is made up when it starts; it may be tagged, and nothing else",
    ),
    Accepted(
        ("IAM5[Resource::*]",),
        ("dump/Dump/Task/ExecutionRole/DefaultPolicy/Resource",),
        "ecr:GetAuthorizationToken knows no resource",
    ),
    Accepted(
        ("ECS2",),
        ("dump/Dump/Task/Resource",),
        "nothing in them is secret: it is told what every task is told, which a test says",
    ),
)
"""What is found beside it in a stage that has chosen the nightly dump."""
