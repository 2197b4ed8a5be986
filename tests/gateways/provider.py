"""A small OpenID Connect provider over HTTP: discovery, authorise, token, keys. It checks what a real one checks."""

import base64
import hashlib
import secrets
import time
from typing import Any

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "frontrow-web", "a-client-secret-of-the-test"


class Provider:
    """``person`` is who is logged in there; ``twist`` changes the claims (or the key) of the next ID tokens."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.person: dict[str, Any] = {"sub": "42", "email": "ben@gmail.example", "email_verified": True, "name": "Ben"}
        self.twist: dict[str, Any] = {}
        self.forged_with: RSAKey | None = None
        self.codes: dict[str, dict[str, str]] = {}
        self.issuer = ""

    async def start(self) -> "Provider":
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self.discovery)
        app.router.add_get("/authorize", self.authorize)
        app.router.add_post("/token", self.token)
        app.router.add_get("/keys", self.keys)
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        self.issuer = f"http://127.0.0.1:{self.runner.addresses[0][1]}"
        return self

    async def stop(self) -> None:
        await self.runner.cleanup()

    async def discovery(self, request: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def keys(self, request: web.Request) -> web.Response:
        return web.json_response({"keys": [self.key.as_dict(private=False)]})

    async def authorize(self, request: web.Request) -> web.Response:
        asked = dict(request.query)
        if asked.get("client_id") != CLIENT_ID or asked.get("code_challenge_method") != "S256":
            return web.Response(status=400)
        if asked.get("response_type") != "code" or "openid" not in asked.get("scope", ""):
            return web.Response(status=400)
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        return web.Response(
            status=302,
            headers={"Location": f"{asked['redirect_uri']}?code={code}&state={asked['state']}&iss={self.issuer}"},
        )

    async def token(self, request: web.Request) -> web.Response:
        form = await request.post()
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {basic}":
            return web.json_response({"error": "invalid_client"}, status=401)
        asked = self.codes.pop(str(form.get("code")), None)  # a code is good once
        challenge = base64.urlsafe_b64encode(hashlib.sha256(str(form.get("code_verifier")).encode()).digest())
        if (
            asked is None
            or asked["code_challenge"] != challenge.decode().rstrip("=")
            or asked["redirect_uri"] != form.get("redirect_uri")
        ):
            return web.json_response({"error": "invalid_grant"}, status=400)
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.person,
            **self.twist,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        signed = jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.forged_with or self.key)
        return web.json_response({"access_token": "opaque", "token_type": "Bearer", "id_token": signed})
