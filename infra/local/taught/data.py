"""What keeps things: secrets, Redis, backups, and who may reach buckets and queues."""

import json
from typing import Any

from moto.backup.models import backup_backends

from infra.local.taught.kind import Made, Server, call, kind, without


@kind("AWS::SecretsManager::Secret")
def secret(name: str, properties: dict[str, Any]) -> Made:
    """With a value that AWS makes up, or with none until somebody puts one in."""
    client = Server.client("secretsmanager")
    wanted = {"Name": name, **without(properties, "GenerateSecretString")}
    if made_up := properties.get("GenerateSecretString"):
        wanted["SecretString"] = _made_up(client, made_up)
    arn = call("secretsmanager", "CreateSecret", wanted)["ARN"]
    end = lambda: client.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)  # noqa: E731
    return Made(arn, {"Id": arn}, end)


def _made_up(client: Any, how: dict[str, Any]) -> str:
    rules = {name: value for name, value in how.items() if name not in {"SecretStringTemplate", "GenerateStringKey"}}
    word: str = client.get_random_password(**rules)["RandomPassword"]
    if "SecretStringTemplate" not in how:
        return word
    return json.dumps({**json.loads(how["SecretStringTemplate"]), how["GenerateStringKey"]: word})


@kind("AWS::SecretsManager::SecretTargetAttachment")
def attachment(name: str, properties: dict[str, Any]) -> Made:
    """RDS writes into the secret where the database is."""
    client, arn = Server.client("secretsmanager"), properties["SecretId"]
    (found,) = Server.client("rds").describe_db_instances(DBInstanceIdentifier=properties["TargetId"])["DBInstances"]
    known = json.loads(client.get_secret_value(SecretId=arn)["SecretString"])
    known |= {
        "engine": found["Engine"],
        "host": found["Endpoint"]["Address"],
        "port": found["Endpoint"]["Port"],
        "dbInstanceIdentifier": found["DBInstanceIdentifier"],
    }
    client.put_secret_value(SecretId=arn, SecretString=json.dumps(known))
    return Made(arn)


@kind("AWS::SecretsManager::RotationSchedule")
def rotation(name: str, properties: dict[str, Any]) -> Made:
    """When and by which function a secret is rotated. The stand-in runs no function: it takes the test for passed."""
    wanted = {
        "SecretId": properties["SecretId"],
        "RotationLambdaARN": properties["RotationLambdaARN"],
        "RotationRules": properties["RotationRules"],
        "RotateImmediately": properties["RotateImmediatelyOnUpdate"],
    }
    arn = call("secretsmanager", "RotateSecret", wanted)["ARN"]
    end = lambda: Server.client("secretsmanager").cancel_rotate_secret(SecretId=arn)  # noqa: E731
    return Made(arn, {"Id": arn}, end)


@kind("AWS::ElastiCache::SubnetGroup")
def redis_subnets(name: str, properties: dict[str, Any]) -> Made:
    """Subnets by name; the template says ``Description`` where the interface wants the whole word."""
    wanted = {"CacheSubnetGroupName": name, **without(properties, "Description")}
    wanted["CacheSubnetGroupDescription"] = properties["Description"]
    called = call("elasticache", "CreateCacheSubnetGroup", wanted)["CacheSubnetGroup"]["CacheSubnetGroupName"]
    return Made(called)


@kind("AWS::ElastiCache::ReplicationGroup")
def redis(name: str, properties: dict[str, Any]) -> Made:
    """The cluster; its configuration endpoint is what the tasks get."""
    client, id_ = Server.client("elasticache"), properties.get("ReplicationGroupId", name)
    group = call("elasticache", "CreateReplicationGroup", {**properties, "ReplicationGroupId": id_})["ReplicationGroup"]
    (found,) = client.describe_replication_groups(ReplicationGroupId=id_)["ReplicationGroups"]
    endpoint = found["ConfigurationEndpoint"]
    return Made(
        group["ReplicationGroupId"],
        {
            "ConfigurationEndPoint.Address": endpoint["Address"],
            "ConfigurationEndPoint.Port": str(endpoint["Port"]),
        },
        lambda: client.delete_replication_group(ReplicationGroupId=id_),
    )


@kind("AWS::Backup::BackupVault")
def vault(name: str, properties: dict[str, Any]) -> Made:
    """A vault, by its name."""
    client, called = Server.client("backup"), properties.get("BackupVaultName", name)
    arn = call("backup", "CreateBackupVault", {**properties, "BackupVaultName": called})["BackupVaultArn"]
    return Made(
        called,
        {"BackupVaultArn": arn, "BackupVaultName": called},
        lambda: client.delete_backup_vault(BackupVaultName=called),
    )


@kind("AWS::Backup::BackupPlan")
def plan(name: str, properties: dict[str, Any]) -> Made:
    """A plan; the template calls its rules ``BackupPlanRule`` and their vault ``TargetBackupVault``."""
    asked = properties["BackupPlan"]
    rules = [
        {**without(rule, "TargetBackupVault"), "TargetBackupVaultName": rule["TargetBackupVault"]}
        for rule in asked["BackupPlanRule"]
    ]
    wanted = {**without(asked, "BackupPlanRule"), "Rules": rules}
    made = call("backup", "CreateBackupPlan", {**without(properties, "BackupPlan"), "BackupPlan": wanted})
    id_ = made["BackupPlanId"]

    def end() -> None:
        Server.client("backup").delete_backup_plan(BackupPlanId=id_)
        # moto remembers deleted plans, and refuses their names to others.
        backup_backends[Server.account][Server.region].plans.pop(id_)

    return Made(id_, {key: made[key] for key in ("BackupPlanId", "BackupPlanArn", "VersionId")}, end)


@kind("AWS::S3::BucketPolicy")
def bucket_policy(name: str, properties: dict[str, Any]) -> Made:
    """Who may reach a bucket."""
    call("s3", "PutBucketPolicy", {"Policy": properties["PolicyDocument"], "Bucket": properties["Bucket"]})
    end = lambda: Server.client("s3").delete_bucket_policy(Bucket=properties["Bucket"])  # noqa: E731
    return Made(properties["Bucket"], {}, end)


@kind("AWS::SQS::QueuePolicy")
def queue_policy(name: str, properties: dict[str, Any]) -> Made:
    """Who may reach queues."""
    for url in properties["Queues"]:
        call("sqs", "SetQueueAttributes", {"QueueUrl": url, "Attributes": {"Policy": properties["PolicyDocument"]}})
    return Made(name)
