"""Pure decisions about accounts: addresses, passwords, and what makes a token good."""

import base64
import hashlib
import hmac
import unicodedata
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from email_validator import EmailNotValidError, validate_email
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from limits import RateLimitItem, parse

from frontrow.core.errors import InvalidRequest
from frontrow.core.ids import secret_token
from frontrow.gateways.oauth import Started
from frontrow.people.errors import TokenExpired

PASSWORD_MIN = 8
PASSWORD_MAX = 200
NAME_MAX = 100
AUDIENCE = "frontrow"
TOKEN_TYPE = "at+jwt"  # noqa: S105 - RFC 9068: an access token, and nothing else that we may sign one day
ALGORITHM = "Ed25519"  # the fully specified name (RFC 9864) of what used to be called EdDSA

# Tries at an account from one address are few; from anywhere there are more: a stranger mustn't lock it up easily.
LOG_INS_HERE: RateLimitItem = parse("10 per 5 minutes")
LOG_INS_ANYWHERE: RateLimitItem = parse("100 per 5 minutes")
LOG_INS_BY_ADDRESS: RateLimitItem = parse("200 per 5 minutes")
SIGN_UPS_BY_ADDRESS: RateLimitItem = parse("30 per 10 minutes")


PROOFS_SOON: RateLimitItem = parse("2 per 5 minutes")
PROOFS_A_DAY: RateLimitItem = parse("6 per day")


def proof_token(pepper: bytes, proof_id: uuid.UUID) -> str:
    """What the link of a proof carries. It follows from the proof's id and our secret, so that the worker that mails it
    needn't be told, and a mail that goes out twice says the same; the database has only its hash."""
    mac = hmac.new(pepper, b"email proof " + proof_id.bytes, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def proof_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def clean_email(raw: str) -> str:
    """The address in the one form that we store: lower case, an ASCII domain.

    Raises InvalidRequest. Letters beyond ASCII before the @ are refused: many mail servers can't deliver there.
    """
    try:
        found = validate_email(raw.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise InvalidRequest(str(error), errors=[{"field": "email", "message": str(error)}]) from None
    return (found.ascii_email or found.normalized).lower()


def checked_password(password: str) -> str:
    """The password exactly as sent: 8 to 200 characters of any script, no NUL. Raises InvalidRequest."""
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX or "\0" in password:
        said = f"Choose a password of {PASSWORD_MIN} to {PASSWORD_MAX} characters."
        raise InvalidRequest(said, errors=[{"field": "password", "message": said}])
    return password


def clean_name(raw: str) -> str:
    """A person's name on one line: control and direction characters gone, blanks single. Raises InvalidRequest."""
    kept = "".join(" " if unicodedata.category(letter) in {"Cc", "Cf", "Zl", "Zp"} else letter for letter in raw)
    name = " ".join(kept.split())
    if not 1 <= len(name) <= NAME_MAX:
        said = f"Tell us a name of 1 to {NAME_MAX} characters."
        raise InvalidRequest(said, errors=[{"field": "name", "message": said}])
    return name


@lru_cache(maxsize=10_000)
def buyer_id(cookie: str) -> uuid.UUID:
    """The id behind a guest's cookie. One way: who reads the id in the database can't be that guest."""
    return uuid.UUID(bytes=hashlib.sha256(b"buyer:" + cookie.encode()).digest()[:16], version=4)


def user_buyer_id(user_id: uuid.UUID) -> uuid.UUID:
    """The buyer id of an API client, who has a token and no cookies."""
    return uuid.UUID(bytes=hashlib.sha256(b"user:" + user_id.bytes).digest()[:16], version=4)


# -- refresh tokens ----------------------------------------------------------------------------------------------------


def first_refresh_token(session_id: uuid.UUID) -> str:
    """The token that a log-in starts with. It names its session, so that an old one is recognised at any age."""
    return f"{session_id.hex}.{secret_token(32)}"


def next_refresh_token(pepper: bytes, token: str) -> str:
    """The token that follows ``token``: always the same one, so that ten tabs refreshing at once end up with one token.

    Only who knows ``pepper`` (it is derived from the signing key) can compute it.
    """
    mac = hmac.new(pepper, b"refresh:" + token.encode(), hashlib.sha256).digest()
    return f"{token.partition('.')[0]}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def session_of(token: str) -> uuid.UUID | None:
    """The session that a refresh token names; None when it has no token's shape."""
    name, dot, rest = token.partition(".")
    if not dot or len(name) != 32 or not 20 <= len(rest) <= 100 or not token.isascii():
        return None
    try:
        return uuid.UUID(hex=name)
    except ValueError:
        return None


def token_hash(token: str) -> bytes:
    """What the database keeps of a refresh token. It is random, so a fast hash is enough."""
    return hashlib.sha256(token.encode(errors="replace")).digest()


# -- access tokens -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Access:
    """What a good access token says."""

    user_id: uuid.UUID
    session_id: uuid.UUID
    expires_at: int  # seconds since 1970


@dataclass(frozen=True)
class AccessKey:
    """The signing key, its public name, and the pepper derived from it."""

    key: OKPKey
    kid: str
    pepper: bytes

    @classmethod
    def of(cls, secret: str) -> "AccessKey":
        """From the secret ``jwt_key``: 32 raw bytes in base64. Raises ValueError for anything else."""
        raw = base64.b64decode(secret, validate=True)
        private = Ed25519PrivateKey.from_private_bytes(raw)
        public = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        pepper = hmac.new(raw, b"frontrow refresh tokens", hashlib.sha256).digest()
        return cls(OKPKey.import_key(pem), hashlib.sha256(public).hexdigest()[:16], pepper)


def sign_access(
    key: AccessKey, issuer: str, user_id: uuid.UUID, session_id: uuid.UUID, now: datetime, life_s: int
) -> str:
    """An access token that is good for ``life_s`` seconds from ``now``."""
    claims = {
        "iss": issuer,
        "aud": AUDIENCE,
        "sub": str(user_id),
        "sid": session_id.hex,
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(seconds=life_s)).timestamp()),
    }
    return jwt.encode({"alg": ALGORITHM, "typ": TOKEN_TYPE, "kid": key.kid}, claims, key.key, algorithms=[ALGORITHM])


