"""Access tokens: only ours, only for this, only for ten minutes."""

import base64
import hashlib
import hmac
import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from frontrow.core.runtime import Runtime
from frontrow.core.secrets import make_local_secrets
from frontrow.people import rules
from frontrow.people.access import Doorkeeper
from frontrow.people.actions import sessions
from frontrow.people.errors import TokenExpired
from frontrow.people.rules import AccessKey

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy

RAW = b"k" * 32
KEY = AccessKey.of(base64.b64encode(RAW).decode())
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ISSUER = "https://frontrow.example"
USER, SESSION = uuid.uuid4(), uuid.uuid4()
GOOD: dict[str, Any] = {
    "iss": ISSUER,
    "aud": "frontrow",
    "sub": str(USER),
    "sid": SESSION.hex,
    "iat": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 600,
}


def part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def signed(claims: dict[str, Any], header: dict[str, Any] | None = None, key: OKPKey = KEY.key) -> str:
    """A token signed by hand, so that nothing is checked on the way."""
    whole = {"alg": "Ed25519", "typ": "at+jwt", "kid": KEY.kid, **(header or {})}
    body = f"{part({k: v for k, v in whole.items() if v is not None})}.{part(claims)}"
    signature = key.private_key.sign(body.encode())  # type: ignore[union-attr]
    return f"{body}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def read(token: str, now: datetime = NOW) -> rules.Access | None:
    return rules.read_access(KEY, ISSUER, token, now)


def test_a_good_token_says_who_and_which_session() -> None:
    token = rules.sign_access(KEY, ISSUER, USER, SESSION, NOW, 600)
    assert read(token) == rules.Access(USER, SESSION, GOOD["exp"])
    assert read(signed(GOOD)) == rules.Access(USER, SESSION, GOOD["exp"])
    assert read(token, NOW + timedelta(seconds=599)) is not None
    with pytest.raises(TokenExpired):
        read(token, NOW + timedelta(seconds=600))


@pytest.mark.parametrize("missing", GOOD)
def test_every_claim_is_needed(missing: str) -> None:
    assert read(signed({name: value for name, value in GOOD.items() if name != missing})) is None


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://evil.example"},
        {"aud": "other"},
        {"aud": ["frontrow", "other"]},
        {"sub": "anna"},
        {"sub": 7},
        {"sid": ""},
        {"exp": None},
        {"exp": "9999999999"},
        {"exp": True},
        {"exp": 1e12},
        {"iat": GOOD["iat"] + 3600},
    ],
)
def test_wrong_claims_are_refused(change: dict[str, Any]) -> None:
    assert read(signed({**GOOD, **change})) is None


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "JWT"},
        {"typ": None},
        {"kid": None},
        {"kid": "../../etc/passwd"},
        {"kid": "' OR 1=1 --"},
        {"alg": "EdDSA"},
        {"alg": "none"},
        {"jku": "https://evil.example/keys"},
        {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}},
        {"crit": ["exp"]},
    ],
)
def test_the_header_has_no_say(header: dict[str, Any]) -> None:
    assert read(signed(GOOD, header)) is None


def test_no_signature_and_other_keys_are_refused() -> None:
    body = part({"alg": "none", "typ": "at+jwt", "kid": KEY.kid}) + "." + part(GOOD)
    assert read(body + ".") is None
    assert read(body) is None
    other = OKPKey.generate_key("Ed25519")
    assert read(signed(GOOD, key=other)) is None
    # The public key, known to all, taken for a shared secret:
    public = Ed25519PrivateKey.from_private_bytes(RAW).public_key()
    for known in (
        public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw),
        public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
    ):
        head = part({"alg": "HS256", "typ": "at+jwt", "kid": KEY.kid}) + "." + part(GOOD)
        mac = hmac.new(known, head.encode(), hashlib.sha256).digest()
        assert read(f"{head}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}") is None
    assert read(jwt.encode({"alg": "HS256"}, dict(GOOD), OctKey.generate_key(256))) is None


@UNHURRIED
@given(at=st.integers(0, 400), letter=st.sampled_from("AZaz09-_.="))
def test_a_changed_letter_is_noticed(at: int, letter: str) -> None:
    token = rules.sign_access(KEY, ISSUER, USER, SESSION, NOW, 600)
    at %= len(token)
    changed = token[:at] + letter + token[at + 1 :]
    # The last letter of a part may carry unused bits; then the bytes are the same and so is the token.
    if changed != token and at + 1 < len(token) and token[at + 1] != ".":
        assert read(changed) is None


@UNHURRIED
@given(st.text(max_size=3000))
def test_anything_else_is_no_token(text: str) -> None:
    assert read(text) is None
    assert rules.claims_other_key(text, KEY) is False


async def test_a_rotated_key_is_read_again(rt: Runtime) -> None:
    path = rt.settings.secrets.file
    before = path.read_text()
    old, other = Doorkeeper(rt), Runtime.open(rt.settings)
    user = uuid.uuid4()
    await rt.db.write(
        lambda tx: tx.sql("INSERT INTO user_account (id, email, name) VALUES (:id, 'a@b.example', 'A')", id=user)
    )
    opened = await rt.db.write(lambda tx: sessions.begin(tx, user, 3600))
    first = await old.sign(user, opened.session_id)
    try:
        stored = json.loads(before)
        del stored["jwt_key"]
        path.write_text(json.dumps(stored))
        make_local_secrets(path)
        new = Doorkeeper(other)
        second = await new.sign(user, opened.session_id)
        old._key_read_at -= 60  # the key was last read a while ago
        assert await old.read(second) is not None
        assert await old.read(first) is None
        assert await new.read(second) is not None
    finally:
        path.write_text(before)
        await other.close()
