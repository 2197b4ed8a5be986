"""Refreshing, reuse, logging out everywhere, and sessions while Redis is gone."""

import asyncio
import uuid
from collections.abc import Callable

import pytest

from frontrow.core.runtime import Runtime
from frontrow.core.settings import RedisSettings, Settings
from frontrow.local.ports import free_ports
from frontrow.people.actions import accounts, sessions
from tests.people.conftest import Browser, make_app

Browsers = Callable[[], Browser]


async def signed_in(browser: Browsers) -> Browser:
    page = browser()
    assert (await page.log_in()).status_code == 200
    return page


async def age_rotation(rt: Runtime, seconds: int = 11) -> None:
    """Let the grace of the last rotation be over."""
    await rt.db.write(
        lambda tx: tx.sql("UPDATE login_session SET rotated_at = rotated_at - make_interval(secs => :s)", s=seconds)
    )


async def test_a_refresh_rotates_the_token_and_keeps_the_session(browser: Browsers, ben: uuid.UUID) -> None:
    page = await signed_in(browser)
    before = dict(page.cookies)
    answer = await page.act("/api/account/refresh")
    assert answer.status_code == 200
    assert answer.json()["user"]["id"] == str(ben)
    assert page.cookies["fr_refresh"] != before["fr_refresh"]
    assert page.cookies["fr_refresh"].split(".")[0] == before["fr_refresh"].split(".")[0]
    assert page.cookies["fr_csrf"] == before["fr_csrf"]
    assert (await page.get("/api/private")).status_code == 200


async def test_ten_tabs_refreshing_at_once_stay_logged_in(rt: Runtime, browser: Browsers, ben: uuid.UUID) -> None:
    page = await signed_in(browser)
    for _ in range(3):
        tabs = [page.twin() for _ in range(10)]
        answers = await asyncio.gather(*(tab.act("/api/account/refresh") for tab in tabs))
        assert {answer.status_code for answer in answers} == {200}
        # All end with the same token, so it doesn't matter whose cookie the browser stores last.
        assert len({tab.cookies["fr_refresh"] for tab in tabs}) == 1
        await age_rotation(rt)
        page = tabs[7]
    assert (await page.act("/api/account/refresh")).status_code == 200


async def test_an_old_token_ends_the_whole_family(rt: Runtime, browser: Browsers, ben: uuid.UUID) -> None:
    page = await signed_in(browser)
    thief = page.twin()
    for _ in range(2):
        assert (await page.act("/api/account/refresh")).status_code == 200
    stolen = await thief.act("/api/account/refresh")
    assert stolen.status_code == 401
    assert stolen.json()["code"] == "not_logged_in"
    assert "fr_refresh" not in thief.cookies
    assert (await page.act("/api/account/refresh")).status_code == 401
    assert (await thief.twin().get("/api/private")).status_code == 401


async def test_the_predecessor_is_good_for_the_grace_only(rt: Runtime, browser: Browsers, ben: uuid.UUID) -> None:
    page = await signed_in(browser)
    late = page.twin()
    await page.act("/api/account/refresh")
    await age_rotation(rt)
    assert (await late.act("/api/account/refresh")).status_code == 401
    assert (await page.act("/api/account/refresh")).status_code == 401
    assert (await page.get("/api/private")).status_code == 401


async def test_a_session_ends_with_its_time(rt: Runtime, browser: Browsers, ben: uuid.UUID) -> None:
    page = await signed_in(browser)
    await rt.db.write(lambda tx: tx.sql("UPDATE login_session SET expires_at = now()"))
    assert (await page.act("/api/account/refresh")).status_code == 401


@pytest.mark.parametrize("token", ["", "x", "." * 80, "0" * 32 + "." + "é" * 43, "0" * 32 + "." + "A" * 43, "A" * 5000])
async def test_made_up_refresh_tokens_are_refused(browser: Browsers, ben: uuid.UUID, token: str) -> None:
    page = await signed_in(browser)
    csrf = page.cookies["fr_csrf"]
    answer = await browser().post(
        "/api/account/refresh",
        headers=[
            (b"X-CSRF-Token", csrf.encode()),
            (b"Cookie", f"fr_csrf={csrf}; fr_refresh={token}".encode()),
        ],
    )
    assert answer.status_code == 401
    assert (await page.act("/api/account/refresh")).status_code == 200


