"""An address is proved by a link that is mailed there: once, for a day, and by the account that it was sent for."""

import re
import uuid
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI

from frontrow.core.runtime import Runtime
from frontrow.core.settings import MailSettings
from frontrow.gateways.hub import Gateways
from frontrow.mailroom.actions import tell
from frontrow.people.rules import PROOFS_SOON, proof_token
from tests.factories.smtp import MailServer
from tests.people.conftest import Browser

Browsers = Callable[[], Browser]
CLARA = {"email": "clara@frontrow.example", "password": "a-good-long-password", "name": "Clara", "locale": "de-AT"}
CONFIRM = "/api/account/email-proof/confirm"


async def rows(rt: Runtime, statement: str) -> list[Any]:
    async def work(tx: Any) -> list[Any]:
        done = await tx.sql(statement)
        return list(done.all()) if done.returns_rows else []

    return await rt.db.write(work)


async def newcomer(browser: Browsers, **other: str) -> Browser:
    """Somebody who has signed up and logged in."""
    page, wish = browser(), {**CLARA, **other}
    assert (await page.act("/api/account/sign-up", wish)).status_code == 202
    assert (await page.log_in(wish["email"], wish["password"])).status_code == 200
    return page


async def link(rt: Runtime, app: FastAPI) -> str:
    """The newest link's token, as its mail has it."""
    [[proof_id], *_] = await rows(rt, "SELECT id FROM email_proof ORDER BY created_at DESC")
    return proof_token((await app.state.doorkeeper.key()).pepper, proof_id)


async def proved(page: Browser) -> bool:
    me = (await page.get("/api/me", headers={"Cache-Control": "no-cache"})).json()
    return bool(me["user"]["email_verified"])


async def test_a_link_is_good_once(rt: Runtime, app: FastAPI, browser: Browsers) -> None:
    page = await newcomer(browser)
    assert not await proved(page)
    token = await link(rt, app)
    assert token.encode() not in (await rows(rt, "SELECT token_hash FROM email_proof"))[0][0]
    done = await page.act(CONFIRM, {"token": token})
    assert (done.status_code, done.json()["email_verified"]) == (200, True)
    assert await proved(page)
    again = await page.act(CONFIRM, {"token": token})
    assert (again.status_code, again.json()["code"]) == (409, "link_used")
    more = await page.act("/api/account/email-proof")
    assert (more.status_code, more.json()["code"]) == (409, "email_confirmed_already")


async def test_a_link_is_good_for_a_day(rt: Runtime, app: FastAPI, browser: Browsers) -> None:
    page = await newcomer(browser)
    token = await link(rt, app)
    await rows(rt, "UPDATE email_proof SET expires_at = clock_timestamp() - interval '1 second'")
    late = await page.act(CONFIRM, {"token": token})
    assert (late.status_code, late.json()["code"]) == (410, "link_expired")
    assert not await proved(page)
    # A new one, and the old one stays what it is.
    assert (await page.act("/api/account/email-proof")).status_code == 202
    fresh = await link(rt, app)
    assert fresh != token
    assert (await page.act(CONFIRM, {"token": fresh})).status_code == 200


async def test_who_signed_up_with_a_foreign_address_gets_nothing_by_its_owners_click(
    rt: Runtime, app: FastAPI, browser: Browsers
) -> None:
    thief = await newcomer(browser)
    token = await link(rt, app)
    owner, other = browser(), await newcomer(browser, email="owner@frontrow.example")
    assert (await owner.act(CONFIRM, {"token": token})).status_code == 401, "a click alone proves nothing"
    for words in (token, "nonsense", ""):
        refused = await other.act(CONFIRM, {"token": words})
        assert (refused.status_code, refused.json()["code"]) == (403, "link_not_yours")
    assert not await proved(thief)


async def test_the_link_isnt_asked_for_without_end(browser: Browsers) -> None:
    page = await newcomer(browser)
    told = [(await page.act("/api/account/email-proof")).status_code for _ in range(PROOFS_SOON.amount + 1)]
    assert told == [202] * PROOFS_SOON.amount + [429]


async def test_the_mail_has_the_link_in_the_newcomers_language_and_goes_out_once(
    rt: Runtime, app: FastAPI, browser: Browsers
) -> None:
    page = await newcomer(browser)
    server = await MailServer().start()
    mail = MailSettings(port=server.port, timeout_s=3.0, sender="Frontrow <tickets@frontrow.example>")
    gw = Gateways.open(
        Runtime(rt.settings.model_copy(update={"mail": mail}), rt.secrets, rt.db, rt.redis, rt.broadcast)
    )
    [[payload]] = await rows(rt, "SELECT payload FROM outbox WHERE topic = 'people.email_proof_asked'")
    for _ in range(2):
        await tell.email_proof(rt, gw, uuid.UUID(payload["proof_id"]))
    [letter] = server.letters
    plain = letter.get_body(("plain",))
    assert plain is not None
    words = plain.get_content()
    assert "24 Stunden" in words
    assert "None" not in words
    [token] = re.findall(r"confirm=(\S+)", words)
    assert (await page.act(CONFIRM, {"token": token})).status_code == 200
    # Asked for before, and needed no more.
    await rows(rt, "DELETE FROM effect")
    await tell.email_proof(rt, gw, uuid.UUID(payload["proof_id"]))
    assert len(server.letters) == 1
    await gw.close()
    await server.stop()
