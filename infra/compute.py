"""The stateless part: the app and the worker."""

from typing import Any

from aws_cdk import Stack
from constructs import Construct

from infra.scaling import scale_web, scale_worker
from infra.service import BehindBalancer, House, Service

PAGE_PATHS = ("/", "/events/*", "/organisers/*")
"""Pages whose heads the app writes, for those who read them without running them."""

APP_PATHS = ("/api/*", "/ws/*", *PAGE_PATHS)


class Web(Stack):
    """``frontrow serve`` behind the load balancer."""

    def __init__(self, scope: Construct, house: House, **kwargs: Any) -> None:
        super().__init__(scope, house.stage.name_of("web"), **kwargs)
        self.service = Service(self, "Web", house, ["serve"], house.stage.web, blue_green=house.stage.blue_green)
        self.behind = BehindBalancer(self, "Paths", self.service, house.cluster, APP_PATHS, priority=10)
        scale_web(self.service, self.behind.group)


class Worker(Stack):
    """``frontrow worker``."""

    def __init__(self, scope: Construct, house: House, **kwargs: Any) -> None:
        super().__init__(scope, house.stage.name_of("worker"), **kwargs)
        self.service = Service(self, "Worker", house, ["worker"], house.stage.worker)
        scale_worker(self.service, house.queue.jobs, house.cluster.cluster.cluster_name)
