"""cdk-nag's AwsSolutions: nothing that isn't accepted with a reason, and nothing accepted that is no longer found."""

import json
from typing import Any

import pytest
from infra.accepted import PACK, acknowledged

from tests.infra.templates import Templates


@pytest.fixture(scope="module")
def report(templates: Templates) -> dict[str, Any]:
    reports = json.loads((templates.outdir / "validation-report.json").read_text())["pluginReports"]
    found: dict[str, Any] = next(one for one in reports if one["pluginName"] == PACK)
    return found


def _findings(violations: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {
        (where["constructPath"], one["ruleName"].removeprefix(f"{PACK}-"))
        for one in violations
        for where in one["violatingConstructs"]
    }


def test_nothing_is_found_that_is_not_accepted(report: dict[str, Any]) -> None:
    assert _findings(report["violations"]) == set()
    assert report["conclusion"] == "success"


def test_what_is_accepted_is_still_found(report: dict[str, Any], templates: Templates) -> None:
    accepted = {(templates.stage.name_of(path), rule) for path, rule, _ in acknowledged(templates.stage)}
    assert _findings(report["suppressedViolations"]) == accepted


def test_every_acceptance_has_a_reason_and_is_written_once(templates: Templates) -> None:
    written = list(acknowledged(templates.stage))
    assert len({(path, rule) for path, rule, _ in written}) == len(written)
    assert all(len(reason.split()) >= 4 for _, _, reason in written)
