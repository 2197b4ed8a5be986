"""Parts of a document that a machine writes, between two comments; what stands around them is a person's."""

import re
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"


def put(text: str, name: str, made: str) -> str:
    """``text`` with the part ``name`` made anew. Raises LookupError if it has no such part."""
    pattern = re.compile(rf"(<!-- {name}: made by `make [a-z-]+` -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    changed, count = pattern.subn(lambda found: f"{found[1]}{made}\n{found[2]}", text)
    if count != 1:
        raise LookupError(f"{count} parts called {name}")
    return changed


def part(text: str, name: str) -> str:
    """What the part ``name`` says now. Raises LookupError if there is none."""
    found = re.search(rf"<!-- {name}: made by `make [a-z-]+` -->\n(.*?)\n<!-- end of {name} -->", text, re.DOTALL)
    if found is None:
        raise LookupError(f"no part called {name}")
    return found[1]


def refresh(file: Path, parts: dict[str, str]) -> None:
    """Write each part of a document anew."""
    text = file.read_text()
    for name, made in parts.items():
        text = put(text, name, made)
    file.write_text(text)
