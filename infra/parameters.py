"""Parameter Store: what differs by stage and isn't secret, where an operator can see and find it."""

from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from infra.stage import Stage


class Parameters(Stack):
    """Plain values by name. The tasks get them when they are deployed."""

    def __init__(self, scope: Construct, stage: Stage, **kwargs: Any) -> None:
        super().__init__(scope, stage.name_of("parameters"), **kwargs)
        self._made = {
            name: ssm.StringParameter(self, name, parameter_name=f"/frontrow/{stage.name}/{name}", string_value=value)
            for name, value in {
                "stripe_publishable_key": stage.stripe_publishable_key,
                "smtp_user": stage.smtp_user,
            }.items()
        }

    def value(self, name: str) -> str:
        """The value, as a reference that is resolved at the deployment. Raises KeyError for an unknown name."""
        return self._made[name].string_value
