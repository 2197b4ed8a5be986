"""All stacks of a stage, in the order in which they are built: network, data and secrets; the back end; the front end;
what hardens it. ``python -m infra.app`` writes the templates."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from aws_cdk import App, DefaultStackSynthesizer, Environment, Tags

from infra.backup import Backup
from infra.cluster import Cluster
from infra.compute import Web, Worker
from infra.data import Data
from infra.delivery import Delivered, Delivery
from infra.domain import Domain
from infra.dump import Dump
from infra.edge import Edge
from infra.migration import Migration
from infra.network import Network
from infra.parameters import Parameters
from infra.queue import Queue
from infra.registry import Registry
from infra.replicas import Replicas
from infra.rotation import Rotation
from infra.secrets import Secrets
from infra.service import House
from infra.stage import PRODUCTION, REGION, STAGES, Stage
from infra.watching import Watching

HERE = Path(__file__).parent


def build(stage: Stage, outdir: Path | None = None) -> App:
    """The app with every stack of ``stage``; nothing is written before its ``synth()``."""
    context: dict[str, Any] = json.loads((HERE / "cdk.json").read_text())["context"]
    app = App(context=context, outdir=None if outdir is None else str(outdir), analytics_reporting=False)
    common: dict[str, Any] = {"env": Environment(account=stage.account, region=REGION)}

    def settled() -> dict[str, Any]:
        return {**common, "synthesizer": DefaultStackSynthesizer(generate_bootstrap_version_rule=False)}

    # 1. network, data, secrets
    network = Network(app, stage, **settled())
    secrets = Secrets(app, stage, **settled())
    data = Data(app, stage, network, secrets, **settled())
    queue = Queue(app, stage, **settled())
    # 2. the back end
    domain = Domain(app, stage, **settled())
    registry = Registry(app, stage, **settled())
    parameters = Parameters(app, stage, **settled())
    cluster = Cluster(app, stage, network, domain, **settled())
    house = House(stage, cluster, data, queue, secrets, parameters, registry)
    migration = Migration(app, house, **settled())
    worker = Worker(app, house, **settled())
    web = Web(app, house, **settled())
    # A deployment in one go (`cdk deploy --all`) makes the task before those who need what it does.
    for one in (web, worker):
        one.add_stack_dependency(migration)
    # 3. the front end
    edge = Edge(app, stage, domain, data, cluster, **settled())
    # 4. what hardens it
    watching = Watching(app, stage, data, queue, web, worker, **settled())
    Backup(app, stage, data, **settled())
    Rotation(app, stage, network, data, secrets, watching.topic, **settled())
    if stage.daily_dump:
        Dump(app, house, watching.topic, **settled())
    if stage.scale_replicas:
        Replicas(app, stage, data, **settled())
    Delivery(app, stage, _delivered(registry, migration, worker, web, edge), **settled())
    Tags.of(app).add("project", "frontrow")
    Tags.of(app).add("stage", stage.name)
    return app


def _delivered(registry: Registry, migration: Migration, worker: Worker, web: Web, edge: Edge) -> Delivered:
    definitions = (web.service.definition, worker.service.definition, migration.definition)
    roles = [role.role_arn for one in definitions for role in (one.task_role, one.execution_role) if role is not None]
    return Delivered(
        images=registry.images,
        migration=migration,
        services=(worker.service.name, web.service.name),
        roles=roles,
        pages=edge.pages,
        distribution=edge.distribution,
    )


def main() -> None:
    """Write the templates of the stage that FRONTROW_STAGE names, or of production; FRONTROW_IMAGE_TAG is what runs."""
    # CDK's own command says by a variable where it wants them, as seen from cdk.json; without it they go beside that.
    outdir = HERE / os.environ.get("CDK_OUTDIR", "cdk.out")
    stage = STAGES[os.environ.get("FRONTROW_STAGE", PRODUCTION.name)]
    build(replace(stage, image_tag=os.environ.get("FRONTROW_IMAGE_TAG", stage.image_tag)), outdir).synth()


if __name__ == "__main__":
    main()
