"""buildah without a daemon, with a store of its own that goes when the work is done."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOOLS = ("buildah", "mmdebstrap", "unshare", "chroot")
"""Programs that have to be there; all are in Debian's packages of the same names, or in its core."""


class CannotBuildError(RuntimeError):
    """This machine can't build images, and why."""


def require_a_fit_machine() -> None:
    """Raises CannotBuildError without root, without the programs, or where nothing may be mounted."""
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        raise CannotBuildError(f"not installed: {', '.join(missing)} (apt-get install buildah mmdebstrap)")
    tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        raise CannotBuildError(f"nothing may be mounted here: {tried.stderr.strip()}")


@dataclass(frozen=True)
class Buildah:
    """Commands on one store. All raise CalledProcessError when buildah refuses."""

    store: Path

    def _command(self, words: Sequence[str]) -> list[str]:
        places = ["--root", str(self.store / "root"), "--runroot", str(self.store / "run")]
        return ["buildah", *places, "--storage-driver", "vfs", *words]

    def say(self, *words: str) -> str:
        """What buildah answers."""
        return subprocess.run(
            self._command(words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True
        ).stdout.strip()

    def commit(self, container: str, name: str) -> None:
        """Make an image of a working container, which goes."""
        self.say("commit", "--quiet", "--format", "docker", "--rm", container, name)

    def build(self, folder: Path, name: str, mounted: dict[Path, str]) -> None:
        """Build ``folder``'s Dockerfile. ``mounted``: files here that its steps see, and the image hasn't."""
        seen = [word for file, place in mounted.items() for word in ("--volume", f"{file}:{place}:ro")]
        subprocess.run(
            self._command(
                [
                    *("build", "--isolation", "chroot", "--pull-never", "--format", "docker", "--tag", name),
                    *(*seen, str(folder)),
                ]
            ),
            check=True,
        )

    def config(self, name: str) -> dict[str, Any]:
        """What the image says of itself: ``User``, ``Env``, ``Entrypoint``, ``Cmd``, ``Healthcheck``, ``Volumes``."""
        found: dict[str, Any] = json.loads(self.say("inspect", "--type", "image", name))["Docker"]["config"]
        return found

    def unpacked(self, name: str) -> Path:
        """The image's files, in a folder of the store."""
        return Path(self.say("mount", self.say("from", "--pull-never", name)))
