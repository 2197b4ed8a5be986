"""Signing up, logging in and out, and what a browser is told meanwhile."""

import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlalchemy import select

from frontrow.core.runtime import Runtime
from frontrow.people.models import User
from frontrow.people.rules import SIGN_UPS_BY_ADDRESS
from tests.people.conftest import ORIGIN, PASSWORD, Browser

Browsers = Callable[[], Browser]
NEW = {"email": "Clara@Frontrow.Example", "password": "a-good-long-password", "name": "  Clara\r\nMusic "}


def cookie(response: httpx.Response, name: str) -> str:
    return next(line for line in response.headers.get_list("set-cookie") if line.startswith(name + "="))


async def test_a_guest_gets_cookies_and_costs_no_query(rt: Runtime, browser: Browsers) -> None:
    statements: list[str] = []
    rt.db.boundary = statements.append
    guest = browser()
    me = await guest.get("/api/me")
    assert me.json()["user"] is None
    assert me.json()["csrf_token"] == guest.cookies["fr_csrf"]
    assert "HttpOnly" not in cookie(me, "fr_csrf")
    assert "HttpOnly" in cookie(me, "fr_buyer")
    assert "SameSite=lax" in cookie(me, "fr_buyer")
    assert me.headers["cache-control"] == "no-store"
    for _ in range(3):
        assert (await guest.act("/api/basket")).status_code == 200
    assert statements == []


async def test_the_guests_cookie_and_csrf_token_stay(browser: Browsers) -> None:
    guest = browser()
    first = await guest.get("/api/me")
    before = dict(guest.cookies)
    again = await guest.get("/api/me")
    assert dict(guest.cookies) == before
    assert again.json() == first.json()


async def test_sign_up_log_in_and_out(browser: Browsers) -> None:
    page = browser()
    signed_up = await page.act("/api/account/sign-up", NEW)
    assert signed_up.status_code == 202
    assert (await page.get("/api/me")).json()["user"] is None
    session = await page.log_in("clara@frontrow.example", NEW["password"])
    assert session.status_code == 200
    assert session.json()["user"]["name"] == "Clara Music"
    assert session.json()["user"]["organisers"] == []
    assert session.json()["expires_in"] == 600
    assert "Path=/api/account" in cookie(session, "fr_refresh")
    assert "HttpOnly" in cookie(session, "fr_access")
    assert (await page.get("/api/me")).json()["user"]["email"] == "clara@frontrow.example"
    assert (await page.get("/api/private")).status_code == 200
    out = await page.act("/api/account/log-out")
    assert out.status_code == 204
    assert "fr_access" not in page.cookies
    assert "fr_refresh" not in page.cookies
    assert (await page.get("/api/me")).json()["user"] is None
    assert (await page.act("/api/account/log-out")).status_code == 204


async def test_sign_up_tells_nobody_who_is_a_customer(rt: Runtime, browser: Browsers, ben: uuid.UUID) -> None:
    new = await browser().act("/api/account/sign-up", NEW)
    known = await browser().act(
        "/api/account/sign-up", {"email": "ben@frontrow.example", "password": "another-password", "name": "Mallory"}
    )
    assert (new.status_code, new.json()) == (known.status_code, known.json())
    assert (await browser().log_in("ben@frontrow.example", "another-password")).status_code == 401
    assert (await browser().log_in()).json()["user"]["name"] == "Ben Buyer"


async def test_log_in_refuses_unknown_wrong_and_disabled_alike(rt: Runtime, browser: Browsers, ben: uuid.UUID) -> None:
    wrong = await browser().log_in(password="wrong-password")
    unknown = await browser().log_in("nobody@frontrow.example")
    await rt.db.write(lambda tx: tx.sql("UPDATE user_account SET disabled_at = now()"))
    disabled = await browser().log_in()
    for answer in (wrong, unknown, disabled):
        assert answer.status_code == 401
        assert answer.json() == wrong.json()
        assert answer.json()["code"] == "bad_credentials"


async def test_log_in_needs_the_proof_of_our_own_page(browser: Browsers, ben: uuid.UUID) -> None:
    page = browser()
    body = {"email": "ben@frontrow.example", "password": PASSWORD}
    assert (await page.post("/api/account/log-in", json=body)).json()["code"] == "csrf_failed"
    await page.get("/api/me")
    assert (await page.post("/api/account/log-in", json=body)).status_code == 403
    assert (await page.act("/api/account/log-in", body, **{"X-CSRF-Token": "guess"})).status_code == 403
    assert (await page.act("/api/account/log-in", body, Origin="https://evil.example")).status_code == 403
    assert (await page.act("/api/account/log-in", body, Origin="null")).status_code == 403
    assert (await page.act("/api/account/log-in", body)).status_code == 200


async def test_log_in_rotates_session_and_csrf_token_but_not_the_buyer(browser: Browsers, ben: uuid.UUID) -> None:
    page = browser()
    await page.get("/api/me")
    as_guest = (await page.act("/api/basket")).json()
    before = dict(page.cookies)
    await page.log_in()
    first = dict(page.cookies)
    await page.log_in()
    second = dict(page.cookies)
    assert before["fr_buyer"] == first["fr_buyer"] == second["fr_buyer"]
    assert len({before["fr_csrf"], first["fr_csrf"], second["fr_csrf"]}) == 3
    assert first["fr_refresh"].split(".")[0] != second["fr_refresh"].split(".")[0]
    as_user = (await page.act("/api/basket")).json()
    assert as_user["buyer_id"] == as_guest["buyer_id"]
    assert (as_guest["user_id"], as_user["user_id"]) == (None, str(ben))


