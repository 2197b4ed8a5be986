"""Where images come from: ECR."""

from typing import Any

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_ecr as ecr
from constructs import Construct

from infra.stage import Stage


class Registry(Stack):
    """One repository. A tag is written once, so that what was tested is what runs."""

    def __init__(self, scope: Construct, stage: Stage, **kwargs: Any) -> None:
        super().__init__(scope, stage.name_of("registry"), **kwargs)
        self.images = ecr.Repository(
            self,
            "Images",
            repository_name=f"frontrow-{stage.name}",
            image_tag_mutability=ecr.TagMutability.IMMUTABLE,
            image_scan_on_push=True,
            encryption=ecr.RepositoryEncryption.AES_256,
            removal_policy=RemovalPolicy.RETAIN if stage.database.keep else RemovalPolicy.DESTROY,
            lifecycle_rules=[ecr.LifecycleRule(description="The last thirty images", max_image_count=30)],
        )
