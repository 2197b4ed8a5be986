"""Logging in by a provider, over HTTP from end to end, and who is (not) linked to whom."""

import json
import uuid
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI

from frontrow.core import clock
from frontrow.core.runtime import Runtime
from frontrow.core.secrets import FileSecrets
from frontrow.core.settings import OAuthProvider, Settings
from frontrow.gateways.hub import Gateways
from frontrow.people import rules
from frontrow.people.rules import AccessKey
from tests.gateways.provider import CLIENT_ID, CLIENT_SECRET, Provider
from tests.people.conftest import Browser, make_app


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    made = await Provider().start()
    yield made
    await made.stop()


@pytest.fixture
def app(rt: Runtime, settings: Settings, provider: Provider, tmp_path: Any) -> FastAPI:
    """An app that knows one provider."""
    file = tmp_path / "secrets.json"
    file.write_text(json.dumps({**json.loads(settings.secrets.file.read_text()), "oauth_acme": CLIENT_SECRET}))
    acme = OAuthProvider(issuer=provider.issuer, client_id=CLIENT_ID)
    known = settings.model_copy(update={"oauth": {"acme": acme}})
    runtime = Runtime(known, FileSecrets(file), rt.db, rt.redis, rt.broadcast)
    made = make_app(runtime)
    made.state.gateways = Gateways.open(runtime)
    return made


async def come_back(page: Browser) -> str:
    """Begin a log-in, agree at the provider, and return the address that the browser is sent back to."""
    start = await page.get("/api/account/oauth/acme")
    assert start.status_code == 303, start.text
    async with httpx.AsyncClient() as away:
        agreed = await away.get(start.headers["Location"])
    back = urlsplit(agreed.headers["Location"])
    return f"{back.path}?{back.query}"


async def log_in(page: Browser) -> httpx.Response:
    return await page.get(await come_back(page))


async def me(page: Browser) -> Any:
    return (await page.get("/api/me")).json()["user"]


async def test_the_first_visit_makes_an_account_and_the_next_finds_it(app: FastAPI, provider: Provider) -> None:
    page = Browser(app)
    guest = (await page.act("/api/basket")).json()
    done = await log_in(page)
    assert (done.status_code, done.headers["Location"]) == (303, "/account")
    assert "fr_oauth" not in page.cookies
    first = await me(page)
    assert (first["email"], first["name"]) == ("ben@gmail.example", "Ben")
    assert (await page.act("/api/basket")).json() == {"buyer_id": guest["buyer_id"], "user_id": first["id"]}
    provider.person = {**provider.person, "email": "moved@gmail.example", "email_verified": False}
    other = Browser(app)
    await log_in(other)
    assert (await me(other))["id"] == first["id"]  # it goes by the subject
    assert (await other.act("/api/account/refresh")).status_code == 200


async def test_the_page_learns_which_providers_there_are(app: FastAPI) -> None:
    listed = (await Browser(app).get("/api/account/oauth")).json()
    assert listed == {"items": [{"name": "acme", "start_url": "/api/account/oauth/acme"}]}
    assert (await Browser(app).get("/api/account/oauth/other")).status_code == 404
    assert (await Browser(app).get("/api/account/oauth/other/callback")).status_code == 404


@pytest.mark.parametrize(
    ("verified_there", "verified_here", "problem"),
    [
        (False, True, "log_in_failed"),
        (True, False, "account_exists"),
        (False, False, "log_in_failed"),
        (True, True, ""),
    ],
)
async def test_an_account_is_linked_only_when_both_sides_verified_the_address(
    rt: Runtime,
    app: FastAPI,
    provider: Provider,
    ben: uuid.UUID,
    verified_there: bool,
    verified_here: bool,
    problem: str,
) -> None:
    provider.person = {**provider.person, "email": "Ben@frontrow.example", "email_verified": verified_there}
    if verified_here:
        await rt.db.write(lambda tx: tx.sql("UPDATE user_account SET email_verified_at = now()"))
    page = Browser(app)
    done = await log_in(page)
    assert done.headers["Location"] == (f"/account?problem={problem}" if problem else "/account")
    assert (await me(page) or {}).get("id") == (None if problem else str(ben))


async def test_a_disabled_account_stays_closed(rt: Runtime, app: FastAPI) -> None:
    await log_in(Browser(app))
    await rt.db.write(lambda tx: tx.sql("UPDATE user_account SET disabled_at = now()"))
    assert (await log_in(Browser(app))).headers["Location"] == "/account?problem=log_in_failed"


async def test_another_browsers_answer_is_refused(app: FastAPI) -> None:
    attacker, victim = Browser(app), Browser(app)
    planted = await come_back(attacker)
    assert (await victim.get(planted)).headers["Location"] == "/account?problem=log_in_failed"
    await come_back(victim)
    assert (await victim.get(planted)).headers["Location"] == "/account?problem=log_in_failed"
    assert await me(victim) is None


async def test_an_answer_is_good_once_and_cannot_be_bent(app: FastAPI) -> None:
    page = Browser(app)
    back = await come_back(page)
    kept = page.twin()
    for bent in (back.replace("state=", "state=x"), back.replace("code=", "code=x"), back.replace("iss=http", "iss=x")):
        tab = page.twin()
        assert (await tab.get(bent)).headers["Location"] == "/account?problem=log_in_failed"
    assert (await page.get(back + "&next=https://evil.example")).headers["Location"] == "/account"
    assert (await kept.get(back)).headers["Location"] == "/account?problem=log_in_failed"


async def test_an_absent_provider(app: FastAPI, provider: Provider) -> None:
    await provider.stop()
    answer = await Browser(app).get("/api/account/oauth/acme")
    assert answer.headers["Location"] == "/account?problem=provider_unavailable"


async def test_what_is_kept_meanwhile_is_no_access_token(app: FastAPI, rt: Runtime) -> None:
    page = Browser(app)
    start = await page.get("/api/account/oauth/acme")
    sealed = start.cookies["fr_oauth"]
    assert "HttpOnly" in start.headers["set-cookie"]
    assert parse_qs(urlsplit(start.headers["Location"]).query)["code_challenge_method"] == ["S256"]
    assert (await page.get("/api/private", headers={"Authorization": f"Bearer {sealed}"})).status_code == 401
    key = AccessKey.of(await rt.secrets.get("jwt_key"))
    assert rules.open_started(key, "acme", sealed, clock.now()) is not None
    assert rules.open_started(key, "other", sealed, clock.now()) is None
    access = rules.sign_access(key, "http://testserver", uuid.uuid4(), uuid.uuid4(), clock.now(), 600)
    assert rules.open_started(key, "acme", access, clock.now()) is None
