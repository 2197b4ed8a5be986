"""``frontrow seatmap …`` as somebody at a terminal sees it."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from frontrow.core.runtime import Runtime
from frontrow.core.settings import Settings
from frontrow.events import main
from tests.factories.house import House
from tests.seatmaps.plans import dinner_show, faulty, theatre

Run = Callable[..., Any]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, settings: Settings, capsys: pytest.CaptureFixture[str]) -> Run:
    """Give a command; answers its exit code and what it wrote to either stream."""
    monkeypatch.setattr(main, "Settings", lambda: settings)

    async def give(command: Callable[..., int], *arguments: Any) -> tuple[int, str, str]:
        code = await asyncio.to_thread(command, *arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return give


def written(folder: Path, plan: Any) -> Path:
    file = folder / "plan.json"
    file.write_text(json.dumps(plan))
    return file


async def test_a_plan_goes_in_and_comes_out(rt: Runtime, house: House, run: Run, tmp_path: Path) -> None:
    file = written(tmp_path, theatre())
    found = await rt.db.read(
        lambda tx: tx.sql("SELECT v.id, v.name, o.slug FROM venue v JOIN organiser o ON o.id = v.organiser_id")
    )
    venue = found.first()
    code, out, _ = await run(main.import_map, file, venue.name.upper(), venue.slug, False, None)
    assert code == 0, out
    assert "300 places" in out
    assert "version 1" in out
    assert "there already, version 1" in (await run(main.import_map, file, str(venue.id), None, False, None))[1]

    code, out, _ = await run(main.export_map, str(venue.id), "pretix", None)
    assert code == 0
    names = {zone.get("name", "") for zone in json.loads(out)["zones"]}
    assert names == {
        "",
        "Stalls",
        "Balcony",
        "Box left",
        "Box right",
    }
    ours = tmp_path / "ours.json"
    assert (await run(main.export_map, venue.name, "frontrow", ours))[0] == 0
    assert json.loads(ours.read_text())["version"] == 2
    assert (await run(main.import_map, ours, None, None, True, None))[0] == 0

    code, out, _ = await run(main.list_maps, venue.slug)
    assert code == 0
    assert "Little Theatre" in out


async def test_faults_are_named_and_the_exit_code_says_so(run: Run, tmp_path: Path) -> None:
    code, out, _ = await run(main.import_map, written(tmp_path, faulty()[0]), None, None, True, None)
    assert code == 1
    assert "Stalls, row 4, seat 8: stands on the same spot as Stalls, row 4, seat 7" in out
    assert "seats_overlap, at $.zones[0].rows[3].seats[7]" in out
    assert "7 errors" in out


async def test_a_plan_is_shown_and_drawn_without_a_database(run: Run, tmp_path: Path) -> None:
    picture = tmp_path / "picture.svg"
    code, out, _ = await run(main.show_map, str(written(tmp_path, dinner_show())), picture)
    assert code == 0
    assert "14 tables, 18 shapes." in out
    assert picture.read_text().startswith("<svg ")
    ours = tmp_path / "ours.json"
    assert (await run(main.import_map, tmp_path / "plan.json", None, None, False, ours))[0] == 0
    assert json.loads(ours.read_text())["format"] == "frontrow-seatmap"


async def test_what_cant_be_done_is_said(rt: Runtime, house: House, run: Run, tmp_path: Path) -> None:
    plan = written(tmp_path, theatre())
    for command, arguments, said in (
        (main.import_map, (tmp_path / "none.json", None, None, False, None), "can't be read"),
        (main.import_map, (plan, "Nowhere", None, False, None), "no venue with the id or name 'Nowhere'"),
        (main.import_map, (plan, None, None, False, tmp_path / "no" / "such.json"), "can't be written"),
        (main.export_map, ("01890000-0000-7000-8000-000000000000", "pretix", None), "no venue"),
        (main.list_maps, ("nobody",), "no such organiser"),
    ):
        code, _, err = await run(command, *arguments)
        assert (code, said in err) == (2, True), err


async def test_the_schema_is_printed(run: Run) -> None:
    code, out, _ = await run(main.print_schema)
    assert code == 0
    assert json.loads(out)["$id"] == "urn:frontrow:schemas:seatmap:2"
