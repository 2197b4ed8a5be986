"""What a deployment has to know of a stage that stands: the outputs of two stacks."""

from dataclasses import dataclass
from typing import Any

from infra.deploy.steps import DeploymentError
from infra.stage import Stage


@dataclass(frozen=True)
class MigrationFacts:
    """What it takes to run the migration once."""

    cluster: str
    task: str  # the task definition's family, or one of it
    subnets: tuple[str, ...]
    group: str


@dataclass(frozen=True)
class ReleaseFacts:
    """What it takes to change what runs. ``services`` are in the order of rolling; ``images`` has no tag."""

    services: tuple[str, ...]
    images: str
    pages: str
    distribution: str
    address: str


def migration_facts(cloudformation: Any, stage: Stage) -> MigrationFacts:
    """Raises DeploymentError where the stack doesn't stand."""
    found = _outputs(cloudformation, stage.name_of("migration"))
    return MigrationFacts(found["Cluster"], found["Task"], tuple(found["Subnets"].split(",")), found["Group"])


def release_facts(cloudformation: Any, stage: Stage) -> ReleaseFacts:
    """Raises DeploymentError where the stack doesn't stand."""
    found = _outputs(cloudformation, stage.name_of("delivery"))
    services = tuple(found["Services"].split(","))
    return ReleaseFacts(services, found["Images"], found["Pages"], found["Distribution"], found["Address"])


def _outputs(cloudformation: Any, stack: str) -> dict[str, str]:
    try:
        [found] = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except cloudformation.exceptions.ClientError as error:
        raise DeploymentError(f"the stack {stack} doesn't stand yet: {error}") from error
    return {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}
