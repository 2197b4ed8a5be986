"""Production as it stands in the stand-in for AWS, after CDK's own command has put it there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.command import Command
from infra.local.readback import Row, names_in, read_back
from infra.local.standin import StandIn, begin
from infra.stage import REGION

from tests.infra.templates import Resource, Templates


@dataclass(frozen=True)
class Deployed:
    """What was deployed, and where to ask for it."""

    standin: StandIn
    templates: Templates
    changed: dict[str, bool]
    rows: list[Row]

    def client(self, service: str) -> Any:
        """boto3's client for a service of the stand-in."""
        return self.standin.client(service)

    def again(self, outdir: Path | None = None, *parts: str) -> dict[str, bool]:
        """Deploy the same templates once more, or ``parts`` of those in ``outdir``; by stack, whether it changed."""
        command = Command(self.standin, self.templates.stage.account, outdir or self.templates.outdir)
        return command.deploy(*(self.templates.stage.name_of(part) for part in parts))

    def names(self, part: str) -> dict[str, str]:
        """The physical names of a stack's resources by their logical ids."""
        return names_in(self.client("cloudformation"), self.templates.stage.name_of(part))

    def name(self, resource: Resource) -> str:
        """The physical name of a resource of the templates."""
        return self.names(resource.part)[resource.id]

    def read(self, type_: str, id_: str = "") -> dict[str, Any]:
        """All values read back of the resources of a type, by ``property`` where there is one such resource."""
        found = [row for row in self.rows if row.type == type_ and row.resource.startswith(id_)]
        assert len({row.resource for row in found}) == 1, f"{type_} {id_}"
        return {row.path: row.read for row in found}


@contextmanager
def deployed(templates: Templates, folder: Path) -> Iterator[Deployed]:
    """Start a stand-in, deploy, and end it afterwards."""
    standin, process = begin(folder / "moto.log", templates.stage.account, REGION)
    try:
        command = Command(standin, templates.stage.account, templates.outdir)
        command.bootstrap()
        changed = command.deploy()
        yield Deployed(
            standin, templates, changed, list(read_back(templates.outdir, templates.stage.name_of(""), standin))
        )
    finally:
        process.terminate()
        process.wait(60)
