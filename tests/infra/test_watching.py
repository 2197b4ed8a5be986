"""Every alarm with its threshold, and that it writes to somebody; every log and how long it stays."""

from typing import Any

import pytest

from tests.infra.templates import Templates

CONNECTIONS = 330  # 80 % of the 413 that a t3.medium allows
ABOVE, BELOW = "GreaterThanThreshold", "LessThanThreshold"
ALARMS: dict[str, tuple[str, float]] = {
    "WebCpu": (ABOVE, 80),
    "WebMemory": (ABOVE, 80),
    "WorkerCpu": (ABOVE, 80),
    "WorkerMemory": (ABOVE, 80),
    "ErrorRate": (ABOVE, 5),
    "NobodyHealthy": (BELOW, 1),
    "DatabaseCpu": (ABOVE, 80),
    "DatabaseConnections": (ABOVE, CONNECTIONS),
    "DatabaseCredits": (BELOW, 50),
    "DatabaseStorage": (BELOW, 5 * 1024**3),
    "ReplicaCpu": (ABOVE, 80),
    "ReplicaConnections": (ABOVE, CONNECTIONS),
    "ReplicaCredits": (BELOW, 50),
    "ReplicaLag": (ABOVE, 30),
    "DeadLetters": (ABOVE, 0),
    "OldestJob": (ABOVE, 300),
    "RedisCpu": (ABOVE, 80),
    "RedisMemory": (ABOVE, 80),
    "rotation-failed": (ABOVE, 0),
    "dump-failed": (ABOVE, 0),
    "dump-late": (BELOW, 1),
}


def _by_name(templates: Templates) -> dict[str, dict[str, Any]]:
    prefix = templates.stage.name_of("")
    return {one.properties["AlarmName"].removeprefix(prefix): one.properties for one in templates.every("Alarm")}


def test_there_are_these_alarms_and_no_other(templates: Templates) -> None:
    assert set(_by_name(templates)) == set(ALARMS)


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_has_its_threshold_and_writes_when_it_begins_and_ends(templates: Templates, name: str) -> None:
    alarm = _by_name(templates)[name]
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ALARMS[name]
    for moment in ("AlarmActions", "OKActions"):
        assert [templates.said(one) for one in alarm[moment]] == [templates.one("SNS::Topic").id]


def test_alarms_write_to_a_person(templates: Templates) -> None:
    subscription = templates.one("SNS::Subscription")
    assert (subscription.at("Protocol"), subscription.at("Endpoint")) == ("email", "operators@frontrow.example")


def test_errors_are_a_share_of_requests(templates: Templates) -> None:
    metrics = {one["Id"]: one for one in _by_name(templates)["ErrorRate"]["Metrics"]}
    assert "100 * errors / requests" in [one.get("Expression") for one in metrics.values()]
    assert metrics["errors"]["MetricStat"]["Metric"]["MetricName"] == "HTTPCode_Target_5XX_Count"
    assert metrics["requests"]["MetricStat"]["Metric"]["MetricName"] == "RequestCount"


def test_redis_is_watched_node_by_node(templates: Templates) -> None:
    metrics = _by_name(templates)["RedisMemory"]["Metrics"]
    nodes = {one["MetricStat"]["Metric"]["Dimensions"][0]["Value"] for one in metrics if "MetricStat" in one}
    assert nodes == {f"frontrow-production-{shard}-{place}" for shard in ("0001", "0002") for place in ("001", "002")}


def test_silence_of_the_healthy_is_an_alarm_and_of_all_else_is_none(templates: Templates) -> None:
    missing = {name: alarm["TreatMissingData"] for name, alarm in _by_name(templates).items()}
    assert {name for name, how in missing.items() if how == "breaching"} == {"NobodyHealthy", "dump-late"}
    assert set(missing.values()) == {"breaching", "notBreaching"}


def test_every_log_stays_thirty_days(templates: Templates) -> None:
    groups = templates.every("LogGroup")
    assert len(groups) == 6  # app, worker, migration, dump, rotation, refused packets
    assert {one.at("RetentionInDays") for one in groups} == {30}


def test_every_container_writes_to_a_log_of_ours(templates: Templates) -> None:
    known = {one.id for one in templates.every("LogGroup")}
    containers = [one for task in templates.every("TaskDefinition") for one in task.at("ContainerDefinitions")]
    assert len(containers) == 8
    assert {templates.said(one["LogConfiguration"]["Options"]["awslogs-group"]) for one in containers} <= known


def test_traces_go_through_a_collector_whose_end_stops_nothing(templates: Templates) -> None:
    for task in templates.every("TaskDefinition"):
        app, collector = task.at("ContainerDefinitions")
        assert (app["Essential"], collector["Essential"]) == (True, False)
        assert "aws-otel-collector:v" in collector["Image"]
        assert collector["PortMappings"][0]["ContainerPort"] == 4318


def test_the_dashboard_shows_cpu_memory_requests_and_errors(templates: Templates) -> None:
    body = templates.said(templates.one("Dashboard").at("DashboardBody"))
    for title in ("Web: CPU, %", "Web: memory, %", "Worker: CPU, %", "Worker: memory, %", "Requests", "Errors, %"):
        assert f'"title":"{title}"' in body
