"""``frontrow seatmap …``: maps in and out of the house, and a look at them.

Exit codes: 0 done; 1 the map has errors; 2 it couldn't be done (no such file, map or venue, no database).
"""

import asyncio
import json
import sys
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from frontrow.core.db import Tx
from frontrow.core.errors import NotFound, Refusal
from frontrow.core.runtime import Runtime
from frontrow.core.settings import Settings
from frontrow.events.actions import StoredMap, put_seat_map
from frontrow.events.queries import seatmaps as queries
from frontrow.events.rules.pretix_export import export_plan
from frontrow.events.rules.seatmaps import all_places, layout_of
from frontrow.events.rules.seatmaps_file import MapFile, read_map
from frontrow.events.rules.seatmaps_format import Layout
from frontrow.events.rules.seatmaps_picture import picture
from frontrow.events.rules.seatmaps_schema import schema

T = TypeVar("T")

_NAMES = {"frontrow": "our own format", "pretix": "a seating plan of pretix's"}


class GiveUp(Exception):
    """Why a command can't go on, in a sentence for whoever gave it."""


def import_map(file: Path, venue: str | None, organiser: str | None, check: bool, out: Path | None) -> int:
    """Read and check a file, and unless ``check`` write it in our format (``out``) or put it up (``venue``)."""

    def work() -> int:
        read = _read(file)
        _tell(read)
        if read.layout is None:
            return 1
        if check:
            return 0
        if out is not None:
            _write(out, msgspec.json.encode(read.layout))
        if venue is not None:
            stored, where = _put(read.layout, venue, organiser)
            said = f"version {stored.version}" if stored.fresh else f"there already, version {stored.version}"
            _console().print(f"Put up at {escape(where)}: {said}, id {stored.id}.")
        elif out is None:
            _console().print("Only checked. --venue puts it up, --out writes it in our format.")
        return 0

    return _guarded(work)


def export_map(wanted: str, form: str, out: Path | None) -> int:
    """Write a map (its id, or the newest of a venue) as ours or as pretix's, to a file or to standard output."""

    def work() -> int:
        layout = _find(wanted)
        if form == "pretix":
            made = export_plan(layout)
            for note in made.notes:
                Console(stderr=True, soft_wrap=True).print(escape(note))
            body = msgspec.json.encode(made.plan)
        else:
            body = msgspec.json.encode(layout)
        if out is None:
            sys.stdout.write(body.decode() + "\n")
        else:
            _write(out, body)
        return 0

    return _guarded(work)


def show_map(wanted: str, svg: Path | None) -> int:
    """Tell of a map, a file's or one of the house, what it has; ``svg``: and draw it."""

    def work() -> int:
        if Path(wanted).is_file():
            read = _read(Path(wanted))
            _tell(read)
            if read.layout is None:
                return 1
            layout = read.layout
        else:
            layout = _find(wanted)
        _console().print(_sections(layout))
        if svg is not None:
            _write(svg, picture(layout).encode())
        return 0

    return _guarded(work)


def list_maps(organiser: str | None) -> int:
    """The maps of an organiser, or of all, the newest first."""

    async def ask(tx: Tx) -> Any:
        organiser_id = None if organiser is None else await queries.organiser_at(tx, organiser)
        return await queries.maps_of(tx, organiser_id=organiser_id)

    def work() -> int:
        rows = _ask(ask)
        if not rows:
            _console().print("There are no seat maps.")
            return 0
        for row in rows:
            facts = [_counted(row.seat_count, "place"), f"{row.venue}, {row.city} ({row.organiser})"]
            facts += ["from pretix"] * (row.origin == "pretix") + ["has performances"] * row.used
            _console().print(f"{row.id}  [bold]{escape(row.name)}[/], version {row.version}, {row.created_at:%Y-%m-%d}")
            _console().print(f"{'':36}  {escape('; '.join(facts))}")
        return 0

    return _guarded(work)


