"""``make cost``: what a month costs, and what each option would change. FRONTROW_STAGE chooses the stage.

For production it also brings docs/cost.md up to date.
"""

import os
import sys

from infra.cost.report import options, whole
from infra.generated import DOCS, refresh
from infra.stage import PRODUCTION, STAGES
from infra.written import write

TITLES = {
    "lines": "Line by line",
    "beside": "Beside the original",
    "sums": "In all",
    "tickets": "A thousand tickets",
    "options": "Each option",
}


def main() -> None:
    """Print every section; production's go into the document, too."""
    stage = STAGES[os.environ.get("FRONTROW_STAGE", PRODUCTION.name)]
    written = write(stage)
    parts = {**whole(written), "options": options(stage, written)}
    for name, title in TITLES.items():
        sys.stdout.write(f"\n{title}\n\n{parts[name]}\n")
    if stage is PRODUCTION:
        refresh(DOCS / "cost.md", parts)


if __name__ == "__main__":
    main()
