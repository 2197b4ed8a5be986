"""Where each part of the architecture ends, in figures, and what the next step past it is."""

from infra.simulate.crowd import Costs
from infra.simulate.inputs import Assumed, Measured
from infra.simulate.policy import Policy

NAT_CONNECTIONS = 55_000
"""AWS' own: simultaneous connections of a NAT gateway to one address and port."""

EDGE_PER_S = 250_000
"""AWS' own: requests a second of a distribution, unless more is asked for."""

FARGATE_PER_S = 20
"""AWS' own: tasks that may be started a second in a large region, after the first hundred."""


def limits(
    rules: Policy, measured: Measured, assumed: Assumed, costs: Costs, per_address: int
) -> list[tuple[str, str, str, str]]:
    """Rows: the part, where it ends, how that is reckoned, and what comes next."""
    database = rules.database_vcpu * assumed.vcpu * assumed.busy_most / costs.database
    sockets = rules.task_vcpu * assumed.vcpu * assumed.fan_out_most / costs.socket
    memory = (1024 - 128 - measured.app_mb) * 1000 / assumed.socket_kb
    processes = rules.connections // rules.pool
    today = rules.most + rules.worker_most
    buyers = int(per_address / assumed.reads)
    return [
        (
            "database, connections",
            f"{processes} processes",
            f"{rules.connections} connections, {rules.pool} a process; at the most {today} run today, {2 * today} in "
            "a deployment",
            "RDS Proxy (a setting), a smaller pool, or a larger class",
        ),
        (
            "database, CPU",
            f"{database:,.0f} a second come to the map, {database * assumed.buys * 60:,.0f} purchases a minute",
            "a purchase's and a hold's share of CPU, as the bench measured them, on 2 vCPU; and a t3 pays for what it "
            "uses above a fifth of them",
            "an m-class, one word in the stage; then one database for each hall of events: nothing joins two of them",
        ),
        (
            "WebSockets of a task",
            f"{sockets:,.0f} in a rush, {memory:,.0f} in a calm",
            f"{measured.last_of_1000_ms:g} ms for a thousand frames, as measured, in half of {rules.task_vcpu:g} vCPU; "
            f"with more the app gathers changes longer. In a calm memory counts, at {assumed.socket_kb:g} kB",
            "tasks of 1 vCPU (one process uses no more), more tasks, then sockets as a service of their own: one call",
        ),
        (
            "Redis, fan-out",
            f"{rules.most} copies of each change",
            "every task with a map open hears of every change; a node carries some ten thousand a second. What ends "
            "first on a t3.micro is its network: about 64 Mbit/s when its credits are gone",
            "a larger node, or more shards: performances spread over them",
        ),
        (
            "NAT gateway",
            f"{NAT_CONNECTIONS:,} connections to Stripe",
            f"connections are kept and used again: {today} processes with some ten each",
            "nothing is near; a second address for the gateway",
        ),
        (
            "firewall",
            f"{buyers:,} people behind one address in five minutes",
            f"{per_address:,} requests an address, {assumed.reads:g} for each who comes; a university has one address",
            "a higher limit for the hour of a sale, or a limit by session",
        ),
        (
            "load balancer",
            "what it was yesterday, twice over in five minutes",
            "it grows by itself, and not at once; AWS publishes no figure",
            "reserve capacity units before a sale that is known",
        ),
        (
            "edge",
            f"{EDGE_PER_S:,} requests a second",
            "AWS' own limit of a distribution; pages and pictures are answered there",
            "ask AWS for more before the sale; the waiting room's page must come from here",
        ),
        (
            "new tasks",
            f"{assumed.metric_late_s + 60 * assumed.breaches + assumed.start_s:,.0f} s after the crowd",
            f"{assumed.breaches} minutes above the target, a minute for the figures, {assumed.start_s:g} s to start; "
            f"Fargate itself starts {FARGATE_PER_S} a second",
            "on_sales in the stage: they are there before",
        ),
    ]
