"""Who gets a second chance: only a test that failed while the host took the machine away."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

FAILS_ONCE = """
runs = []


def test_that_fails_at_first():
    runs.append(1)
    assert len(runs) > 1
"""
ALWAYS_FAILS = "def test_that_fails(): assert False"


def taking(share: float) -> str:
    """A conftest in which the host takes ``share`` of each thousand ticks."""
    return f"""
import itertools
from tests import disturbed

asked = itertools.count()


def machine_time():
    now = 1000 * next(asked)
    return now, int({share} * now)


def pytest_configure(config):
    disturbed.machine_time = machine_time
    config.pluginmanager.register(disturbed)
"""


@pytest.mark.parametrize(
    ("share", "test", "seen"),
    [
        (0.2, FAILS_ONCE, {"passed": 1, "rerun": 1}),
        (0.2, ALWAYS_FAILS, {"failed": 1, "rerun": 1}),
        (0.01, FAILS_ONCE, {"failed": 1}),
    ],
    ids=["disturbed", "disturbed and wrong", "calm"],
)
def test_only_a_disturbed_failure_is_begun_anew(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, share: float, test: str, seen: dict[str, int]
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    pytester.makeconftest(taking(share))
    pytester.makepyfile(test)
    ended = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    assert {name: count for name, count in ended.parseoutcomes().items() if name != "warnings"} == seen
    if "rerun" in seen:
        ended.stdout.fnmatch_lines(["*rerun test summary info*", "*assert*"])
