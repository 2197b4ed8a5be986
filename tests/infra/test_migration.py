"""The schema is brought up to date by a task of its own stack, before anything that needs it starts."""

import json

from tests.infra.templates import Templates


def test_the_task_is_made_before_the_services(templates: Templates) -> None:
    manifest = json.loads((templates.outdir / "manifest.json").read_text())
    for part in ("worker", "web"):
        needed = manifest["artifacts"][templates.stage.name_of(part)]["dependencies"]
        assert templates.stage.name_of("migration") in needed, part


def test_its_stack_starts_nothing_by_itself(templates: Templates) -> None:
    assert templates.every("ECS::Service", part="migration") == []
    app, _ = templates.one("ECS::TaskDefinition", part="migration").at("ContainerDefinitions")
    assert app["Command"] == ["migrate"]


def test_its_outputs_say_what_it_takes_to_run_it(templates: Templates) -> None:
    outputs = templates.by_part["migration"]["Outputs"]
    said = {key: templates.said(one["Value"]) for key, one in outputs.items() if "Export" not in one}
    private = [one.id for one in templates.every("EC2::Subnet") if "private" in one.id.lower()]
    assert len(private) == 2
    assert said["Task"] in {"frontrow-production-migration", templates.one("ECS::TaskDefinition", part="migration").id}
    assert sorted(said["Subnets"].split(",")) == sorted(private)
    assert said["Group"].removesuffix(".GroupId") in {one.id for one in templates.every("EC2::SecurityGroup")}
    assert said["Cluster"] == templates.one("ECS::Cluster").id


def test_every_task_of_ours_writes_to_its_volume_alone_and_hears_signals(templates: Templates) -> None:
    definitions = templates.every("ECS::TaskDefinition")
    assert len(definitions) == 4
    for one in definitions:
        app = one.at("ContainerDefinitions.0")
        assert app["ReadonlyRootFilesystem"] is True, one.part
        assert app["LinuxParameters"]["InitProcessEnabled"] is True, one.part
        assert app["MountPoints"] == [{"ContainerPath": "/data", "ReadOnly": False, "SourceVolume": "data"}], one.part
        assert one.at("Volumes") == [{"Name": "data"}], one.part
