"""A file with a seat map: ours or pretix's, whichever it is; read, checked, and every fault in the file's own words."""

from dataclasses import dataclass
from typing import Literal

import msgspec

from frontrow.events.rules.pretix_check import looks_like_pretix
from frontrow.events.rules.pretix_import import import_plan
from frontrow.events.rules.seatmaps import layout_of
from frontrow.events.rules.seatmaps_check import check
from frontrow.events.rules.seatmaps_faults import Faults
from frontrow.events.rules.seatmaps_format import Layout

MOST_BYTES = 64_000_000
"""Of a file. A stadium of 100,000 seats, neatly indented as pretix writes it, is about half of it."""

Format = Literal["frontrow", "pretix"]


@dataclass(frozen=True)
class MapFile:
    """What a file turned out to be. ``layout`` is None when it has errors."""

    format: Format
    layout: Layout | None
    faults: Faults


def read_map(body: bytes, most: int = MOST_BYTES) -> MapFile:
    """The map in a file of at most ``most`` bytes, in version 2 of our format if it was pretix's. Raises nothing."""
    faults = Faults()
    if len(body) > most:
        faults.error("too_large", f"the file has {len(body):,} bytes; {most:,} are the most")
        return MapFile("frontrow", None, faults)
    try:
        value = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except RecursionError:
        faults.error("not_json", "the file is nested too deeply")
        return MapFile("frontrow", None, faults)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        faults.error("not_json", f"the file isn't JSON: {_plain(error)}")
        return MapFile("frontrow", None, faults)
    if looks_like_pretix(value):
        imported = import_plan(value)
        return MapFile("pretix", imported.layout, imported.faults)
    layout, faults = layout_of(value)
    if layout is not None:
        faults = check(layout)
    return MapFile("frontrow", None if faults.found else layout, faults)


def _plain(error: Exception) -> str:
    """msgspec's own words, which tell the byte, without its name for the whole."""
    return str(error).removeprefix("JSON is malformed: ").partition(" - at ")[0][:200]
