"""Secrets from a file and from Secrets Manager: cached, read again when rotated, never an example's."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiobotocore.session import get_session

from frontrow.core.secrets import AwsSecrets, ExampleSecretError, FileSecrets, make_local_secrets, open_secrets
from frontrow.core.settings import SecretsSettings
from tests.factories.ministack import CREDENTIALS, Ministack


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ministack]:
    server = Ministack(tmp_path_factory.mktemp("secrets"), "secretsmanager").start()
    yield server
    server.stop()


@pytest.fixture
async def manager(aws: Ministack, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    async with get_session().create_client("secretsmanager", region_name="us-east-1", endpoint_url=aws.url) as client:
        yield client


async def test_aws_secrets_are_cached_and_read_again_when_asked(aws: Ministack, manager: Any) -> None:
    arn = (await manager.create_secret(Name="frontrow/jwt", SecretString="the-first-key"))["ARN"]
    secrets = open_secrets(SecretsSettings(kind="aws", arns={"jwt_key": arn}, endpoint=aws.url))
    assert isinstance(secrets, AwsSecrets)
    assert await secrets.get("jwt_key") == "the-first-key"
    await manager.put_secret_value(SecretId=arn, SecretString="the-second-key")
    assert await secrets.get("jwt_key") == "the-first-key"
    assert await secrets.reread("jwt_key") == "the-second-key"
    assert await secrets.get("jwt_key") == "the-second-key"


async def test_an_rds_secret_is_a_json_document_of_which_the_password_counts(aws: Ministack, manager: Any) -> None:
    document = json.dumps({"username": "frontrow", "password": "rotated-by-the-lambda", "port": 5432})
    arn = (await manager.create_secret(Name="frontrow/database", SecretString=document))["ARN"]
    secrets = AwsSecrets(SecretsSettings(kind="aws", arns={"database_password": arn}, endpoint=aws.url))
    assert await secrets.get("database_password") == "rotated-by-the-lambda"


async def test_an_example_or_nameless_secret_of_aws_is_refused(aws: Ministack, manager: Any) -> None:
    arn = (await manager.create_secret(Name="frontrow/stripe", SecretString="sk_test_example"))["ARN"]
    secrets = AwsSecrets(SecretsSettings(kind="aws", arns={"stripe_secret_key": arn}, endpoint=aws.url))
    with pytest.raises(ExampleSecretError):
        await secrets.get("stripe_secret_key")
    with pytest.raises(ExampleSecretError, match="jwt_key"):
        await secrets.get("jwt_key")


@pytest.mark.parametrize("value", ["", " ", "secret", "ChangeMe", "example"])
async def test_an_example_in_the_file_is_refused(tmp_path: Path, value: str) -> None:
    file = tmp_path / "secrets.json"
    file.write_text(json.dumps({"jwt_key": value}))
    with pytest.raises(ExampleSecretError, match="jwt_key"):
        await FileSecrets(file).get("jwt_key")
    with pytest.raises(ExampleSecretError, match="absent"):
        await FileSecrets(file).get("absent")


async def test_the_local_file_is_made_once_and_only_completed(tmp_path: Path) -> None:
    file = tmp_path / "home" / "secrets.json"
    first = make_local_secrets(file)
    assert make_local_secrets(file) == first
    assert file.stat().st_mode & 0o077 == 0
    del first["jwt_key"]
    file.write_text(json.dumps(first))
    again = make_local_secrets(file)
    assert {name: again[name] for name in first} == first
    assert again["jwt_key"]
    assert make_local_secrets(tmp_path / "other.json")["jwt_key"] != again["jwt_key"]


async def test_a_changed_file_is_seen_when_read_again(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    file.write_text(json.dumps({"database_password": "first"}))
    secrets = FileSecrets(file)
    assert await secrets.get("database_password") == "first"
    file.write_text(json.dumps({"database_password": "second"}))
    assert await secrets.get("database_password") == "first"
    assert await secrets.reread("database_password") == "second"
