"""A small app of this room alone, behind the real edge, and browsers for it."""

import uuid
from collections.abc import Callable

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from frontrow.core import web
from frontrow.core.ids import new_id
from frontrow.core.runtime import Runtime
from frontrow.core.web import Edge
from frontrow.people.access import BuyerDep, Doorkeeper, LoggedInDep
from frontrow.people.actions import accounts
from frontrow.people.actions.passwords import Passwords
from frontrow.people.endpoints import router

ORIGIN = "http://testserver"
PASSWORD = "velvet-curtain-7"

QUICK = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1)
"""The real algorithm with small parameters: these tests log in a hundred times."""


def make_app(rt: Runtime) -> FastAPI:
    """One process's app, with two doors of its own to ask who is there."""
    app = FastAPI()
    app.state.runtime = rt
    web.install(app)
    app.include_router(router)

    @app.get("/api/private")
    async def private(user: LoggedInDep) -> dict[str, str]:
        return {"user_id": str(user.user_id)}

    @app.get("/api/basket")
    @app.post("/api/basket")
    async def basket(buyer: BuyerDep) -> dict[str, str | None]:
        return {"buyer_id": str(buyer.id), "user_id": str(buyer.user_id) if buyer.user_id else None}

    app.state.doorkeeper = Doorkeeper(rt)
    app.state.doorkeeper.passwords = Passwords(QUICK)
    return app


class Browser(httpx.AsyncClient):
    """Keeps cookies and sends the CSRF proof, as our page does."""

    def __init__(self, app: FastAPI) -> None:
        super().__init__(transport=httpx.ASGITransport(app=Edge(app, ORIGIN)), base_url=ORIGIN)

    async def act(self, path: str, body: object = None, **headers: str) -> httpx.Response:
        """POST as the page would: with the token of the readable cookie, asking for one first if need be."""
        if "fr_csrf" not in self.cookies:
            await self.get("/api/me")
        proof = {"X-CSRF-Token": self.cookies["fr_csrf"], "Origin": ORIGIN}
        return await self.post(path, json=body, headers={**proof, **headers})

    async def log_in(self, email: str = "ben@frontrow.example", password: str = PASSWORD) -> httpx.Response:
        return await self.act("/api/account/log-in", {"email": email, "password": password})

    def twin(self) -> "Browser":
        """Another tab: the same cookies now, on its own from here on."""
        other = Browser.__new__(Browser)
        httpx.AsyncClient.__init__(other, transport=self._transport, base_url=ORIGIN)
        for cookie in self.cookies.jar:
            other.cookies.jar.set_cookie(cookie)
        return other


@pytest.fixture
def app(rt: Runtime) -> FastAPI:
    return make_app(rt)


@pytest.fixture
def browser(app: FastAPI) -> Callable[[], Browser]:
    """A new browser at each call."""
    return lambda: Browser(app)


@pytest.fixture
async def ben(rt: Runtime) -> uuid.UUID:
    """An account."""
    hashed = QUICK.hash(PASSWORD)
    made = await rt.db.write(lambda tx: accounts.create_user(tx, "ben@frontrow.example", "Ben Buyer", hashed))
    return made or new_id()
