"""A deployment's order, and what it leaves behind when a step fails, against a stand-in for AWS (moto's server)."""

import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config
from infra.deploy.plan import Deployment, repository_name
from infra.deploy.services import Ecs
from infra.deploy.stacks import BEFORE_IMAGE, FIRST, FRONT, MIGRATION, REST, SERVICES, missing_secrets
from infra.deploy.steps import DeploymentError, Step, run
from infra.stage import REGION, STAGES
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ecs.models import ecs_backends
from moto.server import ThreadedMotoServer

from tests.infra.templates import Templates

STAGE = STAGES["production"]
CLUSTER, WORKER, WEB = "frontrow-production", "production-worker", "production-web"
SESSION = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name=REGION)
ONCE = Config(retries={"total_max_attempts": 1})
IMAGE = "application/vnd.docker.distribution.manifest.v2+json"
OLD_PAGE, NEW_PAGE = b"<html>old</html>", b"<html>new</html>"


@functools.cache
def plain_client(name: str, endpoint: str) -> Any:
    return SESSION.client(name, endpoint_url=endpoint, config=ONCE)


@dataclass
class Aws:
    """A stage that stands, with its services on the image ``old``; and a diary of what a deployment did to it."""

    endpoint: str
    pages: Path
    diary: list[str] = field(default_factory=list)
    migration_ends_with: int = 0
    refuses: str = ""  # the service that never comes up with a new image
    page_is_good: bool = True
    ecs: Any = None

    def __post_init__(self) -> None:
        # What moto leaves out: a task that ends, and a service that gets its new tasks or doesn't.
        self.ecs = SESSION.client("ecs", endpoint_url=self.endpoint, config=ONCE)
        self.ecs.meta.events.register("after-call.ecs.RunTask", self._migrates)
        self.ecs.meta.events.register("before-call.ecs.UpdateService", self._asked_to_roll)
        self.ecs.meta.events.register("after-call.ecs.UpdateService", self._rolls)

    def client(self, name: str) -> Any:
        return self.ecs if name == "ecs" else plain_client(name, self.endpoint)

    def deployment(self, tag: str = "new") -> Deployment:
        ecs = Ecs(self.client("ecs"), within_s=5, pause_s=0)
        return Deployment(STAGE, tag, self.client, ecs, self, self, self.pages, self._smoke)

    def image_of(self, service: str) -> str:
        ecs = self.client("ecs")
        [found] = ecs.describe_services(cluster=CLUSTER, services=[service])["services"]
        known = ecs.describe_task_definition(taskDefinition=found["taskDefinition"])["taskDefinition"]
        return str(known["containerDefinitions"][0]["image"]).rpartition(":")[2]

    def page(self) -> bytes:
        found: bytes = self.client("s3").get_object(Bucket="pages", Key="index.html")["Body"].read()
        return found

    # -- in place of CDK's command and Docker, which are other programs

    def bootstrap(self) -> None:
        self.diary.append("bootstrap")

    def deploy(self, parts: tuple[str, ...]) -> None:
        self.diary.append(f"stacks {' '.join(parts)}")
        if parts == SERVICES:
            ecs = Ecs(self.client("ecs"), within_s=5, pause_s=0)
            for service in (WORKER, WEB):
                before = ecs.running(CLUSTER, service)
                assert before is not None
                ecs.roll(CLUSTER, service, ecs.with_image(before, "registry/frontrow:new"))

    def build_and_push(self, tag: str) -> None:
        self.diary.append(f"image {tag}")

    def take_pages(self, tag: str, folder: Path) -> None:
        self.diary.append(f"pages of {tag}")
        (folder / "assets").mkdir(parents=True)
        (folder / "index.html").write_bytes(NEW_PAGE)
        (folder / "assets" / "main-1a2b.js").write_text("new")
        (folder / ".sources").write_text("a build's own")

    # -- what moto leaves out

    def _migrates(self, **_: Any) -> None:
        self.diary.append("migrate")
        for task in ecs_backends[DEFAULT_ACCOUNT_ID][REGION].tasks[CLUSTER].values():
            task.last_status = "STOPPED"
            task.containers[0].exitCode = self.migration_ends_with

    def _asked_to_roll(self, params: dict[str, Any], **_: Any) -> None:
        asked = json.loads(params["body"])
        self._asked = asked["service"], asked["taskDefinition"]

    def _rolls(self, **_: Any) -> None:
        service, definition = self._asked
        self.diary.append(f"roll {service} to {self.image_of(service)}")
        backend = ecs_backends[DEFAULT_ACCOUNT_ID][REGION]
        [deployment] = backend.services[f"{CLUSTER}:{service}"].deployments
        comes_up = self.refuses != service or self.image_of(service) == "old"
        deployment.update(taskDefinition=definition, rolloutState="COMPLETED" if comes_up else "FAILED")

    def _smoke(self, address: str) -> None:
        self.diary.append(f"smoke {address}")
        if not self.page_is_good:
            raise DeploymentError("the page is empty")