def read_access(key: AccessKey, issuer: str, token: str, now: datetime) -> Access | None:
    """What the token says; None when it isn't one of ours. Raises TokenExpired for ours that is over.

    Algorithm and key are fixed here: nothing in the token's own header has a say in how it is verified.
    """
    if len(token) > 2000:
        return None
    try:
        read = jwt.decode(token, key.key, algorithms=[ALGORITHM])
        if read.header != {"alg": ALGORITHM, "typ": TOKEN_TYPE, "kid": key.kid}:
            return None
        claims: dict[str, Any] = read.claims
        if claims["iss"] != issuer or claims["aud"] != AUDIENCE:
            return None
        issued, expires = claims["iat"], claims["exp"]
        if type(issued) is not int or type(expires) is not int or issued > now.timestamp() + 60:
            return None
        access = Access(uuid.UUID(claims["sub"]), uuid.UUID(hex=claims["sid"]), expires)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError):
        return None
    if is_over(access, now):
        raise TokenExpired
    return access


def is_over(access: Access, now: datetime) -> bool:
    """Whether the token's time has come."""
    return access.expires_at <= now.timestamp()


def claims_other_key(token: str, key: AccessKey) -> bool:
    """Whether a token that didn't verify has the shape of ours but names another key; nothing of it is believed."""
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError, TypeError):
        return False
    return header.get("alg") == ALGORITHM and header.get("typ") == TOKEN_TYPE and header.get("kid") != key.kid


# -- a log-in at a provider, on its way --------------------------------------------------------------------------------

ON_ITS_WAY_TYPE = "frontrow-oauth+jwt"
ON_ITS_WAY_S = 600


def seal_started(key: AccessKey, provider: str, started: Started, now: datetime) -> str:
    """What the browser must keep while it is at the provider, signed: nobody can plant a log-in of their own there."""
    claims = {
        "provider": provider,
        "state": started.state,
        "nonce": started.nonce,
        "verifier": started.verifier,
        "exp": int((now + timedelta(seconds=ON_ITS_WAY_S)).timestamp()),
    }
    header = {"alg": ALGORITHM, "typ": ON_ITS_WAY_TYPE, "kid": key.kid}
    return jwt.encode(header, claims, key.key, algorithms=[ALGORITHM])


def open_started(key: AccessKey, provider: str, sealed: str, now: datetime) -> Started | None:
    """What was sealed for this provider within the last ten minutes, or None."""
    try:
        read = jwt.decode(sealed, key.key, algorithms=[ALGORITHM])
        claims = read.claims
        if read.header.get("typ") != ON_ITS_WAY_TYPE or claims["provider"] != provider:
            return None
        if claims["exp"] <= now.timestamp():
            return None
        return Started("", str(claims["state"]), str(claims["nonce"]), str(claims["verifier"]))
    except (JoseError, ValueError, KeyError, TypeError):
        return None
