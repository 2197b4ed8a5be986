"""From what a template says to what AWS' own interface takes. The two differ in small, regular ways.

Names differ in their case (``AcmCertificateArn``, ``ACMCertificateArn``), numbers are strings, tags are a map or
pairs, and CloudFront wants every list with its length. botocore knows the shape of each parameter, so none of that
has to be written down.
"""

import json
from typing import Any

from botocore.model import Shape


class UnknownPropertyError(ValueError):
    """The template asks for something that the interface doesn't know under this name: it would be lost."""


def shaped(value: Any, shape: Shape, path: str = "") -> Any:
    """``value`` as ``shape`` wants it. Raises UnknownPropertyError rather than to leave anything out."""
    match shape.type_name:
        case "structure":
            return _structure(value, shape, path)
        case "list":
            # Tags are a list of pairs here and a map there.
            pairs = [{"Key": key, "Value": one} for key, one in value.items()] if isinstance(value, dict) else value
            return [shaped(one, shape.member, f"{path}[]") for one in pairs]  # type: ignore[attr-defined]
        case "map":
            known = {one["Key"]: one["Value"] for one in value} if isinstance(value, list) else value
            return {key: shaped(one, shape.value, f"{path}.{key}") for key, one in known.items()}  # type: ignore[attr-defined]
        case "integer" | "long":
            return int(value)
        case "float" | "double":
            return float(value)
        case "boolean":
            return value if isinstance(value, bool) else str(value).lower() == "true"
        case "blob":
            return value if isinstance(value, bytes) else str(value).encode()
        case "string":
            return json.dumps(value) if isinstance(value, dict | list) else str(value)
        case _:
            return value


def _structure(value: Any, shape: Any, path: str) -> dict[str, Any]:
    members: dict[str, Shape] = shape.members
    if isinstance(value, list) and "Items" in members:
        counted = {"Quantity": len(value)} if "Quantity" in members else {}
        return {**counted, "Items": shaped(value, members["Items"], path)}
    if not isinstance(value, dict):
        raise UnknownPropertyError(f"{path}: {value!r} where {shape.name} is wanted")
    by_lower = {name.lower(): name for name in members}
    made = {}
    for name, one in value.items():
        known = by_lower.get(name.lower())
        if known is None:
            raise UnknownPropertyError(f"{path}.{name}: {shape.name} knows {', '.join(sorted(members))}")
        made[known] = shaped(one, members[known], f"{path}.{known}")
    return made