async def test_a_buyer_is_minted_by_a_changing_request_only(app: FastAPI, browser: Browsers) -> None:
    page = browser()
    looked = await page.get("/api/basket")
    assert "fr_buyer" not in page.cookies
    page.cookies.set("fr_csrf", "0123456789abcdef")
    page.cookies.set("fr_buyer", "chosen-by-somebody-else")
    changed = await page.post("/api/basket", headers={"X-CSRF-Token": "0123456789abcdef"})
    assert "fr_buyer=" in cookie(changed, "fr_buyer")
    assert "chosen" not in cookie(changed, "fr_buyer")
    assert changed.json()["buyer_id"] != looked.json()["buyer_id"]


async def test_after_logging_out_the_browser_is_another_buyer(browser: Browsers, ben: uuid.UUID) -> None:
    page = browser()
    await page.log_in()
    before = (await page.act("/api/basket")).json()["buyer_id"]
    await page.act("/api/account/log-out")
    assert (await page.act("/api/basket")).json()["buyer_id"] != before


async def test_an_api_client_needs_no_cookies(app: FastAPI, browser: Browsers, ben: uuid.UUID) -> None:
    page = browser()
    token = (await page.log_in()).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    client = browser()
    assert (await client.get("/api/private", headers=bearer)).json()["user_id"] == str(ben)
    basket = (await client.post("/api/basket", headers=bearer)).json()
    assert basket["user_id"] == str(ben)
    # With a bearer token no CSRF proof is asked for, so the cookies beside it must not count.
    for bad in ("Bearer nonsense", "Bearer "):
        answer = await page.post("/api/basket", headers={"Authorization": bad})
        assert answer.status_code in {401, 403}
        assert (await page.post("/api/account/refresh", headers={"Authorization": bad})).status_code in {401, 403}
    assert (await client.post("/api/account/log-out", headers=bearer)).status_code == 204
    assert (await client.get("/api/private", headers=bearer)).json()["code"] == "not_logged_in"


@pytest.mark.parametrize(
    ("password", "status"),
    [
        ("1234567", 422),
        ("12345678", 202),
        ("x" * 200, 202),
        ("x" * 201, 422),
        ("with\0nul-inside", 422),
        ("пароль-🎭-crêpe", 202),
        ("   spaces   ", 202),
    ],
)
async def test_passwords_are_taken_exactly_or_refused(browser: Browsers, password: str, status: int) -> None:
    page = browser()
    answer = await page.act("/api/account/sign-up", {**NEW, "password": password})
    assert answer.status_code == status, answer.text
    if status == 202:
        assert (await page.log_in("clara@frontrow.example", password)).status_code == 200
        assert (await browser().log_in("clara@frontrow.example", password.strip() + "!")).status_code == 401
    else:
        assert answer.json()["errors"][0]["field"] == "password"


@pytest.mark.parametrize(
    "body",
    [
        {**NEW, "email": "not an address"},
        {**NEW, "email": "a@b.example\r\nBcc: all@b.example"},
        {**NEW, "email": "x" * 300 + "@b.example"},
        {**NEW, "name": "\r\n\t"},
        {**NEW, "role": "owner"},
        {**NEW, "password": 12345678},
        {**NEW, "email": None},
        {},
    ],
)
async def test_nonsense_is_refused_by_name(browser: Browsers, body: dict[str, Any]) -> None:
    answer = await browser().act("/api/account/sign-up", body)
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_request"
    assert answer.json()["errors"]


async def test_lone_surrogates_are_no_server_error(browser: Browsers) -> None:
    page = browser()
    await page.get("/api/me")
    answer = await page.post(
        "/api/account/log-in",
        content=b'{"email": "ben@frontrow.example", "password": "\\ud800password"}',
        headers={"X-CSRF-Token": page.cookies["fr_csrf"], "Content-Type": "application/json", "Origin": ORIGIN},
    )
    assert answer.status_code in {401, 422}


async def test_tries_are_limited_per_account_and_address(browser: Browsers, ben: uuid.UUID) -> None:
    for _ in range(9):
        assert (await browser().log_in(password="wrong-password")).status_code == 401
    assert (await browser().log_in()).status_code == 200  # the right person, so what came before is forgiven
    for n in range(10):
        page = browser()
        await page.get("/api/me")
        answer = await page.act(
            "/api/account/log-in",
            {"email": "Ben@frontrow.example", "password": "wrong-password"},
            **{"X-Forwarded-For": f"10.0.0.{n}"},
        )
        assert answer.status_code == 401
    late = await browser().log_in()
    assert late.status_code == 429
    assert late.json()["code"] == "too_many_tries"
    assert late.json()["retry_after_s"] == 300


async def test_sign_ups_are_limited_per_address(browser: Browsers) -> None:
    page = browser()
    body = {**NEW, "name": ""}
    answers = [(await page.act("/api/account/sign-up", body)).status_code for _ in range(SIGN_UPS_BY_ADDRESS.amount)]
    assert set(answers) == {422}
    assert (await page.act("/api/account/sign-up", NEW)).status_code == 429


async def test_an_old_hash_is_renewed_at_log_in(rt: Runtime, browser: Browsers, ben: uuid.UUID) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    await rt.db.write(lambda tx: tx.sql("UPDATE user_account SET password_hash = :weak", weak=weak))
    assert (await browser().log_in()).status_code == 200

    async def stored(tx: Any) -> str:
        return str((await tx.execute(select(User.password_hash).where(User.id == ben))).scalar_one())

    renewed = await rt.db.read(stored)
    assert renewed != weak
    assert "m=8192" in renewed
    assert (await browser().log_in()).status_code == 200
