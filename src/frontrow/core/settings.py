"""Typed settings, read once in wiring. Every key the cloud sets is here from the start; the local stack sets
the same ones.

Environment names are ``FRONTROW_<GROUP>__<KEY>``, e.g. ``FRONTROW_DATABASE__PRIMARY_URL``. What is secret isn't
here but comes through :mod:`frontrow.core.secrets` by name.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class DatabaseSettings(BaseModel):
    """PostgreSQL. URLs carry no password: it is the secret ``database_password`` and may be rotated."""

    primary_url: str = "postgresql://frontrow@127.0.0.1:5432/frontrow"
    replica_url: str | None = None
    pool_size: int = Field(default=16, ge=1)
    connect_timeout_s: float = 2.0
    lock_timeout_ms: int = 500
    statement_timeout_ms: int = 2000
    idle_in_transaction_timeout_ms: int = 5000
    ssl: Literal["disable", "require", "verify-full"] = "disable"


class RedisSettings(BaseModel):
    """Redis in cluster mode, also on one machine (a cluster of one node)."""

    url: str = "redis://127.0.0.1:6379"
    tls: bool = False
    tls_ca: Path | None = None  # the system's own roots unless one is named
    username: str | None = None
    auth: bool = False  # when true, the secret ``redis_auth`` is sent
    max_connections: int = 1000
    timeout_s: float = 1.0


class QueueSettings(BaseModel):
    """The job queue's wake-up. The outbox table is the record; a lost queue costs time, never a job."""

    kind: Literal["redis", "sqs"] = "redis"
    visibility_s: int = 30
    max_receives: int = 3
    sqs_url: str | None = None
    sqs_endpoint: str | None = None
    region: str = "us-east-1"


class ObjectsSettings(BaseModel):
    """Where pictures and exports live."""

    kind: Literal["folder", "s3"] = "folder"
    folder: Path = Path(".frontrow/objects")
    bucket: str | None = None
    s3_endpoint: str | None = None
    region: str = "us-east-1"


class StripeSettings(BaseModel):
    """Keys ``stripe_secret_key`` and ``stripe_webhook_secret`` are secrets; the publishable one isn't."""

    api_base: str = "https://api.stripe.com"
    script_url: str = "https://js.stripe.com/v3/"
    publishable_key: str = ""
    timeout_s: float = 5.0
    minimum_amount: int = 50  # minor units; Stripe's floor for EUR and USD
    livemode: bool = False
    # Ways to pay besides cards, in Stripe's words. They are captured at once: there is no authorisation to wait with.
    automatic_methods: tuple[str, ...] = ("ideal", "bancontact")


class MailSettings(BaseModel):
    host: str = "127.0.0.1"
    port: int = 1025
    start_tls: bool = False
    username: str | None = None  # with it, the secret ``smtp_password`` is used
    sender: str = "Frontrow <tickets@frontrow.example>"
    timeout_s: float = 5.0


class OAuthProvider(BaseModel):
    """An OpenID Connect provider; its client secret is the secret ``oauth_<name>``."""

    issuer: str
    client_id: str


class TelemetrySettings(BaseModel):
    """OpenTelemetry. Without an endpoint nothing is exported, and spans cost nothing."""

    otlp_endpoint: str | None = None
    service_name: str = "frontrow"
    xray: bool = False
    sample_ratio: float = Field(default=0.05, ge=0, le=1)
    log_level: str = "INFO"


class SecretsSettings(BaseModel):
    """Locally a file made on first start; in AWS one Secrets Manager secret a name, read by the app's own role."""

    kind: Literal["file", "aws"] = "file"
    file: Path = Path(".frontrow/secrets.json")
    arns: dict[str, str] = Field(default_factory=dict)
    endpoint: str | None = None
    region: str = "us-east-1"


class TillSettings(BaseModel):
    """The selling rules that a deployment may change."""

    hold_s: int = 600
    hold_cap_s: int = 1200
    abandon_s: int = 30  # what is left of a hold whose page was closed
    paying_min_s: int = 300
    cancel_cap_s: int = 300
    max_seats: int = Field(default=10, ge=1, le=50)
    reconcile_every_s: float = 60.0
    sweep_every_s: float = 2.0


class AccountSettings(BaseModel):
    access_s: int = 600
    refresh_s: int = 30 * 24 * 3600
    refresh_grace_s: int = 10


ASKED_IN_PRODUCTION = (
    "ORIGIN",
    "DATABASE__PRIMARY_URL",
    "DATABASE__SSL",
    "REDIS__URL",
    "REDIS__TLS",
    "REDIS__AUTH",
    "QUEUE__KIND",
    "OBJECTS__KIND",
    "STRIPE__PUBLISHABLE_KEY",
    "STRIPE__LIVEMODE",
    "MAIL__HOST",
    "MAIL__START_TLS",
    "MAIL__SENDER",
    "SECRETS__KIND",
)
"""What nobody can know but the place where it runs: here a default of one machine would be a mistake found late."""


class Settings(BaseSettings):
    """All settings of a process. Raises pydantic's ValidationError at start when a key is wrong, or, in production,
    when one is missing that only the place can know."""

    model_config = SettingsConfigDict(
        env_prefix="FRONTROW_", env_nested_delimiter="__", extra="ignore", hide_input_in_errors=True
    )

    environment: Literal["local", "test", "production"] = "local"
    origin: str = "http://127.0.0.1:8000"
    listen_host: str = "127.0.0.1"
    listen_port: int = 8000
    home: Path = Path(".frontrow")
    web_dist: Path = Path("web/dist")
    inbox_url: str | None = None  # shown in the footer of the local stack
    database: DatabaseSettings = DatabaseSettings()
    redis: RedisSettings = RedisSettings()
    queue: QueueSettings = QueueSettings()
    objects: ObjectsSettings = ObjectsSettings()
    stripe: StripeSettings = StripeSettings()
    mail: MailSettings = MailSettings()
    oauth: dict[str, OAuthProvider] = Field(default_factory=dict)
    telemetry: TelemetrySettings = TelemetrySettings()
    secrets: SecretsSettings = SecretsSettings()
    till: TillSettings = TillSettings()
    account: AccountSettings = AccountSettings()

    @model_validator(mode="after")
    def _nothing_is_missing(self) -> Self:
        if self.environment == "production" and (missing := list(self._missing())):
            raise ValueError("in production set " + ", ".join(f"FRONTROW_{key}" for key in missing))
        return self

    def _missing(self) -> Iterator[str]:
        for key in ASKED_IN_PRODUCTION:
            *group, name = key.lower().split("__")
            asked: BaseModel = getattr(self, group[0]) if group else self
            if name not in asked.model_fields_set:
                yield key
        if self.queue.kind == "sqs" and not self.queue.sqs_url:
            yield "QUEUE__SQS_URL"
        if self.objects.kind == "s3" and not self.objects.bucket:
            yield "OBJECTS__BUCKET"
        if self.secrets.kind == "aws" and not self.secrets.arns:
            yield "SECRETS__ARNS"
