"""Settings out of the environment: every key that the cloud sets, and a wrong one stops the start."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from frontrow.core.settings import Settings

CLOUD = {
    "FRONTROW_ENVIRONMENT": "production",
    "FRONTROW_STRIPE__PUBLISHABLE_KEY": "pk_live_1",
    "FRONTROW_STRIPE__LIVEMODE": "true",
    "FRONTROW_MAIL__SENDER": "Acme <tickets@acme.example>",
    "FRONTROW_ORIGIN": "https://frontrow.example",
    "FRONTROW_LISTEN_HOST": "0.0.0.0",
    "FRONTROW_DATABASE__PRIMARY_URL": "postgresql://frontrow@primary.rds:5432/frontrow",
    "FRONTROW_DATABASE__REPLICA_URL": "postgresql://frontrow@replica.rds:5432/frontrow",
    "FRONTROW_DATABASE__SSL": "verify-full",
    "FRONTROW_REDIS__URL": "redis://clustercfg.cache:6379",
    "FRONTROW_REDIS__TLS": "true",
    "FRONTROW_REDIS__AUTH": "true",
    "FRONTROW_QUEUE__KIND": "sqs",
    "FRONTROW_QUEUE__SQS_URL": "https://sqs.us-east-1.amazonaws.com/1/jobs",
    "FRONTROW_OBJECTS__KIND": "s3",
    "FRONTROW_OBJECTS__BUCKET": "frontrow-media",
    "FRONTROW_SECRETS__KIND": "aws",
    "FRONTROW_SECRETS__ARNS": '{"jwt_key": "arn:aws:secretsmanager:us-east-1:1:secret:jwt"}',
    "FRONTROW_OAUTH": '{"acme": {"issuer": "https://acme.example", "client_id": "frontrow"}}',
    "FRONTROW_TELEMETRY__OTLP_ENDPOINT": "http://localhost:4318",
    "FRONTROW_TELEMETRY__XRAY": "true",
    "FRONTROW_MAIL__HOST": "email-smtp.us-east-1.amazonaws.com",
    "FRONTROW_MAIL__PORT": "587",
    "FRONTROW_MAIL__START_TLS": "true",
    "FRONTROW_MAIL__USERNAME": "ses",
}


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An environment without settings, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in CLOUD:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_every_key_of_the_cloud_is_read(env: pytest.MonkeyPatch) -> None:
    for name, value in CLOUD.items():
        env.setenv(name, value)
    settings = Settings()
    assert settings.database.replica_url == "postgresql://frontrow@replica.rds:5432/frontrow"
    assert settings.database.ssl == "verify-full"
    assert (settings.redis.tls, settings.redis.auth) == (True, True)
    assert (settings.queue.kind, settings.objects.kind, settings.objects.bucket) == ("sqs", "s3", "frontrow-media")
    assert settings.secrets.arns == {"jwt_key": "arn:aws:secretsmanager:us-east-1:1:secret:jwt"}
    assert settings.oauth["acme"].issuer == "https://acme.example"
    assert settings.telemetry.xray
    assert settings.mail.start_tls


def test_without_any_it_listens_on_loopback_and_tells_nobody(env: pytest.MonkeyPatch) -> None:
    settings = Settings()
    assert settings.listen_host == "127.0.0.1"
    assert settings.telemetry.otlp_endpoint is None
    assert settings.oauth == {}
    assert settings.secrets.kind == "file"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FRONTROW_QUEUE__KIND", "kafka"),
        ("FRONTROW_DATABASE__POOL_SIZE", "0"),
        ("FRONTROW_TELEMETRY__SAMPLE_RATIO", "2"),
        ("FRONTROW_TILL__MAX_SEATS", "1000"),
        ("FRONTROW_LISTEN_PORT", "http"),
        ("FRONTROW_ENVIRONMENT", "prod"),
    ],
)
def test_a_wrong_value_stops_the_start(env: pytest.MonkeyPatch, name: str, value: str) -> None:
    env.setenv(name, value)
    with pytest.raises(ValidationError):
        Settings()


def test_urls_and_settings_hold_no_password() -> None:
    assert "password" not in Settings().model_dump_json().replace("database_password", "")
