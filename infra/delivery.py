"""Who may deploy: GitHub's identity for one repository and environment, instead of a key that lives long."""

from dataclasses import dataclass
from typing import Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.stage import Stage

ISSUER = "token.actions.githubusercontent.com"


@dataclass(frozen=True)
class Delivered:
    """What a deployment changes. Names of ECS things, ARNs of all others."""

    images: ecr.Repository
    cluster: str
    services: tuple[str, ...]
    migration: str
    roles: list[str]
    pages_arn: str
    distribution_arn: str


class Delivery(Stack):
    """The role that a run of our workflow takes on: of this repository, in this environment, for an hour.

    It may push an image, start the migration, put a new task definition into the two services, and change the pages.
    """

    def __init__(self, scope: Construct, stage: Stage, parts: Delivered, **kwargs: Any) -> None:
        super().__init__(scope, stage.name_of("delivery"), **kwargs)
        provider = iam.CfnOIDCProvider(self, "GitHub", url=f"https://{ISSUER}", client_id_list=["sts.amazonaws.com"])
        self.role = iam.Role(
            self,
            "Role",
            role_name=f"frontrow-{stage.name}-delivery",
            max_session_duration=Duration.hours(1),
            assumed_by=iam.WebIdentityPrincipal(
                provider.ref,
                {
                    "StringEquals": {
                        f"{ISSUER}:aud": "sts.amazonaws.com",
                        f"{ISSUER}:sub": f"repo:{stage.repository}:environment:{stage.name}",
                    }
                },
            ),
        )
        parts.images.grant_pull_push(self.role)
        # Neither can be narrowed to a resource: AWS knows none for them.
        self._may("RegisterTasks", ["ecs:RegisterTaskDefinition", "ecs:DescribeTaskDefinition"], ["*"])
        self._may(
            "RollServices",
            ["ecs:UpdateService", "ecs:DescribeServices"],
            [self._ecs("service", f"{parts.cluster}/{one}") for one in parts.services],
        )
        self._may("Migrate", ["ecs:RunTask"], [self._ecs("task-definition", f"{parts.migration}:*")])
        self._may("WatchMigration", ["ecs:DescribeTasks"], [self._ecs("task", f"{parts.cluster}/*")])
        self._may("HandOnRoles", ["iam:PassRole"], parts.roles)
        self._may("Pages", ["s3:PutObject", "s3:DeleteObject", "s3:GetObject"], [f"{parts.pages_arn}/*"])
        self._may("ListPages", ["s3:ListBucket"], [parts.pages_arn])
        self._may(
            "Invalidate", ["cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"], [parts.distribution_arn]
        )

    def _may(self, sid: str, actions: list[str], resources: list[str]) -> None:
        self.role.add_to_policy(iam.PolicyStatement(sid=sid, actions=actions, resources=resources))

    def _ecs(self, kind: str, name: str) -> str:
        return f"arn:{self.partition}:ecs:{self.region}:{self.account}:{kind}/{name}"
