"""Finding things in templates, whichever stack they are in."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.stage import Stage


@dataclass(frozen=True)
class Resource:
    """A resource with the stack's part (``data``) and its logical id."""

    part: str
    id: str
    type: str
    properties: dict[str, Any]

    def at(self, path: str) -> Any:
        """The property at a path of names and numbers with dots; None where there is nothing."""
        return at(self.properties, path)


class Templates:
    """All templates of a stage by part."""

    def __init__(self, outdir: Path, stage: Stage) -> None:
        self.outdir, self.stage = outdir, stage
        prefix = stage.name_of("")
        self.by_part: dict[str, dict[str, Any]] = {
            file.name.removeprefix(prefix).removesuffix(".template.json"): json.loads(file.read_text())
            for file in sorted(outdir.glob("*.template.json"))
        }
        self._exports = dict(self._exported())

    def every(self, type_: str = "", part: str = "") -> list[Resource]:
        """All resources whose type ends with ``type_`` (``RDS::DBInstance``), in one part or in all."""
        return [
            Resource(name, key, found["Type"], found.get("Properties", {}))
            for name, template in self.by_part.items()
            for key, found in template["Resources"].items()
            if found["Type"].endswith(type_) and part in {"", name}
        ]

    def one(self, type_: str, id_: str = "", part: str = "") -> Resource:
        """The only resource of a type whose logical id is ``id_`` and CDK's eight digits. Fails for none or several."""
        found = [one for one in self.every(type_, part) if not id_ or re.fullmatch(f"{id_}([0-9A-F]{{8}})?", one.id)]
        assert len(found) == 1, f"{type_} {id_}: {[one.id for one in found]}"
        return found[0]

    def said(self, value: Any) -> str:
        """A value as one string: joined, imports replaced by what they import, as ``part.LogicalId[.Attribute]``."""
        match value:
            case {"Fn::Join": [glue, pieces]}:
                return str(glue).join(self.said(piece) for piece in pieces)
            case {"Fn::ImportValue": str(name)}:
                return self._exports[name]
            case {"Fn::GetAtt": [str(id_), str(attribute)]}:
                return f"{id_}.{attribute}"
            case {"Ref": str(id_)}:
                return id_
            case _:
                return str(value)

    def _exported(self) -> Iterator[tuple[str, str]]:
        for template in self.by_part.values():
            for output in template.get("Outputs", {}).values():
                if "Export" in output:
                    yield output["Export"]["Name"], self.said(output["Value"])


def at(value: Any, path: str) -> Any:
    """What is at ``path`` (``Listeners.0.Port``); None where there is nothing."""
    for step in path.split("."):
        if isinstance(value, list):
            value = value[int(step)] if int(step) < len(value) else None
        else:
            value = None if value is None else value.get(step)
    return value


def attributes(pairs: list[dict[str, Any]]) -> dict[str, Any]:
    """A list of ``{Key, Value}`` or ``{Name, Value}`` as a dictionary."""
    return {pair.get("Key", pair.get("Name")): pair["Value"] for pair in pairs}
