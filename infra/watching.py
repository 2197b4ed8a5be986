"""What is looked at: alarms that write to somebody, and one dashboard."""

from typing import Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cw
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.compute import Web, Worker
from infra.data import Data
from infra.queue import Queue
from infra.service import Service
from infra.stage import Stage

CPU_PERCENT = 80
ERROR_PERCENT = 5
CONNECTIONS_SHARE = 0.8
CREDITS_LEFT = 50
"""CPU credits. A t3.medium earns 24 an hour and keeps 576; below this it will soon pay extra for what it does."""

MINUTE, FIVE = Duration.minutes(1), Duration.minutes(5)


class Watching(Stack):
    """Alarms on what a buyer would notice, or would notice soon."""

    def __init__(
        self, scope: Construct, stage: Stage, data: Data, queue: Queue, web: Web, worker: Worker, **kwargs: Any
    ) -> None:
        super().__init__(scope, stage.name_of("watching"), **kwargs)
        self._stage = stage
        self.topic = sns.Topic(self, "Topic", topic_name=f"frontrow-{stage.name}-alarms", enforce_ssl=True)
        self.topic.add_subscription(subscriptions.EmailSubscription(stage.alarm_mail))
        self._alarm_on_services(web, worker)
        self._alarm_on_data(data, queue)
        self._draw(web, worker, data, queue)

    def _alarm(
        self,
        name: str,
        metric: cw.IMetric,
        threshold: float,
        *,
        below: bool = False,
        missing: cw.TreatMissingData = cw.TreatMissingData.NOT_BREACHING,
        periods: int = 3,
    ) -> None:
        """An alarm that writes when it begins and when it ends."""
        operator = cw.ComparisonOperator
        alarm = cw.Alarm(
            self,
            name,
            alarm_name=f"frontrow-{self._stage.name}-{name}",
            metric=metric,
            threshold=threshold,
            comparison_operator=operator.LESS_THAN_THRESHOLD if below else operator.GREATER_THAN_THRESHOLD,
            evaluation_periods=periods,
            treat_missing_data=missing,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))
        alarm.add_ok_action(actions.SnsAction(self.topic))

    def _alarm_on_services(self, web: Web, worker: Worker) -> None:
        for service in (web.service, worker.service):
            name = service.node.id
            self._alarm(f"{name}Cpu", service.service.metric_cpu_utilization(period=MINUTE), CPU_PERCENT)
            self._alarm(f"{name}Memory", service.service.metric_memory_utilization(period=MINUTE), CPU_PERCENT)
        self._alarm("ErrorRate", _error_rate(web.behind.group), ERROR_PERCENT)
        self._alarm(
            "NobodyHealthy",
            web.behind.group.metrics.healthy_host_count(period=MINUTE, statistic="Minimum"),
            1,
            below=True,
            missing=cw.TreatMissingData.BREACHING,
            periods=2,
        )

    def _alarm_on_data(self, data: Data, queue: Queue) -> None:
        connections = round(self._stage.database.max_connections * CONNECTIONS_SHARE)
        for name, instance in (("Database", data.database), ("Replica", data.replica)):
            self._alarm(f"{name}Cpu", instance.metric_cpu_utilization(period=MINUTE), CPU_PERCENT, periods=5)
            self._alarm(f"{name}Connections", instance.metric_database_connections(period=MINUTE), connections)
            self._alarm(f"{name}Credits", instance.metric("CPUCreditBalance", period=FIVE), CREDITS_LEFT, below=True)
        self._alarm("DatabaseStorage", data.database.metric_free_storage_space(period=FIVE), 5 * 1024**3, below=True)
        self._alarm("ReplicaLag", data.replica.metric("ReplicaLag", period=MINUTE, statistic="Maximum"), 30, periods=5)
        dead = queue.dead.metric_approximate_number_of_messages_visible(period=MINUTE)
        self._alarm("DeadLetters", dead, 0, periods=1)
        self._alarm("OldestJob", queue.jobs.metric_approximate_age_of_oldest_message(period=MINUTE), 300, periods=3)
        for name, what, threshold in (
            ("RedisCpu", "EngineCPUUtilization", CPU_PERCENT),
            ("RedisMemory", "DatabaseMemoryUsagePercentage", CPU_PERCENT),
        ):
            self._alarm(name, _redis(self._stage, what), threshold)

    def _draw(self, web: Web, worker: Worker, data: Data, queue: Queue) -> None:
        board = cw.Dashboard(self, "Dashboard", dashboard_name=f"frontrow-{self._stage.name}")
        for service in (web.service, worker.service):
            board.add_widgets(*_service_row(service))
        targets = web.behind.group.metrics
        board.add_widgets(
            cw.GraphWidget(title="Requests", width=8, left=[targets.request_count(period=MINUTE)]),
            cw.GraphWidget(title="Errors, %", width=8, left=[_error_rate(web.behind.group)]),
            cw.GraphWidget(title="Time to answer", width=8, left=[targets.target_response_time(statistic="p95")]),
        )
        board.add_widgets(
            cw.GraphWidget(
                title="Database: CPU, connections",
                width=8,
                left=[data.database.metric_cpu_utilization(), data.replica.metric_cpu_utilization()],
                right=[data.database.metric_database_connections()],
            ),
            cw.GraphWidget(title="Redis: CPU", width=8, left=[_redis(self._stage, "EngineCPUUtilization")]),
            cw.GraphWidget(
                title="Queue: waiting, dead",
                width=8,
                left=[
                    queue.jobs.metric_approximate_number_of_messages_visible(),
                    queue.dead.metric_approximate_number_of_messages_visible(),
                ],
            ),
        )


def _service_row(service: Service) -> list[cw.GraphWidget]:
    name, made = service.node.id, service.service
    return [
        cw.GraphWidget(title=f"{name}: CPU, %", width=12, left=[made.metric_cpu_utilization(period=MINUTE)]),
        cw.GraphWidget(title=f"{name}: memory, %", width=12, left=[made.metric_memory_utilization(period=MINUTE)]),
    ]


def _error_rate(group: elb.ApplicationTargetGroup) -> cw.MathExpression:
    """Percent of the app's answers that are its own fault."""
    return cw.MathExpression(
        expression="100 * errors / requests",
        label="Errors, %",
        period=MINUTE,
        using_metrics={
            "errors": group.metrics.http_code_target(elb.HttpCodeTarget.TARGET_5XX_COUNT, period=MINUTE),
            "requests": group.metrics.request_count(period=MINUTE),
        },
    )


def _redis(stage: Stage, name: str) -> cw.MathExpression:
    """The worst node's figure: a mean would hide the one that is full. (No alarm can SEARCH for its metrics.)"""
    nodes = [
        f"frontrow-{stage.name}-{shard + 1:04}-{place + 1:03}"
        for shard in range(stage.redis.shards)
        for place in range(stage.redis.replicas_per_shard + 1)
    ]
    metrics = {
        f"node{number}": cw.Metric(
            namespace="AWS/ElastiCache",
            metric_name=name,
            dimensions_map={"CacheClusterId": node},
            statistic="Maximum",
            period=MINUTE,
        )
        for number, node in enumerate(nodes)
    }
    return cw.MathExpression(
        expression=f"MAX([{', '.join(metrics)}])", label=name, period=MINUTE, using_metrics=dict(metrics)
    )
