"""Secrets Manager. Values are made by AWS or put in by hand; none passes through a template or a variable.

What the app knows a secret by (``jwt_key``) is its construct's name and the end of its name in AWS.
"""

from typing import Any

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_secretsmanager as sm
from constructs import Construct

from infra.stage import Stage

DATABASE_USER = "frontrow"
BY_HAND = ("jwt_key", "ticket_signing_key", "stripe_secret_key", "stripe_webhook_secret", "smtp_password")
"""Made empty; the runbook says how each value is made and put in. Until then no task starts, and it says why."""


class Secrets(Stack):
    """Every secret, by the app's name for it. They live apart from what uses them, so that no circle comes about."""

    def __init__(self, scope: Construct, stage: Stage, **kwargs: Any) -> None:
        super().__init__(scope, stage.name_of("secrets"), **kwargs)
        removal = RemovalPolicy.RETAIN if stage.database.keep else RemovalPolicy.DESTROY
        self.database = sm.Secret(
            self,
            "database_password",
            secret_name=f"frontrow/{stage.name}/database_password",
            description="PostgreSQL's user of the app; rotated",
            removal_policy=removal,
            generate_secret_string=sm.SecretStringGenerator(
                secret_string_template=f'{{"username":"{DATABASE_USER}"}}',
                generate_string_key="password",
                exclude_punctuation=True,
                password_length=40,
            ),
        )
        self.redis = sm.Secret(
            self,
            "redis_auth",
            secret_name=f"frontrow/{stage.name}/redis_auth",
            description="Redis' AUTH token",
            removal_policy=removal,
            generate_secret_string=sm.SecretStringGenerator(exclude_punctuation=True, password_length=64),
        )
        self.by_name: dict[str, str] = {
            "database_password": self.database.secret_arn,
            "redis_auth": self.redis.secret_arn,
        }
        for name in (*BY_HAND, *(f"oauth_{provider}" for provider in stage.oauth)):
            # The small construct: the big one would fill in a random value that the app couldn't tell from a real key.
            made = sm.CfnSecret(
                self, name, name=f"frontrow/{stage.name}/{name}", description="Put in by hand; see docs/deploy.md"
            )
            made.apply_removal_policy(removal)
            self.by_name[name] = made.ref
