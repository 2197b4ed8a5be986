"""Which steps a deployment has, in which order, and what each takes back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from infra.deploy.facts import ReleaseFacts, migration_facts, release_facts
from infra.deploy.pages import Pages
from infra.deploy.services import Ecs
from infra.deploy.stacks import BEFORE_IMAGE, FIRST, FRONT, MIGRATION, REST, SERVICES, require_secrets
from infra.deploy.steps import DeploymentError, Step
from infra.stage import REGION, Stage

Client = Callable[[str], Any]


class Stacks(Protocol):
    """CDK's command, or what stands for it in a test."""

    def bootstrap(self) -> None: ...

    def deploy(self, parts: tuple[str, ...]) -> None: ...


class Builds(Protocol):
    """Docker and the registry, or what stands for them in a test."""

    def build_and_push(self, tag: str) -> None: ...

    def take_pages(self, tag: str, folder: Path) -> None: ...


def repository_name(stage: Stage) -> str:
    """The name that the stack `registry` gives the stage's images."""
    return f"frontrow-{stage.name}"


def repository_of(stage: Stage) -> str:
    """Where a stage's images are, with the registry's host and without a tag."""
    return f"{stage.account}.dkr.ecr.{REGION}.amazonaws.com/{repository_name(stage)}"


@dataclass
class Deployment:
    """One deployment of the image ``tag`` to a stage; ``pages`` is a folder of its own for the pages."""

    stage: Stage
    tag: str
    client: Client
    ecs: Ecs
    stacks: Stacks
    builds: Builds
    pages: Path
    smoke: Callable[[str], Any]

    def __post_init__(self) -> None:
        self._image = f"{repository_of(self.stage)}:{self.tag}"
        self._before: dict[str, str] = {}
        self._uploaded: Pages | None = None

    def release(self, *, migrate: bool = True) -> list[Step]:
        """For a stage that stands: schema, services, pages. The templates stay as they are.

        An older image doesn't know the newer schema's name, so who goes back to one leaves the schema alone.
        """
        facts = self._facts()
        return [
            Step("the image is there", self._require_image),
            *([self._migration()] if migrate else []),
            *(self._roll(service) for service in facts.services),
            *self._front(),
        ]

    def whole(self) -> list[Step]:
        """From an empty account on: four phases of stacks, and within them image, schema and pages."""

        def stacks(name: str, parts: tuple[str, ...], undo: Callable[[], None] | None = None) -> Step:
            return Step(f"stacks: {name}", lambda: self.stacks.deploy(parts), undo)

        return [
            Step("the account is the stage's", self._require_account),
            Step("what CDK needs in an account", self.stacks.bootstrap),
            stacks("network, data, secrets, queue", FIRST),
            Step("all secrets have a value", lambda: require_secrets(self.client("secretsmanager"), self.stage)),
            stacks("domain, registry, parameters, cluster", BEFORE_IMAGE),
            Step("build the image and push it", lambda: self.builds.build_and_push(self.tag)),
            stacks("the migration's task", MIGRATION),
            self._migration(),
            Step("what runs now", self._remember),
            stacks("worker and app", SERVICES, self._all_back),
            stacks("the edge", FRONT),
            stacks("what watches, keeps and delivers", REST),
            *self._front(),
        ]

    def _front(self) -> Iterator[Step]:
        yield Step("upload the pages", self._upload, self._pages_back)
        yield Step("the edge forgets", lambda: self._uploaded.forget() if self._uploaded else None)
        yield Step("the smoke test", lambda: self.smoke(self._facts().address) and None)

    def _facts(self) -> ReleaseFacts:
        return release_facts(self.client("cloudformation"), self.stage)

    def _require_account(self) -> None:
        account = self.client("sts").get_caller_identity()["Account"]
        if account != self.stage.account:
            raise DeploymentError(f"these keys are of account {account}; {self.stage.name} is {self.stage.account}")

    def _require_image(self) -> None:
        ecr = self.client("ecr")
        try:
            ecr.describe_images(repositoryName=repository_name(self.stage), imageIds=[{"imageTag": self.tag}])
        except ecr.exceptions.ImageNotFoundException as error:
            raise DeploymentError(f"{self._image} was never pushed") from error

    def _migration(self) -> Step:
        """Not taken back: migrations only add, so that the app before this one runs on the schema after it, too."""

        def do() -> None:
            self.ecs.migrate(migration_facts(self.client("cloudformation"), self.stage), self._image)

        return Step("migrate", do)

    def _roll(self, service: str) -> Step:
        def do() -> None:
            cluster = self._cluster()
            before = self.ecs.running(cluster, service)
            if before is None:
                raise DeploymentError(f"there is no service {service}; deploy the stacks first")
            self._before[service] = before
            self.ecs.roll(cluster, service, self.ecs.with_image(before, self._image))

        return Step(f"roll {service}", do, lambda: self._service_back(service))

    def _remember(self) -> None:
        """Before CloudFormation rolls them. At the first deployment there are none, and nothing to go back to."""
        for part in SERVICES:
            service = f"{self.stage.name}-{part}"
            if (before := self.ecs.running(self._cluster(), service)) is not None:
                self._before[service] = before

    def _all_back(self) -> None:
        for service in reversed(list(self._before)):
            self._service_back(service)

    def _service_back(self, service: str) -> None:
        if (before := self._before.get(service)) is not None:
            self.ecs.roll(self._cluster(), service, before)

    def _cluster(self) -> str:
        return migration_facts(self.client("cloudformation"), self.stage).cluster

    def _upload(self) -> None:
        facts = self._facts()
        self.builds.take_pages(self.tag, self.pages)
        self._uploaded = Pages(self.client("s3"), self.client("cloudfront"), facts.pages, facts.distribution)
        self._uploaded.upload(self.pages)

    def _pages_back(self) -> None:
        if self._uploaded is not None:
            self._uploaded.back()
