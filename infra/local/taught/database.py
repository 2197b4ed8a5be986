"""PostgreSQL on RDS. moto's CloudFormation knows these types and forgets half of what they ask for (deletion
protection, how far storage may grow), while its interface keeps all of it."""

from typing import Any

from infra.local.taught.kind import Made, Server, call, kind, without

AT_DELETION = ("DeleteAutomatedBackups",)
"""Said in the template, and to AWS only when the database ends."""


@kind("AWS::RDS::DBSubnetGroup")
def subnets(name: str, properties: dict[str, Any]) -> Made:
    """Subnets by name."""
    client, called = Server.client("rds"), properties.get("DBSubnetGroupName", name).lower()
    call("rds", "CreateDBSubnetGroup", {**properties, "DBSubnetGroupName": called})
    return Made(called, {}, lambda: client.delete_db_subnet_group(DBSubnetGroupName=called))


@kind("AWS::RDS::DBParameterGroup")
def parameters(name: str, properties: dict[str, Any]) -> Made:
    """PostgreSQL's own settings. The interface takes the group first and its values afterwards."""
    client, called = Server.client("rds"), properties.get("DBParameterGroupName", name).lower()
    wanted = {
        "DBParameterGroupName": called,
        "DBParameterGroupFamily": properties["Family"],
        **without(properties, "Family", "Parameters", "DBParameterGroupName"),
    }
    call("rds", "CreateDBParameterGroup", wanted)
    values = [
        {"ParameterName": key, "ParameterValue": value, "ApplyMethod": "pending-reboot"}
        for key, value in properties.get("Parameters", {}).items()
    ]
    call("rds", "ModifyDBParameterGroup", {"DBParameterGroupName": called, "Parameters": values})
    return Made(called, {}, lambda: client.delete_db_parameter_group(DBParameterGroupName=called))


@kind("AWS::RDS::DBInstance")
def instance(name: str, properties: dict[str, Any]) -> Made:
    """A database, or a replica where the template names its source."""
    client, called = Server.client("rds"), properties.get("DBInstanceIdentifier", name)
    wanted = {**without(properties, "VPCSecurityGroups", *AT_DELETION), "DBInstanceIdentifier": called}
    if "VPCSecurityGroups" in properties:
        wanted["VpcSecurityGroupIds"] = properties["VPCSecurityGroups"]
    if "SourceDBInstanceIdentifier" in properties:
        made = call("rds", "CreateDBInstanceReadReplica", without(wanted, "Engine"))["DBInstance"]
    else:
        made = call("rds", "CreateDBInstance", wanted)["DBInstance"]
    attributes = {
        "Endpoint.Address": made["Endpoint"]["Address"],
        "Endpoint.Port": str(made["Endpoint"]["Port"]),
        "DbiResourceId": made["DbiResourceId"],
        "DBInstanceArn": made["DBInstanceArn"],
    }
    return Made(
        called, attributes, lambda: client.delete_db_instance(DBInstanceIdentifier=called, SkipFinalSnapshot=True)
    )
