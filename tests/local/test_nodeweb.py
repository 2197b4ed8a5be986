"""Pages are built when their contents changed, and packages installed when one is missing."""

import json
from pathlib import Path

import pytest

from frontrow.local.nodeweb import WebBuild, digest
from frontrow.local.process import ProcessFailedError

BUILD = "const fs=require('fs'); fs.mkdirSync('dist',{recursive:true}); fs.appendFileSync('dist/built','x')"


def _web(folder: Path, script: str = BUILD) -> Path:
    """A checkout's pages without any package, whose build leaves a mark."""
    web = folder / "web"
    (web / "src").mkdir(parents=True)
    (web / "build.cjs").write_text(script)
    package = {"name": "pages", "version": "1.0.0", "scripts": {"build": "node build.cjs"}, "dependencies": {}}
    (web / "package.json").write_text(json.dumps(package))
    (web / "src" / "page.ts").write_text("one")
    # npm itself writes no list of packages for a project that has none.
    (web / "package-lock.json").write_text(json.dumps({"lockfileVersion": 3, "packages": {"": package}}))
    (web / "node_modules").mkdir()
    (web / "node_modules" / ".package-lock.json").write_text(json.dumps({"packages": {"node_modules/a": {}}}))
    return web


def test_a_build_runs_only_when_contents_changed(tmp_path: Path) -> None:
    web = _web(tmp_path)
    build = WebBuild(web, tmp_path / "log")
    assert build.build()
    assert not build.build()
    (web / "src" / "page.ts").touch()
    (web / "dist" / "other").write_text("not a source")
    assert build.is_current()
    (web / "src" / "page.ts").write_text("two")
    assert not build.is_current()
    assert build.build()
    assert (web / "dist" / "built").read_text() == "xx"


def test_a_renamed_source_is_a_change(tmp_path: Path) -> None:
    web = _web(tmp_path)
    before = digest(web)
    (web / "src" / "page.ts").rename(web / "src" / "pages.ts")
    assert digest(web) != before


def test_a_failed_build_is_not_current_and_says_why(tmp_path: Path) -> None:
    build = WebBuild(_web(tmp_path, "throw new Error('no such colour')"), tmp_path / "log")
    with pytest.raises(ProcessFailedError, match="no such colour"):
        build.build()
    assert not build.is_current()


@pytest.mark.parametrize(
    ("there", "installed", "to_build"),
    [
        ({}, False, False),
        ({"a": "1.0.0"}, False, True),
        ({"a": "1.0.0", "test": "2.0.0"}, True, True),
        ({"a": "1.0.1", "test": "2.0.0"}, False, False),
    ],
)
def test_installed_means_every_package_in_its_version(
    tmp_path: Path, there: dict[str, str], installed: bool, to_build: bool
) -> None:
    web = _web(tmp_path)
    wanted = {
        "": {"name": "pages"},
        "node_modules/a": {"version": "1.0.0"},
        "node_modules/test": {"version": "2.0.0", "dev": True},
        "node_modules/other-platform": {"version": "3.0.0", "optional": True},
    }
    (web / "package-lock.json").write_text(json.dumps({"packages": wanted}))
    packages = {f"node_modules/{name}": {"version": version} for name, version in there.items()}
    (web / "node_modules" / ".package-lock.json").write_text(json.dumps({"packages": packages}))
    build = WebBuild(web, tmp_path / "log")
    assert build.is_installed() == installed
    assert build.is_installed(to_build=True) == to_build
