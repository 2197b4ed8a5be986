"""How many tasks there are. No service says it in its template: every deployment would set the number back."""

from datetime import UTC, datetime

from aws_cdk import Duration
from aws_cdk import aws_applicationautoscaling as scaling
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_sqs as sqs

from infra.service import Service

OUT, IN = Duration.seconds(60), Duration.seconds(300)
CPU_PERCENT, MEMORY_PERCENT = 70, 80
BEFORE_SALE = Duration.minutes(15)


def scale_web(service: Service, targets: elb.ApplicationTargetGroup) -> None:
    """By CPU, memory and requests; and ahead of every sale that is known, because a crowd comes within seconds."""
    stage, tasks = service.stage, service.tasks
    count = service.service.auto_scale_task_count(min_capacity=tasks.least, max_capacity=tasks.most)
    count.scale_on_cpu_utilization(
        "Cpu", target_utilization_percent=CPU_PERCENT, scale_out_cooldown=OUT, scale_in_cooldown=IN
    )
    count.scale_on_memory_utilization(
        "Memory", target_utilization_percent=MEMORY_PERCENT, scale_out_cooldown=OUT, scale_in_cooldown=IN
    )
    count.scale_on_request_count(
        "Requests",
        requests_per_target=stage.requests_per_task,
        target_group=targets,
        scale_out_cooldown=OUT,
        scale_in_cooldown=IN,
    )
    for sale in stage.on_sales:
        for when, least in ((-1, min(sale.tasks, tasks.most)), (8, tasks.least)):
            at = sale.opens.timestamp() + when * (BEFORE_SALE.to_seconds())
            count.scale_on_schedule(
                f"{sale.name}{'Begins' if when < 0 else 'Ends'}", schedule=_once(at), min_capacity=least
            )


def _once(at: float) -> scaling.Schedule:
    moment = datetime.fromtimestamp(at, UTC)
    return scaling.Schedule.expression(f"at({moment:%Y-%m-%dT%H:%M:%S})")


def scale_worker(service: Service, queue: sqs.Queue, cluster_name: str) -> None:
    """By the backlog each task has before it: messages that wait, divided by tasks that run."""
    stage, tasks = service.stage, service.tasks
    count = service.service.auto_scale_task_count(min_capacity=tasks.least, max_capacity=tasks.most)
    count.scale_on_cpu_utilization(
        "Cpu", target_utilization_percent=CPU_PERCENT, scale_out_cooldown=OUT, scale_in_cooldown=IN
    )
    target = count.node.find_child("Target")
    assert isinstance(target, scaling.ScalableTarget)
    # The big construct can't divide one metric by another.
    query = scaling.CfnScalingPolicy.TargetTrackingMetricDataQueryProperty
    scaling.CfnScalingPolicy(
        service,
        "Backlog",
        policy_name=f"{service.name}-backlog",
        policy_type="TargetTrackingScaling",
        scaling_target_id=target.scalable_target_id,
        target_tracking_scaling_policy_configuration=scaling.CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty(
            target_value=stage.backlog_per_task,
            scale_out_cooldown=OUT.to_seconds(),
            scale_in_cooldown=IN.to_seconds(),
            customized_metric_specification=scaling.CfnScalingPolicy.CustomizedMetricSpecificationProperty(
                metrics=[
                    query(
                        id="waiting",
                        return_data=False,
                        metric_stat=_stat(
                            "AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": queue.queue_name}, "Sum"
                        ),
                    ),
                    query(
                        id="running",
                        return_data=False,
                        metric_stat=_stat(
                            "ECS/ContainerInsights",
                            "RunningTaskCount",
                            {"ClusterName": cluster_name, "ServiceName": service.name},
                            "Average",
                        ),
                    ),
                    query(id="each", return_data=True, label="Backlog per task", expression="waiting / running"),
                ]
            ),
        ),
    )


def _stat(
    namespace: str, name: str, dimensions: dict[str, str], stat: str
) -> scaling.CfnScalingPolicy.TargetTrackingMetricStatProperty:
    return scaling.CfnScalingPolicy.TargetTrackingMetricStatProperty(
        stat=stat,
        metric=scaling.CfnScalingPolicy.TargetTrackingMetricProperty(
            namespace=namespace,
            metric_name=name,
            dimensions=[
                scaling.CfnScalingPolicy.TargetTrackingMetricDimensionProperty(name=key, value=value)
                for key, value in dimensions.items()
            ],
        ),
    )
