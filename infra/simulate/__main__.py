"""``make simulate``: take the bench's latest figures, play the crowds, and write docs/scaling.md and its chart."""

import sys

from infra.generated import DOCS, refresh
from infra.simulate.chart import chart
from infra.simulate.crowd import Costs
from infra.simulate.inputs import Assumed, Measured, measured, take_over
from infra.simulate.policy import Policy, policy
from infra.simulate.report import cases, ends, inputs, steps, two
from infra.stage import PRODUCTION
from infra.written import write

FILE, CHART = DOCS / "scaling.md", DOCS / "scaling.svg"


def made(rules: Policy, found: Measured, per_address: int) -> dict[str, str]:
    """The document's parts by name; the chart is called ``chart``."""
    assumed = Assumed()
    costs = Costs.of(found, assumed)
    return {
        "cases": cases(rules, costs, assumed),
        "steps": steps(rules, costs, assumed),
        "limits": ends(rules, found, assumed, costs, per_address),
        "inputs": inputs(found, assumed),
        "chart": chart(*two(rules, costs, assumed)),
    }


def main() -> None:
    """Print the tables and write the document. ``--kept``: with the figures that were taken over before."""
    found = measured() if "--kept" in sys.argv else take_over()
    parts = made(policy(write(PRODUCTION)), found, PRODUCTION.requests_per_address)
    CHART.write_text(parts.pop("chart"))
    refresh(FILE, parts)
    for text in parts.values():
        sys.stdout.write(f"\n{text}\n")


if __name__ == "__main__":
    main()
