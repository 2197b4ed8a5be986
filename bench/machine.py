"""What this machine's host gave it, for figures and tests that must not judge the neighbours."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")


def machine_time() -> tuple[int, int]:
    """Ticks of all cores so far, and those that the host gave to other machines meanwhile ("steal" in proc(5)).

    Both are 0 where no kernel tells.
    """
    try:
        told = Path("/proc/stat").read_text().partition("\n")[0]
    except OSError:
        return 0, 0
    cores = [int(ticks) for ticks in told.split()[1:9]]
    return sum(cores), cores[7]


def seconds_taken() -> float:
    """Seconds, over all cores on average, that the host has given to others since this machine began."""
    return machine_time()[1] / os.sysconf("SC_CLK_TCK") / (os.cpu_count() or 1)


@dataclass(frozen=True)
class Run(Generic[T]):
    """What a run found, and the share of the cores' time that the host took away meanwhile."""

    found: T
    stolen: float


def calmest(
    measure: Callable[[], T],
    tell: Callable[[int, Run[T]], None],
    *,
    runs: int,
    tries: int,
    most_stolen: float,
    prepare: Callable[[], None] = lambda: None,
) -> list[Run[T]]:
    """The ``runs`` runs that lost least to the host, after ``tries`` at most. A guest among others on its host isn't
    always given its cores: such a run says more of the neighbours than of us. They are chosen by that alone, never by
    how they came out.
    """
    done: list[Run[T]] = []
    while len(done) < tries and sum(run.stolen <= most_stolen for run in done) < runs:
        prepare()
        all_before, stolen_before = machine_time()
        found = measure()
        all_after, stolen_after = machine_time()
        done.append(Run(found, (stolen_after - stolen_before) / max(all_after - all_before, 1)))
        tell(len(done), done[-1])
    return sorted(done, key=lambda run: run.stolen)[:runs]
