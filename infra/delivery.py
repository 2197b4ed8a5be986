"""Who may deploy: GitHub's identity for one repository and environment, instead of a key that lives long."""

from dataclasses import dataclass
from typing import Any

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_cloudfront as cf
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.migration import Migration
from infra.stage import Stage

ISSUER = "token.actions.githubusercontent.com"


@dataclass(frozen=True)
class Delivered:
    """What a deployment changes. ``services`` are names, in the order in which they are rolled; ``roles`` are ARNs."""

    images: ecr.Repository
    migration: Migration
    services: tuple[str, ...]
    roles: list[str]
    pages: s3.Bucket
    distribution: cf.Distribution


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
            [self._ecs("service", f"{parts.migration.cluster}/{one}") for one in parts.services],
        )
        self._may("Migrate", ["ecs:RunTask"], [self._ecs("task-definition", f"{parts.migration.family}:*")])
        self._may("WatchMigration", ["ecs:DescribeTasks"], [self._ecs("task", f"{parts.migration.cluster}/*")])
        self._may("HandOnRoles", ["iam:PassRole"], parts.roles)
        self._may("Pages", ["s3:PutObject", "s3:DeleteObject", "s3:GetObject"], [parts.pages.arn_for_objects("*")])
        self._may("ListPages", ["s3:ListBucket"], [parts.pages.bucket_arn])
        self._may(
            "Invalidate",
            ["cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"],
            [parts.distribution.distribution_arn],
        )
        # What it has to know of the stage stands in the outputs of these two stacks.
        self._may(
            "FindOut",
            ["cloudformation:DescribeStacks"],
            [self._stack(stage.name_of(one)) for one in ("migration", "delivery")],
        )
        CfnOutput(self, "RoleArn", value=self.role.role_arn)
        CfnOutput(self, "Services", value=",".join(parts.services))
        CfnOutput(self, "Images", value=parts.images.repository_uri)
        CfnOutput(self, "Pages", value=parts.pages.bucket_name)
        CfnOutput(self, "Distribution", value=parts.distribution.distribution_id)
        CfnOutput(self, "Address", value=f"https://{stage.domain}")

    def _may(self, sid: str, actions: list[str], resources: list[str]) -> None:
        self.role.add_to_policy(iam.PolicyStatement(sid=sid, actions=actions, resources=resources))

    def _stack(self, name: str) -> str:
        return f"arn:{self.partition}:cloudformation:{self.region}:{self.account}:stack/{name}/*"

    def _ecs(self, kind: str, name: str) -> str:
        return f"arn:{self.partition}:ecs:{self.region}:{self.account}:{kind}/{name}"