def _stack(cloudformation: Any, name: str, outputs: dict[str, str]) -> None:
    body = {
        "Resources": {"Nothing": {"Type": "AWS::SQS::Queue", "Properties": {}}},
        "Outputs": {key: {"Value": value} for key, value in outputs.items()},
    }
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(body))


def _stand_up(aws: Aws) -> None:
    ec2, ecs = aws.client("ec2"), aws.client("ecs")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})  # as our network has it
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.10.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="tasks", Description="tasks", VpcId=vpc)["GroupId"]
    ecs.create_cluster(clusterName=CLUSTER)
    for name in ("migration", "worker", "web"):
        ecs.register_task_definition(
            family=f"frontrow-production-{name}",
            networkMode="awsvpc",
            cpu="512",
            memory="1024",
            requiresCompatibilities=["FARGATE"],
            containerDefinitions=[
                {"name": "app", "image": "registry/frontrow:old", "command": [name], "memory": 512},
                {"name": "traces", "image": "collector:1", "memory": 128},
            ],
        )
        if name != "migration":
            ecs.create_service(
                cluster=CLUSTER,
                serviceName=f"production-{name}",
                taskDefinition=f"frontrow-production-{name}",
                desiredCount=0,
                launchType="FARGATE",
                networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [group]}},
            )
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="pages")
    s3.put_object(Bucket="pages", Key="index.html", Body=OLD_PAGE, ContentType="text/html")
    distribution = aws.client("cloudfront").create_distribution(
        DistributionConfig={
            "CallerReference": "once",
            "Comment": "",
            "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [{"Id": "pages", "DomainName": "pages.s3.amazonaws.com"}]},
            "DefaultCacheBehavior": {"TargetOriginId": "pages", "ViewerProtocolPolicy": "https-only"},
        }
    )["Distribution"]["Id"]
    ecr = aws.client("ecr")
    ecr.create_repository(repositoryName=repository_name(STAGE))
    manifest = json.dumps(
        {"schemaVersion": 2, "mediaType": IMAGE, "config": {"digest": "sha256:" + "0" * 64}, "layers": []}
    )
    ecr.put_image(repositoryName=repository_name(STAGE), imageManifest=manifest, imageTag="new")
    cloudformation = aws.client("cloudformation")
    migration = {"Cluster": CLUSTER, "Task": "frontrow-production-migration", "Subnets": subnet, "Group": group}
    _stack(cloudformation, STAGE.name_of("migration"), migration)
    delivery = {"Services": f"{WORKER},{WEB}", "Images": "registry/frontrow", "Pages": "pages"}
    address = {"Distribution": distribution, "Address": "https://frontrow.example"}
    _stack(cloudformation, STAGE.name_of("delivery"), {**delivery, **address})


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def aws(endpoint: str, tmp_path: Path) -> Aws:
    httpx.post(f"{endpoint}/moto-api/reset").raise_for_status()
    made = Aws(endpoint, tmp_path / "pages")
    _stand_up(made)
    return made


def _quiet(_line: str) -> None:
    pass


def test_a_release_migrates_rolls_uploads_and_asks_in_this_order(aws: Aws) -> None:
    run(aws.deployment().release(), _quiet)
    assert aws.diary == [
        "migrate",
        f"roll {WORKER} to new",
        f"roll {WEB} to new",
        "pages of new",
        "smoke https://frontrow.example",
    ]
    assert aws.page() == NEW_PAGE
    s3 = aws.client("s3")
    asset = s3.head_object(Bucket="pages", Key="assets/main-1a2b.js")
    assert "immutable" in asset["CacheControl"]
    assert asset["ContentType"] == "text/javascript"
    assert s3.head_object(Bucket="pages", Key="index.html")["CacheControl"] == "no-cache"
    assert {one["Key"] for one in s3.list_objects_v2(Bucket="pages")["Contents"]} == {
        "index.html",
        "assets/main-1a2b.js",
    }


def test_who_goes_back_to_an_older_image_leaves_the_schema_alone(aws: Aws) -> None:
    run(aws.deployment().release(migrate=False), _quiet)
    assert "migrate" not in aws.diary
    assert (aws.image_of(WORKER), aws.image_of(WEB)) == ("new", "new")


def test_what_an_image_changes_in_a_definition_is_the_apps_container_alone(aws: Aws) -> None:
    run(aws.deployment().release(), _quiet)
    ecs = aws.client("ecs")
    old, new = (
        ecs.describe_task_definition(taskDefinition=f"frontrow-production-web:{n}")["taskDefinition"] for n in (1, 2)
    )
    for one in (old, new):
        del one["revision"], one["taskDefinitionArn"]
        one.pop("registeredAt", None)
    assert new["containerDefinitions"][0].pop("image").endswith("frontrow-production:new")
    assert old["containerDefinitions"][0].pop("image") == "registry/frontrow:old"
    assert new == old


