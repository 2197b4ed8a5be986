"""The whole: small templates, nothing looked up, nothing that was decided against, and what keeps data kept."""

import json

import pytest
from infra.stage import PRODUCTION, STAGES

from tests.infra.templates import Templates

PARTS = {
    *("network", "secrets", "data", "queue", "domain", "registry", "parameters", "cluster"),
    *("migration", "worker", "web", "edge", "watching", "backup", "rotation", "dump", "delivery"),
}
DECIDED_AGAINST = (
    *("AWS::EKS::", "AWS::ApiGateway", "AWS::DynamoDB::", "AWS::CodePipeline::", "AWS::AppRunner::", "AWS::Amplify::"),
    *("AWS::RDS::DBCluster", "AWS::EC2::Instance", "AWS::AutoScaling::", "AWS::MemoryDB::", "AWS::Elasticsearch::"),
)
MOST_BYTES = 51_200
"""A larger template has to be put into S3 first."""


def test_these_are_the_parts(templates: Templates) -> None:
    assert set(templates.by_part) == PARTS


@pytest.mark.parametrize("part", ["rotation", "dump", "backup"])
def test_no_other_stack_waits_for_what_hardens(templates: Templates, part: str) -> None:
    """It may be added while a shop runs, and taken away again."""
    exported = f"{templates.stage.name_of(part)}:"
    assert [name for name, one in templates.by_part.items() if name != part and exported in json.dumps(one)] == []


def test_no_template_is_too_large_to_be_sent_as_it_is(templates: Templates) -> None:
    for file in templates.outdir.glob("*.template.json"):
        assert file.stat().st_size < MOST_BYTES, file.name


def test_nothing_has_to_be_looked_up(templates: Templates) -> None:
    manifest = json.loads((templates.outdir / "manifest.json").read_text())
    assert manifest.get("missing", []) == []


@pytest.mark.parametrize("prefix", DECIDED_AGAINST)
def test_what_was_decided_against_is_absent(templates: Templates, prefix: str) -> None:
    assert [one.id for one in templates.every() if one.type.startswith(prefix)] == []


def test_what_keeps_data_is_kept_when_its_stack_goes(templates: Templates) -> None:
    kept = {
        (part, key[:-8] if key[-8:].isalnum() else key)
        for part, template in templates.by_part.items()
        for key, found in template["Resources"].items()
        if found["Type"] in {"AWS::RDS::DBInstance", "AWS::S3::Bucket", "AWS::SecretsManager::Secret"}
        and found.get("DeletionPolicy") != "Retain"
    }
    assert kept == {("data", "Replica")}  # it has nothing that the primary doesn't have


def test_every_stack_says_what_it_belongs_to(templates: Templates) -> None:
    manifest = json.loads((templates.outdir / "manifest.json").read_text())
    for name, artifact in manifest["artifacts"].items():
        if artifact["type"] == "aws:cloudformation:stack":
            assert artifact["properties"]["tags"] == {"project": "frontrow", "stage": "production"}, name


def test_stages_are_told_apart_by_their_names() -> None:
    assert PRODUCTION.name in STAGES
    assert len({stage.name_of("data") for stage in STAGES.values()}) == len(STAGES)
