"""``make cost``: what a month costs, and what each option would change. It also brings docs/cost.md up to date."""

import sys

from infra.cost.report import options, whole
from infra.generated import DOCS, refresh
from infra.stage import PRODUCTION
from infra.written import write

TITLES = {
    "lines": "Line by line",
    "beside": "Beside the original",
    "sums": "In all",
    "tickets": "A thousand tickets",
    "options": "Each option",
}


def main() -> None:
    """Print every section, and write them into the document."""
    production = write(PRODUCTION)
    parts = {**whole(production), "options": options(PRODUCTION, production)}
    for name, title in TITLES.items():
        sys.stdout.write(f"\n{title}\n\n{parts[name]}\n")
    refresh(DOCS / "cost.md", parts)


if __name__ == "__main__":
    main()
