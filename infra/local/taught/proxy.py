"""RDS Proxy, which a stage may put before its database."""

from typing import Any

from infra.local.taught.kind import Made, Server, call, kind


@kind("AWS::RDS::DBProxy")
def proxy(name: str, properties: dict[str, Any]) -> Made:
    """A proxy by its name."""
    client, called = Server.client("rds"), properties["DBProxyName"]
    made = call("rds", "CreateDBProxy", properties)["DBProxy"]
    attributes = {"Endpoint": made["Endpoint"], "DBProxyArn": made["DBProxyArn"], "VpcId": made.get("VpcId", "")}
    return Made(called, attributes, lambda: client.delete_db_proxy(DBProxyName=called))


@kind("AWS::RDS::DBProxyTargetGroup")
def targets(name: str, properties: dict[str, Any]) -> Made:
    """What a proxy stands before. It goes with the proxy."""
    wanted = {key: properties[key] for key in ("DBProxyName", "TargetGroupName", "DBInstanceIdentifiers")}
    call("rds", "RegisterDBProxyTargets", wanted)
    return Made(name, {"TargetGroupArn": name})
