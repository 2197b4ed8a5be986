"""``python -m infra.deploy all|image|release|back``: STAGE names the stage, TAG the image (else the commit's name)."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import boto3

from infra.deploy.image import ROOT, Images
from infra.deploy.plan import Deployment, repository_of
from infra.deploy.services import Ecs
from infra.deploy.smoke import smoke
from infra.deploy.stacks import Cdk
from infra.deploy.steps import DeploymentError, Step, run
from infra.stage import REGION, STAGES


def _tag() -> str:
    """The image's tag: of the commit, and only where the working copy is that commit."""
    if tag := os.environ.get("TAG"):
        return tag
    changed = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True, check=True)
    if changed.stdout.strip():
        raise DeploymentError("there are changes that aren't committed; tags are written once, so say which: TAG=…")
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True)
    return head.stdout.strip()


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 -- a command's words


def main(words: list[str]) -> int:
    """0 when everything was done; 1 when a step failed, and what was begun has been taken back."""
    stage = STAGES.get(os.environ.get("STAGE", ""))
    if stage is None or words not in (["all"], ["image"], ["release"], ["back"]):
        _say(f"STAGE={'|'.join(STAGES)} python -m infra.deploy all|image|release|back")
        return 2
    session = boto3.Session(region_name=REGION)
    try:
        tag = _tag()
        platform = "linux/arm64" if stage.graviton else "linux/amd64"
        images = Images(session.client("ecr"), platform, repository_of(stage))
        deployment = Deployment(
            stage=stage,
            tag=tag,
            client=session.client,
            ecs=Ecs(session.client("ecs")),
            stacks=Cdk(stage, tag),
            builds=images,
            pages=Path(os.environ.get("FRONTROW_HOME", ".frontrow")) / "deploy" / "pages",
            smoke=smoke,
        )
        image = [Step("build the image and push it", lambda: images.build_and_push(tag))]
        ways: dict[str, Callable[[], list[Step]]] = {
            "all": deployment.whole,
            "image": lambda: image,
            "release": deployment.release,
            "back": lambda: deployment.release(migrate=False),
        }
        run(ways[words[0]](), _say)
    except DeploymentError as error:
        _say(f"Not deployed: {error}")
        return 1
    _say(f"Done: {tag} on {stage.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
