"""Secrets by name: a file made on first start on one machine, AWS Secrets Manager in the cloud.

A secret can be read again after it was rotated (:meth:`Secrets.reread`), which the database pool does when a log-in
is refused. A process refuses to start with a secret that was ever printed in an example.
"""

import base64
import json
import os
import secrets as random
from pathlib import Path
from typing import Any, Protocol

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from frontrow.core import aws
from frontrow.core.settings import SecretsSettings

EXAMPLE_SECRETS = frozenset(
    {"", "secret", "changeme", "change-me", "example", "password", "sk_test_example", "whsec_example"}
)
"""Values that documents and examples use; a process that finds one of these stops at once."""


class ExampleSecretError(RuntimeError):
    """A secret is missing or still has an example's value."""


class Secrets(Protocol):
    """Where a process finds its secrets."""

    async def get(self, name: str) -> str: ...

    async def reread(self, name: str) -> str:
        """The secret as it is now at its source, past any cache."""
        ...

    async def coming(self, name: str) -> str | None:
        """The value that a rotation which goes on just now will end with; None when there is none."""
        ...


def _refuse_example(name: str, value: str) -> str:
    if value.strip().lower() in EXAMPLE_SECRETS:
        raise ExampleSecretError(f"The secret '{name}' is missing or an example's; set a real one.")
    return value


class FileSecrets:
    """A JSON object of name to value, readable by its owner only."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, str] = {}

    async def get(self, name: str) -> str:
        if name not in self._known:
            return await self.reread(name)
        return self._known[name]

    async def reread(self, name: str) -> str:
        # A few hundred bytes from a local disk, at start or after a rotation: no thread needed.
        stored: dict[str, str] = json.loads(self._path.read_text())
        self._known = {**stored}
        return _refuse_example(name, stored.get(name, ""))

    async def coming(self, name: str) -> str | None:
        return None  # a file changes at once


class AwsSecrets:
    """Secrets Manager, addressed by ARN; values are cached until :meth:`reread`."""

    def __init__(self, settings: SecretsSettings) -> None:
        self._settings = settings
        self._known: dict[str, str] = {}

    async def get(self, name: str) -> str:
        if name not in self._known:
            return await self.reread(name)
        return self._known[name]

    async def reread(self, name: str) -> str:
        async with self._client() as client:
            value = await self._ask(client, name, "AWSCURRENT")
        self._known[name] = value
        return value

    async def coming(self, name: str) -> str | None:
        async with self._client() as client:
            try:
                value = await self._ask(client, name, "AWSPENDING")
            except client.exceptions.ResourceNotFoundException:
                return None
        # Kept: if it isn't the right one after all, whoever is refused reads again.
        self._known[name] = value
        return value

    def _client(self) -> Any:
        return aws.client("secretsmanager", self._settings.region, self._settings.endpoint)

    async def _ask(self, client: Any, name: str, stage: str) -> str:
        arn = self._settings.arns.get(name)
        if arn is None:
            raise ExampleSecretError(f"No ARN is set for the secret '{name}'.")
        answer = await client.get_secret_value(SecretId=arn, VersionStage=stage)
        value = str(answer["SecretString"])
        # RDS rotation stores a JSON object; the password is the part a connection needs.
        if value.startswith("{"):
            value = str(json.loads(value)["password"])
        return _refuse_example(name, value)


def open_secrets(settings: SecretsSettings) -> Secrets:
    return AwsSecrets(settings) if settings.kind == "aws" else FileSecrets(settings.file)


def _new_ed25519() -> str:
    raw = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
    )
    return base64.b64encode(raw).decode()


def make_local_secrets(path: Path) -> dict[str, str]:
    """Create what is missing in the local secrets file and return all of it. Existing values are never changed."""
    stored: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    fresh = {
        "database_password": random.token_urlsafe(24),
        "redis_auth": random.token_urlsafe(24),
        "jwt_key": _new_ed25519(),
        "ticket_signing_key": _new_ed25519(),
        "stripe_secret_key": "sk_test_" + random.token_hex(16),
        "stripe_publishable_key": "pk_test_" + random.token_hex(16),
        "stripe_webhook_secret": "whsec_" + random.token_hex(24),
        "demo_password": "-".join(random.choice(_WORDS) for _ in range(4)),
    }
    whole = {**fresh, **stored}
    if whole != stored:
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(".new")
        half.touch(mode=0o600)
        half.write_text(json.dumps(whole, indent=1))
        os.replace(half, path)
    return whole


_WORDS = [
    "aisle",
    "balcony",
    "curtain",
    "encore",
    "foyer",
    "gallery",
    "lantern",
    "matinee",
    "opera",
    "overture",
    "parquet",
    "poster",
    "premiere",
    "prompter",
    "prologue",
    "rehearsal",
    "spotlight",
    "stage",
    "stalls",
    "ticket",
    "tenor",
    "usher",
    "velvet",
    "violin",
    "wing",
]
