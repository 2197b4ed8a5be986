"""Every value that was asked for: the template has it, and the document's table says so."""

import copy
from dataclasses import replace

import pytest
from infra.generated import DOCS, part
from infra.values.asked import ASKED
from infra.values.table import ONLY, find, has, read_back, rows, whole, word
from infra.written import Written, read

from tests.infra.templates import Templates


@pytest.fixture(scope="module")
def production(templates: Templates) -> Written:
    return read(templates.stage, templates.outdir)


def test_the_templates_have_what_was_asked_for(production: Written) -> None:
    wrong = [(one.of, one.name, has(production, one)) for one in ASKED if has(production, one) != one.wanted]
    assert wrong == []
    assert len(ASKED) > 80


def test_another_value_is_seen(production: Written) -> None:
    """A control."""
    asked = next(one for one in ASKED if one.name == "node")
    found = find(production, asked)
    by_part = copy.deepcopy(production.by_part)
    by_part[found.part]["Resources"][found.id]["Properties"]["CacheNodeType"] = "cache.t3.nano"
    assert has(replace(production, by_part=by_part), asked) != asked.wanted


def test_no_value_stands_there_twice() -> None:
    names = [(one.of, one.name) for one in ASKED]
    assert len(names) == len(set(names))


def test_what_a_deployment_says_otherwise_shows(production: Written) -> None:
    asked = next(one for one in ASKED if one.name == "backups and any moment of, days")
    found = find(production, asked)
    key = (found.part, found.id, asked.path)
    assert read_back(production, asked, {key: 7}) == "7"
    assert read_back(production, asked, {key: 1}) == "1"
    assert read_back(production, asked, {}) == ONLY
    assert [word(value) for value in (True, "false", None, 7.0, [1, 2])] == ["on", "off", "none", "7", "2"]


def test_the_documents_table_is_todays(production: Written) -> None:
    """Its last column is a deployment's, which another test compares; here it says the template's word, or nothing."""
    said = part((DOCS / "aws-values.md").read_text(), "values").splitlines()
    assert said[:2] == whole(production, {}).splitlines()[:2]
    kept = [line.strip("| ").split(" | ") for line in said[2:]]
    assert [row[:4] for row in kept] == [row[:4] for row in rows(production, {})], "stale: make values"
    assert all(row[4] in {row[3], ONLY} for row in kept)
    assert len([row for row in kept if row[4] != ONLY]) > 40
