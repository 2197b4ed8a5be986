"""The image by Docker, under the commit's name, in the stage's registry; and the pages out of it."""

import base64
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.deploy.steps import DeploymentError

ROOT = Path(__file__).parents[2]
PAGES = "/app/web/dist"


@dataclass(frozen=True)
class Images:
    """A registry. Its tags are written once: what is there already isn't built again."""

    ecr: Any
    platform: str  # linux/amd64, or linux/arm64 where the stage's tasks are of that kind
    repository: str  # with the registry's host: 111111111111.dkr.ecr.us-east-1.amazonaws.com/frontrow-staging

    def has(self, tag: str) -> bool:
        """Whether the registry has an image under this tag."""
        name = self.repository.partition("/")[2]
        try:
            self.ecr.describe_images(repositoryName=name, imageIds=[{"imageTag": tag}])
        except self.ecr.exceptions.ImageNotFoundException:
            return False
        return True

    def build_and_push(self, tag: str) -> None:
        """Raises DeploymentError when Docker refuses."""
        if self.has(tag):
            return
        name = f"{self.repository}:{tag}"
        docker("build", "--platform", self.platform, "--tag", name, str(ROOT))
        self._log_in()
        docker("push", "--quiet", name)

    def take_pages(self, tag: str, folder: Path) -> None:
        """Write the pages of an image into ``folder``: so they are of the same build as the app."""
        self._log_in()
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        container = docker("create", "--platform", self.platform, f"{self.repository}:{tag}").strip().splitlines()[-1]
        try:
            docker("cp", f"{container}:{PAGES}", str(folder))
        finally:
            docker("rm", container)

    def _log_in(self) -> None:
        [token] = self.ecr.get_authorization_token()["authorizationData"]
        user, _, password = base64.b64decode(token["authorizationToken"]).decode().partition(":")
        host = self.repository.partition("/")[0]
        docker("login", "--username", user, "--password-stdin", host, said=password)


def docker(*words: str, said: str = "") -> str:
    """What Docker answers. Raises DeploymentError when it refuses, or isn't there."""
    if (found := shutil.which("docker")) is None:
        raise DeploymentError("Docker isn't installed here, and the image is built with it")
    done = subprocess.run([found, *words], input=said, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise DeploymentError(f"docker {words[0]} failed; what it says stands above")
    return done.stdout
