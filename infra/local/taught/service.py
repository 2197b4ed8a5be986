"""Images, tasks and services. moto's CloudFormation keeps names and little else; its interface keeps the rest."""

from typing import Any

from infra.local.taught.kind import Made, Server, call, kind, without


@kind("AWS::ECS::Service")
def service(name: str, properties: dict[str, Any]) -> Made:
    """A service. Where the template says no number, CloudFormation begins with one task."""
    client = Server.client("ecs")
    called, cluster = properties.get("ServiceName", name), properties["Cluster"]
    made = call("ecs", "CreateService", {"DesiredCount": 1, **properties, "ServiceName": called})["service"]

    def end() -> None:
        client.delete_service(cluster=cluster, service=called, force=True)

    return Made(made["serviceArn"], {"Name": called, "ServiceArn": made["serviceArn"]}, end)


@kind("AWS::ECS::TaskDefinition")
def task(name: str, properties: dict[str, Any]) -> Made:
    """What a task is."""
    client = Server.client("ecs")
    made = call("ecs", "RegisterTaskDefinition", {"Family": name, **properties})["taskDefinition"]
    arn = made["taskDefinitionArn"]
    return Made(arn, {"TaskDefinitionArn": arn}, lambda: client.deregister_task_definition(taskDefinition=arn))


@kind("AWS::ECR::Repository")
def repository(name: str, properties: dict[str, Any]) -> Made:
    """Where images are; the template says otherwise than the interface what is done with old ones."""
    client, called = Server.client("ecr"), properties.get("RepositoryName", name.lower())
    wanted = {**without(properties, "LifecyclePolicy", "RepositoryPolicyText"), "RepositoryName": called}
    made = call("ecr", "CreateRepository", wanted)["repository"]
    if policy := properties.get("LifecyclePolicy"):
        text = policy["LifecyclePolicyText"]
        client.put_lifecycle_policy(repositoryName=called, lifecyclePolicyText=text)
    attributes = {"Arn": made["repositoryArn"], "RepositoryUri": made["repositoryUri"]}
    return Made(called, attributes, lambda: client.delete_repository(repositoryName=called, force=True))
