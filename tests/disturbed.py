"""A second chance for a test whose machine was taken away under it, and for no other.

A guest among others on its host may stand still for seconds. What a test then sees (a lease that ran out, a picture
that came late) says nothing of Frontrow. Such a failure is begun anew, once, and the summary names it with its
traceback; on a machine that keeps its cores every failure counts at once.
"""

import functools
from collections.abc import Iterable

import pytest
from bench.machine import machine_time

DISTURBED = 0.05
"""The share of the cores' time from which on a failure is the host's: on a calm machine it stays under 0.01."""

_before = pytest.StashKey[tuple[int, int]]()


def disturbed(item: pytest.Item) -> bool:
    """Whether the host took :data:`DISTURBED` or more of the cores since this test began, its fixtures included."""
    all_before, stolen_before = item.stash[_before]
    all_now, stolen_now = machine_time()
    return (stolen_now - stolen_before) / max(all_now - all_before, 1) >= DISTURBED


def pytest_configure(config: pytest.Config) -> None:
    config.option.rerun_show_tracebacks = True


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    for item in items:
        item.add_marker(pytest.mark.flaky(reruns=1, condition=functools.partial(disturbed, item)))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    item.stash[_before] = machine_time()
