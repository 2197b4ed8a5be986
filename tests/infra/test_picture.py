"""The picture is the templates': not a line of it is drawn by hand."""

import copy
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from infra.drawing import Sheet
from infra.picture import FILE, draw
from infra.written import Written, read

from tests.infra.templates import Templates


@pytest.fixture(scope="module")
def production(templates: Templates) -> Written:
    return read(templates.stage, templates.outdir)


def test_the_picture_in_the_documents_is_todays(production: Written) -> None:
    assert FILE.read_text() == draw(production), "stale: make picture"


def test_another_template_is_another_picture(production: Written) -> None:
    by_part = copy.deepcopy(production.by_part)
    redis = production.one("ReplicationGroup")
    by_part[redis.part]["Resources"][redis.id]["Properties"]["NumNodeGroups"] = 3
    changed = draw(replace(production, by_part=by_part))
    assert "shard 3" in changed
    assert "shard 3" not in draw(production)


def test_it_says_addresses_ports_and_sizes(production: Written) -> None:
    said = [text.text for text in ElementTree.fromstring(draw(production)).iter("{http://www.w3.org/2000/svg}text")]
    for one in ("10.0.1.0/24", "10.0.11.0/24", "10.0.21.0/24", "5432", "6379", "2 to 10 tasks, 0.5 vCPU, 1 GB each"):
        assert one in said


def test_a_sheet_escapes_what_it_is_told_and_knows_night_from_day() -> None:
    sheet = Sheet(10, 10, "a < b", "…")
    sheet.text(0, 0, "c & d")
    svg = sheet.svg()
    ElementTree.fromstring(svg)
    assert "prefers-color-scheme:dark" in svg
