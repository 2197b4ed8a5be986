"""The settings contract: the task's environment against the settings that the app reads, key by key."""

import json
import re
from collections.abc import Iterator
from types import UnionType
from typing import Any, Union, get_args, get_origin

import pytest
from infra.secrets import BY_HAND
from pydantic import BaseModel

from frontrow.core.settings import Settings
from tests.infra.templates import Templates, attributes

GOOD_AS_THEY_ARE = {
    "INBOX_URL": "the local stack's footer",
    "DATABASE__CONNECT_TIMEOUT_S": "the same everywhere",
    "DATABASE__IDLE_IN_TRANSACTION_TIMEOUT_MS": "the same everywhere",
    "DATABASE__LOCK_TIMEOUT_MS": "the same everywhere",
    "DATABASE__STATEMENT_TIMEOUT_MS": "the same everywhere",
    "REDIS__TLS_CA": "ElastiCache's certificates hang on roots that every system knows",
    "REDIS__USERNAME": "AUTH has a token and no name",
    "REDIS__MAX_CONNECTIONS": "the same everywhere",
    "REDIS__TIMEOUT_S": "the same everywhere",
    "QUEUE__MAX_RECEIVES": "read by the stream on Redis; SQS counts by its redrive policy",
    "QUEUE__SQS_ENDPOINT": "AWS itself",
    "OBJECTS__FOLDER": "for a folder on one machine",
    "OBJECTS__S3_ENDPOINT": "AWS itself",
    "STRIPE__API_BASE": "Stripe itself",
    "STRIPE__SCRIPT_URL": "Stripe itself",
    "STRIPE__TIMEOUT_S": "the same everywhere",
    "STRIPE__MINIMUM_AMOUNT": "Stripe's floor",
    "STRIPE__AUTOMATIC_METHODS": "a choice of the house",
    "MAIL__TIMEOUT_S": "the same everywhere",
    "TELEMETRY__SERVICE_NAME": "the same everywhere; the role is added",
    "TELEMETRY__SAMPLE_RATIO": "the same everywhere",
    "TELEMETRY__LOG_LEVEL": "the same everywhere",
    "SECRETS__FILE": "for a file on one machine",
    "SECRETS__ENDPOINT": "AWS itself",
}
"""Keys that the cloud leaves alone, each with its reason. The groups ``till`` and ``account`` are selling rules."""

SELLING_RULES = ("TILL__", "ACCOUNT__")


def _leaves(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = _model_in(field.annotation)
        if inner is not None:
            yield from _leaves(inner, f"{prefix}{name.upper()}__")
        else:
            yield f"{prefix}{name.upper()}"


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if get_origin(annotation) in {Union, UnionType}:
        return next((found for one in get_args(annotation) if (found := _model_in(one)) is not None), None)
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def _environment(templates: Templates, id_: str) -> dict[str, str]:
    app = templates.one("ECS::TaskDefinition", id_).at("ContainerDefinitions.0")
    assert "Secrets" not in app
    return {name: templates.said(value) for name, value in attributes(app["Environment"]).items()}


TASKS = ("WebTask", "WorkerTask", "MigrationTask")


@pytest.mark.parametrize("task", TASKS)
def test_every_key_is_set_or_left_alone_for_a_reason_and_no_other_is_set(templates: Templates, task: str) -> None:
    every = {key for key in _leaves(Settings) if not key.startswith(SELLING_RULES)}
    given = {name.removeprefix("FRONTROW_") for name in _environment(templates, task)}
    assert given - every == set(), "set, and the app knows nothing of it"
    assert given & set(GOOD_AS_THEY_ARE) == set(), "set, and said to be left alone"
    assert every - given - set(GOOD_AS_THEY_ARE) == set(), "neither set nor left alone for a reason"
    assert set(GOOD_AS_THEY_ARE) - every == set(), "left alone, and gone"


def test_all_tasks_find_the_same(templates: Templates) -> None:
    first, *others = (_environment(templates, task) for task in TASKS)
    assert all(other == first for other in others)


def test_the_app_reads_from_it_what_the_cloud_means(templates: Templates, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in _environment(templates, "WebTask").items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.environment == "production"
    assert settings.origin == "https://frontrow.example"
    assert re.fullmatch(r"postgresql://frontrow@Database.*:5432/frontrow", settings.database.primary_url)
    assert settings.database.replica_url == "postgresql://frontrow@replicas.frontrow.internal:5432/frontrow"
    assert settings.database.ssl == "require"
    assert settings.redis.url == "redis://Redis.ConfigurationEndPoint.Address:6379"
    assert (settings.redis.tls, settings.redis.auth) == (True, True)
    assert (settings.queue.kind, settings.queue.visibility_s) == ("sqs", 300)
    assert settings.objects.kind == "s3"
    assert settings.mail.start_tls
    assert settings.telemetry.xray
    assert settings.oauth["google"].issuer == "https://accounts.google.com"
    assert settings.secrets.kind == "aws"
    assert set(settings.secrets.arns) == {"database_password", "redis_auth", "oauth_google", *BY_HAND}


def test_the_replicas_name_is_one_record_for_each(templates: Templates) -> None:
    record = templates.one("Route53::RecordSet", "Replica1")
    assert record.at("Name") == "replicas.frontrow.internal"
    assert (record.at("Weight"), record.at("SetIdentifier")) == (10, "replica-1")
    assert templates.said(record.at("ResourceRecords.0")).startswith("Replica")


def test_every_secret_exists_and_none_has_its_value_in_a_template(templates: Templates) -> None:
    secrets = {one.properties["Name"].rsplit("/", 1)[1]: one.properties for one in templates.every("Secret")}
    assert set(secrets) == {"database_password", "redis_auth", "oauth_google", *BY_HAND}
    for name, properties in secrets.items():
        assert "SecretString" not in properties, name
        # Only what AWS can make up is made up; the rest stays empty, and the app refuses to start without it.
        assert ("GenerateSecretString" in properties) == (name in {"database_password", "redis_auth"}), name


def test_passwords_are_references_that_aws_resolves(templates: Templates) -> None:
    database = templates.said(templates.one("RDS::DBInstance", "Database").at("MasterUserPassword"))
    assert re.fullmatch(r"\{\{resolve:secretsmanager:databasepassword\w+:SecretString:password::\}\}", database)
    token = templates.said(templates.one("ElastiCache::ReplicationGroup").at("AuthToken"))
    assert re.fullmatch(r"\{\{resolve:secretsmanager:redisauth\w+:SecretString:::\}\}", token)
    assert "MasterUserPassword" not in templates.one("RDS::DBInstance", "Replica").properties


def test_nothing_that_looks_like_a_secret_is_in_any_template(templates: Templates) -> None:
    looks = re.compile(r"sk_live_\w|sk_test_\w|whsec_\w|BEGIN [A-Z ]*PRIVATE|AKIA[0-9A-Z]{16}")
    for part, template in templates.by_part.items():
        assert looks.search(json.dumps(template)) is None, part


def test_all_tasks_together_leave_connections_to_the_operators(templates: Templates) -> None:
    stage = templates.stage
    # A web task and a worker are a process each; while they roll, twice as many run.
    most = 2 * (stage.web.most + stage.worker.most) * stage.pool_size
    assert most < 0.8 * stage.database.max_connections
