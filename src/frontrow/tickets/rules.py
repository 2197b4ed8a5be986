"""Ticket codes: what a QR says, signed with Ed25519 so that a gate without a network can tell a real one."""

import base64
import binascii
import hashlib
import uuid
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from frontrow.tickets.errors import BadCode

PREFIX = "FR1."
_BODY = 16 + 16 + 9  # ticket id, performance id, the ticket's secret
_SIGNATURE = 64

Verdict = Literal["admitted", "already_used", "void", "not_valid", "wrong_performance"]


@dataclass(frozen=True)
class Code:
    ticket_id: uuid.UUID
    performance_id: uuid.UUID
    secret: str  # URL-safe base64 of 9 bytes


@lru_cache(4)
def signing_key(secret: str) -> Ed25519PrivateKey:
    """The key from the secret ``ticket_signing_key`` (base64 of 32 raw bytes)."""
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(secret))


def public_jwk(key: Ed25519PublicKey) -> dict[str, str]:
    """A public key as a JWK (RFC 8037); ``kid`` is its thumbprint (RFC 7638)."""
    raw = base64.urlsafe_b64encode(key.public_bytes_raw()).rstrip(b"=").decode()
    named = f'{{"crv":"Ed25519","kty":"OKP","x":"{raw}"}}'
    kid = base64.urlsafe_b64encode(hashlib.sha256(named.encode()).digest()).rstrip(b"=").decode()
    return {"kty": "OKP", "crv": "Ed25519", "x": raw, "kid": kid, "use": "sig", "alg": "EdDSA"}


def keys_of(jwks: Any) -> list[Ed25519PublicKey]:
    """The Ed25519 keys of a JWK Set. Raises ValueError when it isn't one."""
    try:
        return [
            Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["x"] + "=="))
            for key in jwks["keys"]
            if (key["kty"], key["crv"]) == ("OKP", "Ed25519")
        ]
    except (KeyError, TypeError, binascii.Error) as error:
        raise ValueError("This isn't a JWK Set.") from error


def sign(key: Ed25519PrivateKey, code: Code) -> str:
    """The text of a ticket's QR: ``FR1.`` and 140 URL-safe characters."""
    body = code.ticket_id.bytes + code.performance_id.bytes + base64.urlsafe_b64decode(code.secret)
    return PREFIX + base64.urlsafe_b64encode(body + key.sign(PREFIX.encode() + body)).decode()


def read(key: Ed25519PublicKey, text: str) -> Code:
    """What a scanned text says. Raises BadCode for anything that we didn't sign, whatever it is."""
    text = text.strip()
    if not text.startswith(PREFIX) or len(text) > 300 or not text.isascii():
        raise BadCode
    try:
        raw = base64.b64decode(text[len(PREFIX) :], altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadCode from error
    if len(raw) != _BODY + _SIGNATURE:
        raise BadCode
    body, signature = raw[:_BODY], raw[_BODY:]
    try:
        key.verify(signature, PREFIX.encode() + body)
    except InvalidSignature as error:
        raise BadCode from error
    return Code(uuid.UUID(bytes=body[:16]), uuid.UUID(bytes=body[16:32]), base64.urlsafe_b64encode(body[32:]).decode())