def test_a_migration_that_fails_leaves_everything_as_it_was(aws: Aws) -> None:
    aws.migration_ends_with = 1
    with pytest.raises(DeploymentError, match="the migration ended with 1"):
        run(aws.deployment().release(), _quiet)
    assert aws.diary == ["migrate"]
    assert (aws.image_of(WORKER), aws.image_of(WEB), aws.page()) == ("old", "old", OLD_PAGE)


def test_a_service_that_does_not_come_up_takes_the_one_before_it_back_with_it(aws: Aws) -> None:
    aws.refuses = WEB
    with pytest.raises(DeploymentError, match="production-web went back"):
        run(aws.deployment().release(), _quiet)
    rolls = [f"roll {WORKER} to new", f"roll {WEB} to new", f"roll {WEB} to old", f"roll {WORKER} to old"]
    assert aws.diary == ["migrate", *rolls]
    assert (aws.image_of(WORKER), aws.image_of(WEB), aws.page()) == ("old", "old", OLD_PAGE)


def test_a_failed_smoke_test_takes_pages_and_services_back(aws: Aws) -> None:
    aws.page_is_good = False
    with pytest.raises(DeploymentError, match="the page is empty"):
        run(aws.deployment().release(), _quiet)
    assert aws.diary[-2:] == [f"roll {WEB} to old", f"roll {WORKER} to old"]
    assert (aws.image_of(WORKER), aws.image_of(WEB), aws.page()) == ("old", "old", OLD_PAGE)


def test_an_image_that_was_never_pushed_stops_a_release_before_anything(aws: Aws) -> None:
    with pytest.raises(DeploymentError, match="never pushed"):
        run(aws.deployment("unknown").release(), _quiet)
    assert aws.diary == []


def _set_secret(aws: Aws, name: str, value: str | None) -> None:
    said = {} if value is None else {"SecretString": value}
    aws.client("secretsmanager").create_secret(Name=f"frontrow/production/{name}", **said)


def _whole(aws: Aws) -> list[Step]:
    # moto's account isn't the stage's.
    return [step for step in aws.deployment().whole() if step.name != "the account is the stage's"]


def test_from_an_empty_account_on_the_schema_comes_before_the_services(aws: Aws) -> None:
    _set_secret(aws, "jwt_key", "a key")
    run(_whole(aws), _quiet)
    assert aws.diary == [
        "bootstrap",
        f"stacks {' '.join(FIRST)}",
        f"stacks {' '.join(BEFORE_IMAGE)}",
        "image new",
        f"stacks {' '.join(MIGRATION)}",
        "migrate",
        f"stacks {' '.join(SERVICES)}",
        f"roll {WORKER} to new",
        f"roll {WEB} to new",
        f"stacks {' '.join(FRONT)}",
        f"stacks {' '.join(REST)}",
        "pages of new",
        "smoke https://frontrow.example",
    ]


def test_the_whole_takes_services_back_too(aws: Aws) -> None:
    aws.page_is_good = False
    with pytest.raises(DeploymentError):
        run(_whole(aws), _quiet)
    assert (aws.image_of(WORKER), aws.image_of(WEB), aws.page()) == ("old", "old", OLD_PAGE)


def test_a_secret_without_a_value_stops_it_and_is_named(aws: Aws) -> None:
    _set_secret(aws, "jwt_key", "a key")
    _set_secret(aws, "smtp_password", None)
    assert missing_secrets(aws.client("secretsmanager"), STAGE) == ["smtp_password"]
    with pytest.raises(DeploymentError, match="smtp_password"):
        run(_whole(aws), _quiet)
    assert "image new" not in aws.diary


def test_another_account_than_the_stages_is_refused(aws: Aws) -> None:
    with pytest.raises(DeploymentError, match=f"of account {DEFAULT_ACCOUNT_ID}"):
        run(aws.deployment().whole(), _quiet)
    assert aws.diary == []


def test_what_can_not_be_taken_back_does_not_keep_the_rest_from_it() -> None:
    taken: list[str] = []

    def fails() -> None:
        raise DeploymentError("no")

    steps = [
        Step("one", lambda: None, lambda: taken.append("one")),
        Step("two", lambda: None, fails),
        Step("three", fails),
    ]
    with pytest.raises(DeploymentError) as seen:
        run(steps, _quiet)
    assert taken == ["one"]
    assert seen.value.__notes__ == ["not taken back: two: no"]


def test_the_stacks_say_what_a_deployment_asks_them(templates: Templates) -> None:
    for part, wanted in (
        ("migration", {"Cluster", "Task", "Subnets", "Group"}),
        ("delivery", {"Services", "Images", "Pages", "Distribution", "Address"}),
    ):
        assert wanted <= set(templates.by_part[part]["Outputs"]), part
    assert templates.one("ECR::Repository").at("RepositoryName") == repository_name(STAGE)
    assert {*FIRST, *BEFORE_IMAGE, *MIGRATION, *SERVICES, *FRONT} <= set(templates.by_part)
    services = templates.by_part["delivery"]["Outputs"]["Services"]["Value"]
    assert {templates.said(one.at("ServiceName")) for one in templates.every("ECS::Service")} == {WORKER, WEB}
    assert "worker" in str(services).lower()
