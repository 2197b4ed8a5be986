"""``frontrow migrate`` as a task that a deployment runs once, before anything that needs the new schema is rolled.

It has a stack of its own, so that at the first deployment no worker starts before there is a schema.
"""

from typing import Any

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from infra.network import PRIVATE
from infra.service import House, log_group, task_definition
from infra.stage import Tasks


class Migration(Stack):
    """The task, and what it takes to start it."""

    def __init__(self, scope: Construct, house: House, **kwargs: Any) -> None:
        super().__init__(scope, house.stage.name_of("migration"), **kwargs)
        part = Construct(self, "Migration")
        self.definition = task_definition(part, "migration", house, ["migrate"], Tasks(), log_group(part, house.stage))
        self.family, self.cluster = self.definition.family, house.cluster.cluster.cluster_name
        subnets = house.cluster.vpc.select_subnets(subnet_group_name=PRIVATE)
        CfnOutput(self, "Cluster", value=self.cluster)
        CfnOutput(self, "Task", value=self.family)
        CfnOutput(self, "Subnets", value=",".join(subnets.subnet_ids))
        CfnOutput(self, "Group", value=house.cluster.tasks_group.security_group_id)
