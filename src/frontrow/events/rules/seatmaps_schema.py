"""The JSON Schema of our seat maps, made from the structs that read them, so that it can't say anything else."""

from typing import Any

import msgspec

from frontrow.events.rules.seatmaps_format import Layout

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """The schema of versions 1 and 2, in draft 2020-12. What only makes sense of a map as a whole is not in it."""
    (root,), parts = msgspec.json.schema_components([Layout])
    made: dict[str, Any] = {
        "$schema": DIALECT,
        "$id": "urn:frontrow:schemas:seatmap:2",
        **parts.pop(root["$ref"].rpartition("/")[2]),
        "title": "A seat map of Frontrow",
        "$defs": parts,
    }
    return made
