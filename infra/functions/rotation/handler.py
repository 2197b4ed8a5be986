"""Rotates the password of the app's database user, in Secrets Manager's four steps.

Each step may be called again at any time and then does what is left of it. Between the second step and the fourth the
database knows the new password and the secret still shows the old one: whoever connects meanwhile and is refused finds
the new one under AWSPENDING.
"""

import base64
import hashlib
import hmac
import json
import os
import ssl
from typing import Any

import boto3
import pg8000.exceptions  # type: ignore[import-untyped]
import pg8000.native  # type: ignore[import-untyped]

CURRENT, PENDING = "AWSCURRENT", "AWSPENDING"
REFUSED = "28P01"
LENGTH = 40
ROUNDS = 4096
"""PostgreSQL's own number."""


class RotationError(RuntimeError):
    """The rotation can't go on; the message says why, and names no password."""


def handle(event: dict[str, str], _context: object) -> None:
    """Lambda's entry. Raises RotationError, or what Secrets Manager or PostgreSQL say; Secrets Manager tries again."""
    secret, token, step = event["SecretId"], event["ClientRequestToken"], event["Step"]
    client = boto3.client("secretsmanager")
    described = client.describe_secret(SecretId=secret)
    stages = described.get("VersionIdsToStages", {}).get(token)
    if not described.get("RotationEnabled"):
        raise RotationError("rotation of this secret is off")
    if stages is None:
        raise RotationError("the secret has no such version")
    if CURRENT in stages:
        return  # done already
    if PENDING not in stages:
        raise RotationError("this version is not the one to come")
    steps = {"createSecret": _create, "setSecret": _set, "testSecret": _test}
    if step == "finishSecret":
        _finish(client, secret, token, described)
    elif step in steps:
        steps[step](client, secret, token)
    else:
        raise RotationError(f"there is no step {step!r}")


def _create(client: Any, secret: str, token: str) -> None:
    """A new password beside the present one, unless an earlier call has made it."""
    known = _value(client, secret, CURRENT)
    try:
        _value(client, secret, PENDING, token)
    except client.exceptions.ResourceNotFoundException:
        made = client.get_random_password(PasswordLength=LENGTH, ExcludePunctuation=True)["RandomPassword"]
        client.put_secret_value(
            SecretId=secret,
            ClientRequestToken=token,
            SecretString=json.dumps({**known, "password": made}),
            VersionStages=[PENDING],
        )


def _set(client: Any, secret: str, token: str) -> None:
    """Give the database the new password, with the present one; it has it already if this is called again."""
    current, pending = _value(client, secret, CURRENT), _value(client, secret, PENDING, token)
    if pending["username"] != current["username"]:
        raise RotationError("the version to come is another user's")
    if _logs_in(pending):
        return
    with _connected(current) as connection:
        user = pg8000.native.identifier(pending["username"])
        # The server may write a statement into its log, if it fails or takes long: the password isn't in this one.
        connection.run(f"ALTER ROLE {user} PASSWORD {pg8000.native.literal(_verifier(pending['password']))}")


def _verifier(password: str) -> str:
    """What PostgreSQL keeps of a password, which must be ASCII: nobody can log in with it. Source: RFC 5802 and 7677.

    A salt and two keys made from the password; their shape is that of ``pg_authid.rolpassword``.
    """
    salt = os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, ROUNDS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    served = hmac.digest(salted, b"Server Key", "sha256")
    said = [base64.b64encode(one).decode() for one in (salt, stored, served)]
    return f"SCRAM-SHA-256${ROUNDS}:{said[0]}${said[1]}:{said[2]}"


def _test(client: Any, secret: str, token: str) -> None:
    if not _logs_in(_value(client, secret, PENDING, token)):
        raise RotationError("the database refuses the new password")


def _finish(client: Any, secret: str, token: str, described: dict[str, Any]) -> None:
    """The new version is the present one from now on; the one before stays as AWSPREVIOUS."""
    before = next((one for one, stages in described["VersionIdsToStages"].items() if CURRENT in stages), None)
    moved = {"RemoveFromVersionId": before} if before else {}
    client.update_secret_version_stage(SecretId=secret, VersionStage=CURRENT, MoveToVersionId=token, **moved)
    client.update_secret_version_stage(SecretId=secret, VersionStage=PENDING, RemoveFromVersionId=token)


def _value(client: Any, secret: str, stage: str, token: str | None = None) -> dict[str, str]:
    version = {"VersionId": token} if token else {}
    said = client.get_secret_value(SecretId=secret, VersionStage=stage, **version)["SecretString"]
    value: dict[str, str] = json.loads(said)
    if not value.get("username") or not value.get("password"):
        raise RotationError("the secret has no username or no password")
    return value


def _logs_in(value: dict[str, str]) -> bool:
    """Whether the database takes this password. Raises for any other trouble than a refusal of it."""
    try:
        with _connected(value) as connection:
            return bool(connection.run("SELECT 1"))
    except pg8000.exceptions.DatabaseError as error:
        if isinstance(error.args[0], dict) and error.args[0].get("C") == REFUSED:
            return False
        raise


def _connected(value: dict[str, str]) -> pg8000.native.Connection:
    encrypted = None
    if os.environ.get("DATABASE_SSL", "require") == "require":
        # As the app's: encrypted, the certificate not held against the name.
        encrypted = ssl.create_default_context()
        encrypted.check_hostname, encrypted.verify_mode = False, ssl.CERT_NONE
    return pg8000.native.Connection(
        value["username"],
        host=os.environ["DATABASE_HOST"],
        port=int(os.environ["DATABASE_PORT"]),
        database=os.environ["DATABASE_NAME"],
        password=value["password"],
        ssl_context=encrypted,
        timeout=5,
    )
