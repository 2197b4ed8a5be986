"""``python -m infra.image``: make the bases, build the Dockerfile, try the image, tell its size. Needs root."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from infra.image import bases
from infra.image.buildah import Buildah, CannotBuildError, require_a_fit_machine
from infra.image.check import NotGoodError, try_out
from infra.image.container import Image, say

HERE = Path(__file__).parents[2]
NAME = "localhost/frontrow"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def registries(work: Path) -> dict[Path, str]:
    """Where this machine gets packages from, as files for the build's steps: pip's index, npm's registry, certificates.

    They are mounted and not copied, so the image doesn't have them, and the Dockerfile knows nothing of them.
    """
    pip = [
        f"{name} = {value}"
        for name in ("index-url", "cert", "proxy")
        if (value := _said(sys.executable, "-m", "pip", "config", "get", f"global.{name}"))
    ]
    (work / "pip.conf").write_text("\n".join(["[global]", *pip, ""]))
    npm = _said(sys.executable, "-m", "frontrow.local.nodeweb", "config", "get", "registry")
    lines = [f"registry={npm.splitlines()[-1]}"] if npm else []
    (work / "npmrc").write_text("\n".join([*lines, f"cafile={CERTIFICATES}", ""]))
    found = {work / "pip.conf": "/etc/pip.conf", work / "npmrc": "/root/.npmrc"}
    return {**found, CERTIFICATES: str(CERTIFICATES)} if CERTIFICATES.exists() else found


def _said(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=False, cwd=HERE).stdout.strip()


def main() -> int:
    """0 when the image is good, 1 when it isn't, 2 when this machine can't tell."""
    try:
        require_a_fit_machine()
    except CannotBuildError as why:
        say(f"The image can't be built on this machine: {why}")
        return 2
    work = Path(tempfile.mkdtemp(prefix="frontrow-image-"))
    work.chmod(0o755)  # the database's user has to come through
    buildah = Buildah(work / "store")
    times: list[str] = []

    def done(what: str, began: float) -> None:
        times.append(f"{what} {time.monotonic() - began:.0f} s")

    try:
        began = time.monotonic()
        bases.make(buildah, bases.bases_of((HERE / "Dockerfile").read_text()), work)
        done("bases", began)
        began = time.monotonic()
        buildah.build(HERE, NAME, registries(work))
        done("build", began)
        began = time.monotonic()
        image = Image(buildah.unpacked(NAME), buildah.config(NAME))
        try_out(image, work / "home")
        done("trying it", began)
        base = Image(buildah.unpacked(bases.bases_of((HERE / "Dockerfile").read_text())[0]), {})
        say(f"The image is good: {image.size_mb()} MB unpacked, {base.size_mb()} of them the base. {', '.join(times)}.")
    except (CannotBuildError, NotGoodError) as why:
        say(f"The image isn't good: {why}")
        return 1
    finally:
        if os.environ.get("FRONTROW_KEEP_IMAGE"):
            say(f"kept in {work}")
        else:
            shutil.rmtree(work, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
