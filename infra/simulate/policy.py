"""The rules by which web tasks come, as they stand in the templates."""

import math
from dataclasses import dataclass

from infra.written import Resource, Written


@dataclass(frozen=True)
class Policy:
    """Percent, requests a minute and task, seconds, vCPUs of a task."""

    least: int
    most: int
    cpu: float
    requests: float
    out_s: float
    task_vcpu: float
    database_vcpu: float = 2.0
    connections: int = 413
    pool: int = 10
    worker_most: int = 6

    def wanted(self, running: int, cpu: float, requests: float) -> int:
        """How many tasks a minute's figures ask for: each rule by proportion, the most of them counts.

        ``cpu`` is percent of all running tasks, and never more than 100; ``requests`` are of all tasks in that minute.
        """
        by_cpu = math.ceil(running * cpu / self.cpu) if cpu > self.cpu else running
        by_requests = math.ceil(requests / self.requests) if requests / running > self.requests else running
        return max(self.least, min(self.most, max(running, by_cpu, by_requests)))


def policy(written: Written) -> Policy:
    """The policy of the web service. Raises LookupError if the templates have none."""
    web = [one for one in written.every("ScalingPolicy") if one.part == "web"]
    target = _of(written, "ScalableTarget", "web")
    task = _of(written, "TaskDefinition", "web")
    by_kind = {_kind(one): one for one in web}
    path = "TargetTrackingScalingPolicyConfiguration"
    return Policy(
        least=int(target.at("MinCapacity")),
        most=int(target.at("MaxCapacity")),
        cpu=float(by_kind["ECSServiceAverageCPUUtilization"].at(f"{path}.TargetValue")),
        requests=float(by_kind["ALBRequestCountPerTarget"].at(f"{path}.TargetValue")),
        out_s=float(by_kind["ECSServiceAverageCPUUtilization"].at(f"{path}.ScaleOutCooldown")),
        task_vcpu=int(task.at("Cpu")) / 1024,
        connections=written.stage.database.max_connections,
        pool=written.stage.pool_size,
        worker_most=int(_of(written, "ScalableTarget", "worker").at("MaxCapacity")),
    )


def _of(written: Written, type_: str, part: str) -> Resource:
    for one in written.every(type_):
        if one.part == part:
            return one
    raise LookupError(f"no {type_} in {part}")


def _kind(one: Resource) -> str:
    return str(one.at("TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification.PredefinedMetricType"))
