"""Stacks by CDK's own command, in four phases; and whether all secrets have a value."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frontrow.local.nodeweb import node_command, node_environment
from infra.deploy.steps import DeploymentError
from infra.local.command import installed
from infra.stage import REGION, Stage

INFRA = Path(__file__).parents[1]
FIRST = ("network", "secrets", "data", "queue")
BEFORE_IMAGE = ("domain", "registry", "parameters", "cluster")
MIGRATION = ("migration",)
SERVICES = ("worker", "web")
FRONT = ("edge",)
REST = ("--all",)
"""What hardens it, and every stack that no earlier phase names."""


@dataclass(frozen=True)
class Cdk:
    """CDK's command for one stage, whose services get the image of this tag."""

    stage: Stage
    tag: str

    def bootstrap(self) -> None:
        """What the command itself needs in an account; nothing when it is there. Raises DeploymentError."""
        self._run("bootstrap", f"aws://{self.stage.account}/{REGION}")

    def deploy(self, parts: Sequence[str]) -> None:
        """Stacks by their parts, or ``--all``; those that they lean on come along. Raises DeploymentError."""
        names = [one if one.startswith("--") else self.stage.name_of(one) for one in parts]
        self._run("deploy", *names, "--require-approval", "never", "--concurrency", "4")

    def _run(self, *words: str) -> None:
        node, _ = node_command()
        environment = {
            **node_environment(),
            "FRONTROW_STAGE": self.stage.name,
            "FRONTROW_IMAGE_TAG": self.tag,
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "AWS_REGION": os.environ.get("AWS_REGION", REGION),
        }
        command = [str(node), str(installed()), *words, "--no-notices"]
        if subprocess.run(command, cwd=INFRA, env=environment, check=False).returncode != 0:
            raise DeploymentError(f"cdk {' '.join(words[:2])} failed; what it says stands above")


def missing_secrets(client: Any, stage: Stage) -> list[str]:
    """Names of the stage's secrets that have no value yet."""
    prefix = f"frontrow/{stage.name}/"
    pages = client.get_paginator("list_secrets").paginate(Filters=[{"Key": "name", "Values": [prefix]}])
    return sorted(
        one["Name"].removeprefix(prefix)
        for page in pages
        for one in page["SecretList"]
        if not any("AWSCURRENT" in labels for labels in one.get("SecretVersionsToStages", {}).values())
    )


def require_secrets(client: Any, stage: Stage) -> None:
    """Raises DeploymentError with the names of those that somebody has to put in first."""
    if missing := missing_secrets(client, stage):
        raise DeploymentError(
            f"without a value: {', '.join(missing)}. docs/deploy.md says how each is put in; then begin again"
        )
