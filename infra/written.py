"""A stage's templates as CDK wrote them, for whoever counts or draws what is in them."""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.app import build
from infra.stage import Stage


@dataclass(frozen=True)
class Resource:
    """A resource with its stack's part (``data``) and its logical id."""

    part: str
    id: str
    type: str
    properties: dict[str, Any]

    def at(self, path: str) -> Any:
        """The property at a path of names and numbers with dots (``Listeners.0.Port``); None where nothing is."""
        value: Any = self.properties
        for step in path.split("."):
            if isinstance(value, list):
                value = value[int(step)] if int(step) < len(value) else None
            else:
                value = value.get(step) if isinstance(value, dict) else None
        return value


@dataclass(frozen=True)
class Written:
    """All templates of a stage by part."""

    stage: Stage
    by_part: dict[str, dict[str, Any]]

    def every(self, type_: str = "") -> Iterator[Resource]:
        """All resources whose type ends with ``type_`` (``RDS::DBInstance``), part by part."""
        for part, template in self.by_part.items():
            for key, found in template["Resources"].items():
                if found["Type"].endswith(type_):
                    yield Resource(part, key, found["Type"], found.get("Properties", {}))

    def one(self, type_: str, id_: str = "") -> Resource:
        """The first whose logical id begins with ``id_``. Raises LookupError if there is none."""
        for found in self.every(type_):
            if found.id.startswith(id_):
                return found
        raise LookupError(f"no {type_} {id_} in any template of {self.stage.name}")


def read(stage: Stage, outdir: Path) -> Written:
    """The templates that lie in ``outdir``."""
    prefix, suffix = stage.name_of(""), ".template.json"
    files = sorted(outdir.glob(f"{prefix}*{suffix}"))
    return Written(
        stage, {file.name.removeprefix(prefix).removesuffix(suffix): json.loads(file.read_text()) for file in files}
    )


def write(stage: Stage) -> Written:
    """The templates of ``stage``, written anew into a folder that is gone afterwards. Takes some seconds."""
    with tempfile.TemporaryDirectory() as folder:
        build(stage, Path(folder)).synth()
        return read(stage, Path(folder))
