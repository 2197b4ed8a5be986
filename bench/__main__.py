"""``make bench``: measure everything, or what is named; put it into ``results/latest.json``; show a table."""

import resource
import sys
import time
from collections.abc import Callable

from bench import rows
from bench.figures import (
    frames,
    holds,
    listing,
    memory,
    pages,
    purchases,
    search,
    snapshot,
    sockets,
    starts,
    statements,
)
from bench.rows import Row
from bench.stage import Stage, say, without_settings

FIGURES: dict[str, Callable[[Stage], list[Row]]] = {
    # What wants a quiet machine comes first, what leaves much behind comes last.
    "starts": starts.measure,
    "memory": memory.measure,
    "pages": pages.measure,
    "statements": statements.measure,
    "listing": listing.measure,
    "search": search.measure,
    "snapshot": snapshot.measure,
    "sockets": sockets.measure,
    "frames": frames.measure,
    "holds": holds.measure,
    "purchases": purchases.measure,
}


def main(words: list[str]) -> int:
    """Run the named figures (``holds``, or a row's name such as ``holds.64``), or all. Returns the exit code."""
    names = [word.partition(".")[0] for word in words] or list(FIGURES)
    unknown = [name for name in names if name not in FIGURES]
    if unknown:
        print(f"There is no figure {', '.join(unknown)}. There are: {', '.join(FIGURES)}.")
        return 2
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    without_settings()
    began = time.monotonic()
    stage, fresh = Stage(), []
    try:
        for name, measure in FIGURES.items():
            if name in names:
                fresh += measure(stage)
    finally:
        stage.close()
    merged = rows.merge(fresh)
    say(f"measured in {time.monotonic() - began:.0f} s")
    rows.show(merged)
    return 0 if all(found.met for found in merged) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
