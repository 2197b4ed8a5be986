"""Log-in providers by OpenID Connect: the code flow with PKCE, state and nonce.

What a provider tells is returned as :class:`Identity`; who that is here, ``people`` decides. An address that the
provider hasn't verified is only a claim.
"""

import hmac
import time
import warnings
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from frontrow.core.ids import secret_token
from frontrow.core.secrets import Secrets
from frontrow.core.settings import OAuthProvider
from frontrow.gateways.breaker import Breaker, BreakerOpen

with warnings.catch_warnings(record=True):
    # Authlib would rather have httpx's successor, and says so on standard error at each start.
    from authlib.integrations.base_client import OAuthError
    from authlib.integrations.httpx_client import AsyncOAuth2Client

TIMEOUT_S = 4.0
METADATA_S = 3600.0
KEYS_REREAD_EVERY_S = 10.0
ALGORITHMS = ["RS256", "PS256", "ES256", "Ed25519"]
"""What an ID token may be signed with: never ``none``, never a shared secret."""


class OAuthRefused(Exception):
    """This log-in isn't good: wrong state, nonce or issuer, a used code, a forged token. Starting again is safe."""


class OAuthUnavailable(Exception):
    """The provider didn't answer."""


@dataclass(frozen=True)
class Started:
    """A log-in on its way. All but ``url`` must stay with the browser that began it, out of reach of scripts."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Identity:
    """Whom the provider vouches for. ``subject`` is theirs for ever; an address may change hands."""

    provider: str
    subject: str
    email: str | None
    email_verified: bool
    name: str


class OAuthGateway:
    """One provider."""

    def __init__(
        self, name: str, provider: OAuthProvider, redirect_uri: str, secrets: Secrets, breaker: Breaker
    ) -> None:
        self.name = name
        self._provider = provider
        self._redirect_uri = redirect_uri
        self._secrets = secrets
        self.breaker = breaker
        self._metadata: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._read_at = 0.0
        self._keys_read_at = 0.0

    async def authorization_url(self) -> Started:
        """Where to send the browser, and what to remember meanwhile. Raises OAuthUnavailable."""
        metadata = await self._discover()
        state, nonce, verifier = secret_token(), secret_token(), secret_token(48)
        async with await self._client() as client:
            url, _ = client.create_authorization_url(
                metadata["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
            )
        return Started(url, state, nonce, verifier)

    async def exchange(self, started: Started, *, state: str, code: str, issuer: str | None = None) -> Identity:
        """Exchange the code for a verified identity.

        ``state``, ``code`` and ``issuer`` (RFC 9207's ``iss``) are what the browser brought back.
        Raises OAuthRefused or OAuthUnavailable.
        """
        if not hmac.compare_digest(state.encode(), started.state.encode()):
            raise OAuthRefused("the state is another log-in's")
        metadata = await self._discover()
        expects_issuer = metadata.get("authorization_response_iss_parameter_supported", False)
        if (issuer is not None or expects_issuer) and issuer != self._provider.issuer:
            raise OAuthRefused("the answer comes from another provider")

        async def ask() -> dict[str, Any]:
            async with await self._client() as client:
                token: dict[str, Any] = await client.fetch_token(
                    metadata["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=started.verifier,
                )
                return token

        try:
            token = await self._call(ask)
        except OAuthError as error:
            raise OAuthRefused(f"the provider refused the code: {error.error}") from error
        id_token, keys = token.get("id_token"), await self._key_set()
        try:
            return self._verified(id_token, started.nonce, keys)
        except OAuthRefused:
            if time.monotonic() < self._keys_read_at + KEYS_REREAD_EVERY_S:
                raise
            # Perhaps the provider signs with a new key since we read its keys.
            self._keys = None
            return self._verified(id_token, started.nonce, await self._key_set())

    def _verified(self, id_token: Any, nonce: str, keys: KeySet) -> Identity:
        rules = jwt.JWTClaimsRegistry(
            leeway=30,
            iss={"essential": True, "value": self._provider.issuer},
            aud={"essential": True, "value": self._provider.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            claims = jwt.decode(str(id_token), keys, algorithms=ALGORITHMS).claims
            rules.validate(claims)
        except (JoseError, ValueError) as error:
            raise OAuthRefused(f"the ID token is no good: {type(error).__name__}") from error
        audience = claims["aud"]
        if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != self._provider.client_id:
            raise OAuthRefused("the ID token was made for another client")
        email = claims.get("email")
        return Identity(
            provider=self.name,
            subject=str(claims["sub"])[:255],
            email=email if isinstance(email, str) else None,
            email_verified=claims.get("email_verified") is True,
            name=str(claims.get("name") or ""),
        )

    async def _client(self) -> Any:
        return AsyncOAuth2Client(
            client_id=self._provider.client_id,
            client_secret=await self._secrets.get(f"oauth_{self.name}"),
            redirect_uri=self._redirect_uri,
            scope="openid email profile",
            code_challenge_method="S256",
            timeout=TIMEOUT_S,
            follow_redirects=False,
        )

    async def _discover(self) -> dict[str, Any]:
        if time.monotonic() < self._read_at + METADATA_S and self._metadata:
            return self._metadata
        metadata = await self._get_json(f"{self._provider.issuer.rstrip('/')}/.well-known/openid-configuration")
        if metadata.get("issuer") != self._provider.issuer:
            raise OAuthRefused("the provider's document is another issuer's")
        secure = urlsplit(self._provider.issuer).scheme == "https"
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if secure and urlsplit(str(metadata.get(name, ""))).scheme != "https":
                raise OAuthRefused(f"the provider's {name} isn't https")
        self._metadata, self._keys, self._read_at = metadata, None, time.monotonic()
        return metadata

    async def _key_set(self) -> KeySet:
        if self._keys is None:
            found = await self._get_json((await self._discover())["jwks_uri"])
            self._keys_read_at = time.monotonic()
            try:
                self._keys = KeySet.import_key_set(found)  # type: ignore[arg-type]
            except (JoseError, ValueError, KeyError, TypeError) as error:
                raise OAuthUnavailable("the provider's keys can't be read") from error
        return self._keys

    async def _get_json(self, url: str) -> dict[str, Any]:
        async def ask() -> dict[str, Any]:
            async with httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False) as client:
                answer = await client.get(url)
                answer.raise_for_status()
                read: dict[str, Any] = answer.json()
                return read

        return await self._call(ask)

    async def _call(self, work: Any) -> dict[str, Any]:
        try:
            result: dict[str, Any] = await self.breaker.call(work)
        except (BreakerOpen, TimeoutError, httpx.HTTPError, ValueError) as error:
            raise OAuthUnavailable(f"{self.name}: {type(error).__name__}") from error
        return result


def is_answer(error: Exception) -> bool:
    """For the breaker: a refused code is the answer of a provider in good health."""
    return isinstance(error, OAuthError)
