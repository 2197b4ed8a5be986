"""The migration's task, and services that get a new image one after the other."""

import time
from collections.abc import Callable
from typing import Any

from infra.deploy.facts import MigrationFacts
from infra.deploy.steps import DeploymentError

APP = "app"
"""The container of ours in every task; beside it is the collector of traces."""
WITHIN_S = 20 * 60.0
PAUSE_S = 5.0

OF_A_DEFINITION = (
    *("family", "taskRoleArn", "executionRoleArn", "networkMode", "containerDefinitions", "volumes"),
    *("placementConstraints", "requiresCompatibilities", "cpu", "memory", "runtimePlatform", "ephemeralStorage"),
)
"""What a description of a task definition and a new registration have in common."""


class Ecs:
    """What a deployment asks of ECS. Waits are bounded by ``within_s`` seconds."""

    def __init__(self, client: Any, within_s: float = WITHIN_S, pause_s: float = PAUSE_S) -> None:
        self._client, self._within_s, self._pause_s = client, within_s, pause_s

    def with_image(self, definition: str, image: str) -> str:
        """The ARN of a definition that is as this one, but of ``image``; this one itself if it is so already."""
        known = self._client.describe_task_definition(taskDefinition=definition)["taskDefinition"]
        app = next(one for one in known["containerDefinitions"] if one["name"] == APP)
        if app["image"] == image:
            return str(known["taskDefinitionArn"])
        app["image"] = image
        kept = {name: known[name] for name in OF_A_DEFINITION if known.get(name)}
        return str(self._client.register_task_definition(**kept)["taskDefinition"]["taskDefinitionArn"])

    def migrate(self, facts: MigrationFacts, image: str) -> None:
        """Run the migration of ``image`` once. Raises DeploymentError when it doesn't end with 0."""
        started = self._client.run_task(
            cluster=facts.cluster,
            taskDefinition=self.with_image(facts.task, image),
            launchType="FARGATE",
            networkConfiguration={
                "awsvpcConfiguration": {
                    "subnets": list(facts.subnets),
                    "securityGroups": [facts.group],
                    "assignPublicIp": "DISABLED",
                }
            },
        )
        if not started["tasks"]:
            raise DeploymentError(f"the migration didn't start: {started['failures']}")
        arn = started["tasks"][0]["taskArn"]

        def ended() -> dict[str, Any] | None:
            task: dict[str, Any] = self._client.describe_tasks(cluster=facts.cluster, tasks=[arn])["tasks"][0]
            return task if task["lastStatus"] == "STOPPED" else None

        task = self._wait("the migration", ended)
        code = next((one.get("exitCode") for one in task.get("containers", []) if one["name"] == APP), None)
        if code != 0:
            why = task.get("stoppedReason", "no reason is told")
            raise DeploymentError(f"the migration ended with {code} ({why}); its log group says more")

    def running(self, cluster: str, service: str) -> str | None:
        """The definition that a service runs; None where there is no such service."""
        found = self._client.describe_services(cluster=cluster, services=[service])["services"]
        return str(found[0]["taskDefinition"]) if found and found[0]["status"] == "ACTIVE" else None

    def roll(self, cluster: str, service: str, definition: str) -> None:
        """Put a definition into a service and wait until all of its tasks are of it. Raises DeploymentError when ECS
        gives up, which takes it back itself."""
        if self.running(cluster, service) == definition:
            return
        self._client.update_service(cluster=cluster, service=service, taskDefinition=definition)

        def rolled() -> bool | None:
            [known] = self._client.describe_services(cluster=cluster, services=[service])["services"]
            primary = next(one for one in known["deployments"] if one["status"] == "PRIMARY")
            if primary["taskDefinition"] != definition or primary.get("rolloutState") == "FAILED":
                raise DeploymentError(f"{service} went back by itself: {primary.get('rolloutStateReason', '')}")
            return True if primary.get("rolloutState") == "COMPLETED" else None

        self._wait(service, rolled)

    def _wait(self, what: str, ask: Callable[[], Any]) -> Any:
        until = time.monotonic() + self._within_s
        while True:
            if (found := ask()) is not None:
                return found
            if time.monotonic() > until:
                raise DeploymentError(f"{what}: not done within {self._within_s:.0f} s")
            time.sleep(self._pause_s)