async def test_an_access_token_is_no_refresh_token_nor_the_reverse(browser: Browsers, ben: uuid.UUID) -> None:
    page = await signed_in(browser)
    access, refresh = page.cookies["fr_access"], page.cookies["fr_refresh"]
    assert (await browser().get("/api/private", headers={"Authorization": f"Bearer {refresh}"})).status_code == 401
    other = browser()
    await other.get("/api/me")
    other.cookies.set("fr_refresh", access, domain="testserver.local", path="/api/account")
    assert (await other.act("/api/account/refresh")).status_code == 401


async def test_logging_out_ends_the_tokens_in_every_process(rt: Runtime, browser: Browsers, ben: uuid.UUID) -> None:
    page = await signed_in(browser)
    copy, elsewhere = page.twin(), Browser(make_app(rt))
    token = page.cookies["fr_access"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert (await elsewhere.get("/api/private", headers=bearer)).status_code == 200
    await page.act("/api/account/log-out")
    assert (await elsewhere.get("/api/private", headers=bearer)).status_code == 401
    assert (await copy.get("/api/private")).status_code == 401
    assert (await copy.act("/api/account/refresh")).status_code == 401
    await (await rt.redis.client()).flushall()
    assert (await elsewhere.get("/api/private", headers=bearer)).status_code == 401


async def test_a_late_check_cannot_bring_an_ended_session_back(rt: Runtime, ben: uuid.UUID) -> None:
    opened = await rt.db.write(lambda tx: sessions.begin(tx, ben, 3600))
    await rt.db.write(lambda tx: sessions.end(tx, rt.redis, opened.session_id))
    client = await rt.redis.client()
    # A check that had read the row before the log-out would now write "live", as is_live does:
    await client.set(f"{{session:{opened.session_id}}}", "live", ex=60, nx=True)
    assert not await sessions.is_live(rt.db, rt.redis, opened.session_id)


async def test_other_sessions_outlive_a_log_out(browser: Browsers, ben: uuid.UUID) -> None:
    phone, laptop = await signed_in(browser), await signed_in(browser)
    await phone.act("/api/account/log-out")
    assert (await laptop.get("/api/private")).status_code == 200


@pytest.mark.parametrize("how", ["password changed", "account disabled"])
async def test_every_session_ends_when(rt: Runtime, browser: Browsers, ben: uuid.UUID, how: str) -> None:
    pages = [await signed_in(browser) for _ in range(2)]
    for page in pages:
        assert (await page.get("/api/private")).status_code == 200
    if how == "password changed":
        await rt.db.write(lambda tx: accounts.set_password(tx, rt.redis, ben, "$argon2id$new"))
    else:
        await rt.db.write(lambda tx: accounts.disable(tx, rt.redis, ben))
    for page in pages:
        assert (await page.get("/api/private")).status_code == 401
        assert (await page.act("/api/account/refresh")).status_code == 401
        assert (await page.get("/api/me")).json()["user"] is None


async def test_all_of_it_works_without_redis(settings: Settings, ben: uuid.UUID) -> None:
    gone = settings.model_copy(update={"redis": RedisSettings(url=f"redis://127.0.0.1:{free_ports(1)[0]}")})
    alone = Runtime.open(gone)
    try:
        page = Browser(make_app(alone))
        assert (await page.log_in()).status_code == 200
        copy = page.twin()
        assert (await page.get("/api/private")).status_code == 200
        assert (await page.act("/api/account/refresh")).status_code == 200
        assert (await page.act("/api/account/log-out")).status_code == 204
        assert (await copy.get("/api/private")).status_code == 401
        for _ in range(10):
            assert (await page.log_in(password="wrong-password")).status_code == 401
        assert (await page.log_in()).status_code == 429
    finally:
        await alone.close()
