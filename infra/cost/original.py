"""What the original architecture's document says of cost, as far as it is known here, so that ours can stand beside it.

Its table has eleven lines. Of them this repository knows only Redis'; the others are ``None``, which is printed as "?",
and a figure put in here appears in the table.
"""

from infra.cost import rules

BAND = (250, 500)
OPTIMISED = (150, 300)

LINES: dict[str, tuple[int, int] | None] = {
    rules.FRONT: None,
    rules.BALANCER: None,
    rules.TASKS: None,
    rules.DATABASE: None,
    rules.REDIS: (15, 30),
    rules.QUEUE: None,
    rules.SECRETS: None,
    rules.WATCHING: None,
    rules.NAMES: None,
    rules.BACKUPS: None,
    rules.IMAGES: None,
}
"""Eleven lines, by our names for them: dollars a month, from and to."""

WHY: dict[str, str] = {
    rules.DATABASE: "two machines for one (Multi-AZ) and a replica: three times one db.t3.medium",
    rules.REDIS: "two shards with a replica each are four nodes; 15 to 30 buy one or two",
    rules.TASKS: "two web tasks and two workers, all month; the workers are a service of their own",
    rules.NAT: "no line there. Private subnets need a way out (Stripe, mail), and two zones need two of them",
    rules.FIREWALL: "no line there, though rate rules were asked for",
    rules.WATCHING: "Container Insights gives the figure that workers are scaled by",
    rules.BACKUPS: "the daily copies in a vault; RDS' own backups are free up to the size of the database",
    rules.MAIL: "SES, by the mail; no resource of a template",
    rules.FUNCTIONS: "a few hundred short runs a month: within what is free",
}
"""Where ours is another, and why."""
