"""How much is done in a month. None of it stands in a template, and none was measured on AWS: these are assumptions.

Each is written as so much a ticket, so that a month with more tickets is another month and not another guess.
"""

from dataclasses import dataclass

ORDER_TICKETS = 2.0
"""Tickets of an order, as the bench buys them."""

MAILS_PER_ORDER = 2.0


@dataclass(frozen=True)
class Usage:
    """A month. GB are 10^9 bytes; ``load`` is where each service stands between its least (0) and most (1) tasks."""

    tickets: int = 20_000
    load: float = 0.0
    replicas: int = 1
    visits_per_ticket: float = 20.0  # most who look don't buy
    edge_requests_per_visit: float = 30.0  # files of the page, pictures and what goes to the app
    app_requests_per_visit: float = 8.0
    mb_per_visit: float = 1.5  # to the viewer, most of it kept at the edge and by the browser
    log_kb_per_app_request: float = 0.7
    traced: float = 0.05  # telemetry.sample_ratio
    nat_kb_per_order: float = 60.0  # Stripe, mail, queue and secrets; logs are added
    database_gb: float = 20.0
    pictures_gb: float = 5.0
    images: int = 30  # as many as the registry keeps
    image_gb: float = 0.15  # zipped, layers shared
    deployments: int = 20

    @property
    def orders(self) -> float:
        return self.tickets / ORDER_TICKETS

    @property
    def visits(self) -> float:
        return self.tickets * self.visits_per_ticket

    @property
    def edge_millions(self) -> float:
        """Requests at the edge, in millions."""
        return self.visits * self.edge_requests_per_visit / 1e6

    @property
    def app_millions(self) -> float:
        """Requests that reach the app, in millions."""
        return self.visits * self.app_requests_per_visit / 1e6

    @property
    def out_gb(self) -> float:
        return self.visits * self.mb_per_visit / 1e3

    @property
    def logs_gb(self) -> float:
        """Two lines a request, one of the app and one of the collector or a timer; 2 GB come whatever happens."""
        return 2.0 + self.app_millions * self.log_kb_per_app_request

    @property
    def nat_gb(self) -> float:
        """What tasks send and fetch outside: with the logs, which go out as everything else does."""
        return self.orders * self.nat_kb_per_order / 1e6 + self.logs_gb

    def between(self, least: float, most: float) -> float:
        """How many tasks run, all month long."""
        return least + self.load * (most - least)


QUIET = Usage()
"""A month of a house with 20,000 tickets: the least of everything is enough."""

PEAK = Usage(tickets=300_000, load=1.0, replicas=3, database_gb=100.0, pictures_gb=50.0)
"""A month in which everything is at its most from its first hour to its last: an upper end, and not a forecast."""
