"""The bill as a person reads it: Markdown, printed by ``make cost`` and kept in ``docs/cost.md``."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from infra.cost.bill import Bill, bill
from infra.cost.options import OPTIONS, optimised
from infra.cost.original import BAND, LINES, OPTIMISED, WHY
from infra.cost.prices import price_list
from infra.cost.usage import PEAK, QUIET
from infra.stage import Stage
from infra.written import Written, write


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines)


def dollars(usd: float) -> str:
    """``$437.50``, or ``−$15.00``."""
    return f"{'−' if usd < -0.005 else ''}${abs(usd):,.2f}"


def lines(one: Bill) -> str:
    """Every line that costs a cent or more, lines of the same name put together; the rest summed up."""
    summed: dict[tuple[str, str, str], tuple[float, float]] = {}
    for line in one.lines:
        key = (line.group, line.what, line.unit)
        quantity, usd = summed.get(key, (0.0, 0.0))
        summed[key] = (quantity + line.quantity, usd + line.usd)
    order = list(one.groups())
    shown = sorted(
        ((key, much) for key, much in summed.items() if much[1] >= 0.005), key=lambda pair: order.index(pair[0][0])
    )
    rows = [[group, what, f"{quantity:,.2f} {unit}", dollars(usd)] for (group, what, unit), (quantity, usd) in shown]
    rest = one.total - sum(usd for _, (_, usd) in shown)
    rows.append(["", f"{len(summed) - len(shown)} below a cent", "", dollars(rest)])
    rows.append(["**a month**", "", "", f"**{dollars(one.total)}**"])
    return table(["service", "what", "quantity", "a month"], rows)


def beside(one: Bill) -> str:
    """The original's eleven lines and those it hasn't, each with ours and the reason for a difference."""
    groups = one.groups()
    rows = []
    for name, theirs in LINES.items():
        said = "?" if theirs is None else f"${theirs[0]}–{theirs[1]}"
        rows.append([name, said, dollars(groups.pop(name, 0.0)), WHY.get(name, "")])
    rows += [[name, "no line", dollars(usd), WHY.get(name, "")] for name, usd in groups.items()]
    rows.append(["**all**", f"**${BAND[0]}–{BAND[1]}**", f"**{dollars(one.total)}**", ""])
    return table(["service", "the original", "ours", "why"], rows)


def sums(production: Written, cheaper: Written) -> str:
    """The baseline, the optimised ways of it, and the peak."""
    base = bill(production).total
    band, less = f"${BAND[0]}–{BAND[1]}", f"${OPTIMISED[0]}–{OPTIMISED[1]}"
    most = "all month at the most: 10 web tasks, 6 workers, 3 replicas, 300,000 tickets"
    rows = [
        ("as it is", band, base, "by the hour; the default of infra/stage.py"),
        ("as it is, three years", "", bill(production, QUIET, "three_years").total, "no setting turned"),
        ("Graviton, Valkey, one NAT gateway", "", bill(cheaper).total, "by the hour"),
        ("… and one year", less, bill(cheaper, QUIET, "one_year").total, _term("one_year")),
        ("… and three years", less, bill(cheaper, QUIET, "three_years").total, _term("three_years")),
        ("peak", "", bill(production, PEAK).total, most),
    ]
    return table(
        ["", "the original", "a month", "against ours", "terms"],
        [[name, said, dollars(usd), f"{(usd / base - 1) * 100:+.0f} %", why] for name, said, usd, why in rows],
    )


def _term(name: str) -> str:
    term = price_list().terms[name]
    shares = ", ".join(f"{kind} −{float(term[kind]) * 100:.0f} %" for kind in ("fargate", "rds", "cache"))
    return f"{term['what']} ({shares})"


def by_tickets(production: Written) -> str:
    """What a thousand tickets cost, by how many are sold in a month; the last column is what one more thousand adds."""
    rows = []
    for tickets, load in ((5_000, 0.0), (20_000, 0.0), (100_000, 0.1), (300_000, 0.3)):
        usage = replace(QUIET, tickets=tickets, load=load)
        total, more = (bill(production, replace(usage, tickets=count)).total for count in (tickets, tickets + 1000))
        rows.append(
            [
                f"{tickets:,}",
                f"{load * 100:.0f} %",
                dollars(total),
                dollars(total / tickets * 1000),
                dollars(more - total),
            ]
        )
    return table(["tickets a month", "of the range of tasks", "a month", "for 1,000 tickets", "1,000 more"], rows)


def options(stage: Stage, production: Written) -> str:
    """Each option's difference. It writes the templates once for each, which takes some seconds a piece."""
    base = bill(production).total
    rows = []
    for option in OPTIONS:
        more = bill(write(option.turn(stage))).total - base
        rows.append([option.name, f"`{option.setting}`", f"{dollars(more)}", option.gains, option.costs])
    return table(["option", "in infra/stage.py", "a month", "gains", "costs"], rows)


def whole(production: Written) -> dict[str, str]:
    """The sections by name, without the options."""
    return {
        "sums": sums(production, write(optimised(production.stage))),
        "beside": beside(bill(production)),
        "tickets": by_tickets(production),
        "lines": lines(bill(production)),
    }
