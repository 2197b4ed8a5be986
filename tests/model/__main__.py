"""``python -m tests.model``: search the protocol's model, or hunt its mutants, and say what was seen."""

import argparse
import sys

from tests.model.configs import THREE, TWO
from tests.model.mutants import BY_NAME, MUTANTS, hunt
from tests.model.search import Found, Search


def main(arguments: list[str]) -> int:
    """Returns the exit code: 0 when the protocol holds and every mutant is caught."""
    parser = argparse.ArgumentParser(prog="python -m tests.model", description=__doc__)
    parser.add_argument("--buyers", type=int, choices=(2, 3), default=2)
    parser.add_argument("--config", help="only this configuration")
    parser.add_argument("--mutants", action="store_true", help="search without one guard, for every guard")
    parser.add_argument(
        "--mutant", "--show", metavar="NAME", choices=sorted(BY_NAME), help="its shortest counterexample"
    )
    wanted = parser.parse_args(arguments)
    if wanted.mutant:
        return _show(wanted.mutant)
    if wanted.mutants:
        return _mutants()
    return _search(wanted.buyers, wanted.config)


def _search(buyers: int, name: str | None) -> int:
    bad = 0
    for config in TWO if buyers == 2 else THREE:
        if name in (None, config.name):
            found = Search(config).run()
            _say(found.line())
            bad += found.broken is not None
            _tell(found)
    return min(bad, 1)


def _mutants() -> int:
    survived = 0
    for mutant in MUTANTS:
        found = hunt(mutant)
        survived += found.broken is None
        _say(f"{mutant.name:<27} {found.depth:>3} steps  {found.broken or 'SURVIVED'}")
    _say(f"{len(MUTANTS)} mutants, {survived} survived")
    return min(survived, 1)


def _show(name: str) -> int:
    mutant = BY_NAME[name]
    _say(f"Without the guard: {mutant.without}.\n")
    found = hunt(mutant)
    _tell(found)
    return int(found.broken is None)


def _tell(found: Found) -> None:
    if found.broken is not None:
        _say("\n".join((*found.trace, f"broken: {found.broken}")))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
