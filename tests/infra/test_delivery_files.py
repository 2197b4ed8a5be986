"""The workflow and the Dockerfile, read by those who know: a schema, zizmor, hadolint; and by our own rules."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


def _said(*words: str | Path) -> str:
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def _delivery() -> dict[str, Any]:
    known: dict[str, Any] = yaml.safe_load((ROOT / ".github/workflows/delivery.yml").read_text())
    return known


def test_hadolint_finds_nothing() -> None:
    assert _said(BIN / "hadolint", "Dockerfile") == ""


def test_zizmor_finds_nothing() -> None:
    assert _said(BIN / "zizmor", "--offline", "--quiet", ".github") == ""


def test_the_workflows_are_of_githubs_form() -> None:
    assert WORKFLOWS
    assert _said(BIN / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS) == ""


def test_those_who_judge_can_find_something(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM debian\nRUN cd /tmp && apt-get install curl\n")
    assert "DL3008" in _said(BIN / "hadolint", tmp_path / "Dockerfile")
    (tmp_path / "bad.yml").write_text("on: push\njobs: {a: {runs-on: x, steps: [{uses: actions/checkout@v6}]}}\n")
    assert "unpinned-uses" in _said(BIN / "zizmor", "--offline", "--no-progress", tmp_path / "bad.yml")
    (tmp_path / "worse.yml").write_text("on: push\njobs: {a: {steps: 1}}\n")
    schema = ("--builtin-schema", "vendor.github-workflows")
    assert "worse.yml" in _said(BIN / "check-jsonschema", *schema, tmp_path / "worse.yml")


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda file: file.name)
def test_every_action_is_a_commit_with_its_version_beside_it(workflow: Path) -> None:
    uses = [line.strip().removeprefix("- ") for line in workflow.read_text().splitlines() if "uses:" in line]
    assert [line for line in uses if not PINNED.fullmatch(line)] == []


def test_every_push_is_tested_and_only_main_is_deployed_after_that() -> None:
    workflow = _delivery()
    on = workflow[True]  # YAML's word for "on"
    assert set(on) == {"push", "pull_request"}
    assert on["push"] is None
    deploy = workflow["jobs"]["deploy"]
    assert deploy["needs"] == "test"
    assert deploy["if"] == "github.event_name == 'push' && github.ref == 'refs/heads/main'"
    assert deploy["environment"] == "production"
    steps = [step.get("run", step.get("uses", "")).partition("@")[0] for step in deploy["steps"]]
    assert steps == [
        "actions/checkout",
        "aws-actions/configure-aws-credentials",
        "make .venv/.infra",
        ".venv/bin/python -m infra.deploy image",
        ".venv/bin/python -m infra.deploy release",
    ]


def test_nobody_has_more_rights_than_needed() -> None:
    workflow = _delivery()
    assert workflow["permissions"] == {}
    rights = {name: job["permissions"] for name, job in workflow["jobs"].items()}
    assert rights == {"test": {"contents": "read"}, "deploy": {"contents": "read", "id-token": "write"}}
    assert "secrets." not in (ROOT / ".github/workflows/delivery.yml").read_text()


def test_the_image_is_no_roots_and_holds_only_what_is_named() -> None:
    last = (ROOT / "Dockerfile").read_text().rsplit("FROM ", 1)[1]
    assert "USER 10001:10001" in last
    assert last.index("USER") < last.index("ENTRYPOINT")
    assert (ROOT / ".dockerignore").read_text().splitlines()[1] == "*"


def test_a_server_has_the_same_pins_as_a_whole_stack() -> None:
    def pins(name: str) -> set[str]:
        lines = (ROOT / "requirements" / name).read_text().splitlines()
        return {line.rstrip(" \\") for line in lines if re.match(r"[a-z]", line)}

    server = pins("server.txt")
    assert len(server) > 50
    assert server < pins("app.txt")