def print_schema() -> int:
    """The JSON Schema of our format."""
    sys.stdout.write(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n")
    return 0


# -- what they share ---------------------------------------------------------------------------------------------------


def _console() -> Console:
    return Console(soft_wrap=True)


def _guarded(work: Callable[[], int]) -> int:
    try:
        return work()
    except NotFound:
        said = "There is no such organiser, venue or map."
    except GiveUp as error:
        said = str(error)
    except (Refusal, OSError) as error:
        said = f"It couldn't be done: {error}"
    Console(stderr=True, soft_wrap=True).print(escape(said))
    return 2


def _read(file: Path) -> MapFile:
    with Console(stderr=True).status(f"Reading and checking {file.name} …"):
        try:
            return read_map(file.read_bytes())
        except OSError as error:
            raise GiveUp(f"{file} can't be read: {error.strerror}.") from None


def _write(file: Path, body: bytes) -> None:
    try:
        file.write_bytes(body)
    except OSError as error:
        raise GiveUp(f"{file} can't be written: {error.strerror}.") from None
    Console(stderr=True, soft_wrap=True).print(f"Written: {escape(str(file))} ({len(body):,} bytes).")


def _tell(read: MapFile) -> None:
    """What the file is, and what is wrong with it."""
    console, faults = _console(), read.faults
    if read.layout is not None:
        layout, kinds = read.layout, Counter(section.kind for section in read.layout.sections)
        counts = [(kinds[""], "section"), (kinds["box"], "box"), (kinds["table"], "table")]
        counts += [(len(layout.areas), "standing area"), (len(layout.shapes), "shape")]
        console.print(f"{escape(layout.name)}: {_NAMES[read.format]}, {_counted(layout.seat_count, 'place')}.")
        console.print(", ".join(_counted(number, what) for number, what in counts if number) + ".")
        for category in layout.categories:
            if category.name and category.name != category.code:
                console.print(f"Category {escape(category.code)} is {escape(category.name)}.")
    for what, told, more in (
        ("Error", faults.errors, faults.more_errors),
        ("Warning", faults.warnings, faults.more_warnings),
    ):
        for fault in told:
            console.print(f"[bold]{what}[/] {escape(str(fault))}")
            console.print(f"      [dim]{fault.code}, at {escape(fault.path)}[/]")
        if more:
            console.print(f"… and {more:,} more of these.")
    if faults.found:
        console.print(f"{_counted(faults.found, 'error')}: the map can't be sold like this.")


def _counted(number: int, what: str) -> str:
    """A number with its word: 1 box, 2 boxes."""
    return f"{number:,} {what}{'' if number == 1 else 'es' if what.endswith('x') else 's'}"


def _sections(layout: Layout) -> Table:
    table = Table(title=f"{escape(layout.name)}, {layout.width:g} x {layout.height:g} units")
    for name in ("Section", "Kind", "Rows", "Places", "Categories", "Wheelchair"):
        table.add_column(name)
    places = all_places(layout)
    for section in layout.sections:
        seats = [place for place in places if (place.section, place.kind) == (section.name, "numbered")]
        rows = len({row.label for row in section.rows})
        access = Counter(place.access for place in seats)
        chairs = f"{access['wheelchair']} + {access['companion']} companions" if access["wheelchair"] else ""
        used = ", ".join(sorted({place.category for place in seats}))
        table.add_row(escape(section.name), section.kind, str(rows), str(len(seats)), escape(used), chairs)
    for area in layout.areas:
        table.add_row(escape(area.name), "standing", "", str(area.capacity), escape(area.category), "")
    return table


def _find(wanted: str) -> Layout:
    """The map with this id, or the newest of the venue with this id or name. Raises GiveUp, NotFound."""

    async def ask(tx: Tx) -> dict[str, Any]:
        key = _uuid(wanted)
        if key is not None:
            try:
                return await queries.whole_layout(tx, key)
            except NotFound:
                pass  # then it's a venue's
        venue = await _venue(tx, wanted, None)
        maps = await queries.maps_of(tx, venue_id=venue.id)
        if not maps:
            raise GiveUp(f"{venue.name} has no seat map.")
        return await queries.whole_layout(tx, maps[0].id)

    layout, faults = layout_of(_ask(ask))
    if layout is None:
        raise GiveUp(f"The stored map isn't in our format: {faults.errors[0]}.")
    return layout


def _put(layout: Layout, venue: str, organiser: str | None) -> tuple[StoredMap, str]:
    places, plain = all_places(layout), msgspec.to_builtins(layout)

    async def ask(tx: Tx) -> tuple[StoredMap, str]:
        found = await _venue(tx, venue, organiser)
        await tx.act_for(found.organiser_id)
        return await put_seat_map(tx, found.organiser_id, found.id, plain, places), f"{found.name}, {found.city}"

    with Console(stderr=True).status(f"Putting up {len(places):,} places …"):
        return _ask(ask, write=True)


async def _venue(tx: Tx, words: str, organiser: str | None) -> Any:
    found = await queries.venues_called(tx, organiser, words)
    if not found:
        raise GiveUp(f"There is no venue with the id or name {words!r}{f' of {organiser}' if organiser else ''}.")
    if len(found) > 1:
        told = "; ".join(f"{one.id} ({one.city}, of {one.organiser})" for one in found)
        raise GiveUp(f"{len(found)} venues are called {words!r}. Give one's id, or --organiser: {told}.")
    return found[0]


def _uuid(words: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(words)
    except ValueError:
        return None


def _ask(ask: Callable[[Tx], Awaitable[T]], *, write: bool = False) -> T:
    async def with_runtime() -> T:
        rt = Runtime.open(Settings())
        try:
            return await (rt.db.write(ask) if write else rt.db.read(ask))
        finally:
            await rt.close()

    return asyncio.run(with_runtime())
