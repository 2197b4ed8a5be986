"""The code flow against a real provider, and every way in which it may be tricked."""

import dataclasses
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey

from frontrow.core.runtime import Runtime
from frontrow.core.secrets import FileSecrets
from frontrow.core.settings import OAuthProvider
from frontrow.gateways import oauth
from frontrow.gateways.breaker import Breaker
from frontrow.gateways.oauth import Identity, OAuthGateway, OAuthRefused, OAuthUnavailable, Started
from tests.gateways.provider import CLIENT_ID, CLIENT_SECRET, Provider

BACK = "http://testserver/api/account/oauth/acme/callback"


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    made = await Provider().start()
    yield made
    await made.stop()


def make(rt: Runtime, folder: Path, issuer: str) -> OAuthGateway:
    secrets = folder / "oauth.json"
    secrets.write_text(json.dumps({"oauth_acme": CLIENT_SECRET}))
    breaker = Breaker("oauth-acme", rt.redis, is_answer=oauth.is_answer)
    settings = OAuthProvider(issuer=issuer, client_id=CLIENT_ID)
    return OAuthGateway("acme", settings, BACK, FileSecrets(secrets), breaker)


@pytest.fixture
def gateway(rt: Runtime, tmp_path: Path, provider: Provider) -> OAuthGateway:
    return make(rt, tmp_path, provider.issuer)


async def agree(started: Started) -> dict[str, Any]:
    """What the browser does at the provider; returns what it brings back."""
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(started.url)
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["Location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == BACK
    brought = {name: values[0] for name, values in parse_qs(back.query).items()}
    return {"state": brought["state"], "code": brought["code"], "issuer": brought["iss"]}


async def test_the_provider_vouches_for_somebody(gateway: OAuthGateway) -> None:
    started = await gateway.authorization_url()
    asked = parse_qs(urlsplit(started.url).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["nonce"] == [started.nonce]
    assert started.verifier not in started.url
    identity = await gateway.exchange(started, **await agree(started))
    assert identity == Identity("acme", "42", "ben@gmail.example", True, "Ben")


@pytest.mark.parametrize("claim", [False, "true", None, 1])
async def test_only_true_means_a_verified_address(gateway: OAuthGateway, provider: Provider, claim: Any) -> None:
    provider.twist = {"email_verified": claim}
    started = await gateway.authorization_url()
    assert (await gateway.exchange(started, **await agree(started))).email_verified is False


async def test_another_log_ins_state_verifier_or_nonce_is_refused(gateway: OAuthGateway) -> None:
    mine, theirs = await gateway.authorization_url(), await gateway.authorization_url()
    with pytest.raises(OAuthRefused, match="state"):
        await gateway.exchange(mine, **await agree(theirs))
    with pytest.raises(OAuthRefused, match="invalid_grant"):
        await gateway.exchange(dataclasses.replace(mine, verifier=theirs.verifier), **await agree(mine))
    with pytest.raises(OAuthRefused, match="ID token"):
        await gateway.exchange(dataclasses.replace(mine, nonce=theirs.nonce), **await agree(mine))


async def test_a_code_is_good_once(gateway: OAuthGateway) -> None:
    started = await gateway.authorization_url()
    brought = await agree(started)
    await gateway.exchange(started, **brought)
    with pytest.raises(OAuthRefused):
        await gateway.exchange(started, **brought)
    for _ in range(6):  # refusals are answers: the provider is in good health
        with pytest.raises(OAuthRefused):
            await gateway.exchange(started, **brought)
    assert await gateway.breaker.status() == "closed"


@pytest.mark.parametrize("issuer", [None, "https://evil.example"])
async def test_an_answer_of_another_issuer_is_refused(gateway: OAuthGateway, issuer: str | None) -> None:
    started = await gateway.authorization_url()
    with pytest.raises(OAuthRefused, match="another provider"):
        await gateway.exchange(started, **{**await agree(started), "issuer": issuer})


@pytest.mark.parametrize(
    "twist",
    [
        {"iss": "https://evil.example"},
        {"aud": "somebody-else"},
        {"aud": [CLIENT_ID, "somebody-else"]},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"nonce": None},
        {"sub": None},
        {"iat": None},
    ],
)
async def test_wrong_claims_are_refused(gateway: OAuthGateway, provider: Provider, twist: dict[str, Any]) -> None:
    provider.twist = twist
    started = await gateway.authorization_url()
    with pytest.raises(OAuthRefused):
        await gateway.exchange(started, **await agree(started))


async def test_a_token_of_another_key_is_refused(gateway: OAuthGateway, provider: Provider) -> None:
    provider.forged_with = RSAKey.generate_key(2048, {"kid": "one"})
    started = await gateway.authorization_url()
    with pytest.raises(OAuthRefused, match="ID token"):
        await gateway.exchange(started, **await agree(started))


async def test_new_keys_of_the_provider_are_read(gateway: OAuthGateway, provider: Provider) -> None:
    started = await gateway.authorization_url()
    await gateway.exchange(started, **await agree(started))
    provider.key = RSAKey.generate_key(2048, {"kid": "two"})
    gateway._keys_read_at -= 60  # the keys were read a while ago
    started = await gateway.authorization_url()
    assert (await gateway.exchange(started, **await agree(started))).subject == "42"


async def test_a_document_of_another_issuer_is_refused(rt: Runtime, tmp_path: Path, provider: Provider) -> None:
    with pytest.raises(OAuthRefused, match="another issuer"):
        await make(rt, tmp_path, provider.issuer.replace("127.0.0.1", "localhost")).authorization_url()


async def test_an_absent_provider_is_said_to_be_absent(gateway: OAuthGateway, provider: Provider) -> None:
    await provider.stop()
    with pytest.raises(OAuthUnavailable):
        await gateway.authorization_url()
