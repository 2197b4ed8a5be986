"""What may be chosen otherwise, each with what it changes. The values of the original stay the default."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from infra.stage import Stage, on_graviton, on_valkey, with_proxy

Turn = Callable[[Stage], Stage]


@dataclass(frozen=True)
class Option:
    """A setting of ``infra/stage.py``; ``turn`` gives the stage that has it."""

    name: str
    setting: str
    gains: str
    costs: str
    turn: Turn


OPTIONS = (
    Option(
        "Graviton",
        "on_graviton(stage)",
        "the same sizes on ARM, a fifth cheaper for tasks, a tenth for the database",
        "the image has to be built for ARM, too",
        on_graviton,
    ),
    Option(
        "Valkey",
        "on_valkey(stage)",
        "a fifth less; the local stack has run on it from the first day",
        "it isn't the name that was asked for",
        on_valkey,
    ),
    Option(
        "Private load balancer",
        "private_balancer=True",
        "nobody reaches the app past the firewall; no public address",
        "CloudFront carries WebSockets this way only since May 2026; every request needs the edge",
        lambda stage: replace(stage, private_balancer=True),
    ),
    Option(
        "One NAT gateway",
        "nat_gateways=1",
        "one way out for half the price of two",
        "when its zone is lost, tasks of the other can't reach Stripe until somebody makes a second",
        lambda stage: replace(stage, nat_gateways=1),
    ),
    Option(
        "RDS Proxy",
        "with_proxy(stage)",
        "a change of zone in seconds, not minutes; more tasks than the database has connections",
        "our prepared statements pin a connection each, so it gathers less than it could",
        with_proxy,
    ),
    Option(
        "Blue/green",
        "blue_green=True",
        "a deployment is changed over whole, and taken back within seconds",
        "twice the web tasks for as long as a deployment takes (a quarter of an hour)",
        lambda stage: replace(stage, blue_green=True),
    ),
    Option(
        "Redis, next size",
        'Redis(node_type="cache.t3.small")',
        "1.4 GB a node instead of 0.5",
        "twice the price",
        lambda stage: replace(stage, redis=replace(stage.redis, node_type="cache.t3.small")),
    ),
    Option(
        "Database, next size",
        'Database(instance_class="t3.large")',
        "8 GB, twice the connections",
        "twice the price",
        lambda stage: replace(stage, database=replace(stage.database, instance_class="t3.large", max_connections=870)),
    ),
)


def optimised(stage: Stage) -> Stage:
    """What saves money and loses no function: ARM, Valkey, one NAT gateway. A term comes on top of it."""
    return replace(on_valkey(on_graviton(stage)), nat_gateways=1)
