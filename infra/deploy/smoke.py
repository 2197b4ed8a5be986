"""A first look at what was deployed, through the edge, as a browser has it."""

import re
import time
from collections.abc import Callable, Iterator

import httpx

from infra.deploy.steps import DeploymentError

ATTEMPTS, PAUSE_S = 12, 5.0
SCRIPT = re.compile(r'src="(/assets/[^"]+\.js)"')


def _looks(client: httpx.Client) -> Iterator[tuple[str, bool]]:
    """What was asked and whether the answer is good."""
    page = client.get("/")
    script = SCRIPT.search(page.text)
    yield "/ is the page, with a script", page.status_code == 200 and script is not None
    if script is not None:
        yield f"{script[1]} is kept for long", "immutable" in client.get(script[1]).headers.get("cache-control", "")
    config = client.get("/api/config")
    yield "/api/config has Stripe's key", config.status_code == 200 and bool(config.json()["stripe_publishable_key"])
    yield "/api/events lists events, so the database answers", client.get("/api/events").status_code == 200
    unknown = client.get("/api/no-such-thing")
    yield "an unknown address of the API is a 404 and no page", unknown.status_code == 404
    yield "an address of the app leads to the page", "<html" in client.get("/account").text


def smoke(address: str, attempts: int = ATTEMPTS, pause: Callable[[float], None] = time.sleep) -> list[str]:
    """What was seen to be good. Raises DeploymentError with the first thing that isn't, after some attempts: the edge
    may need a moment."""
    why = ""
    for attempt in range(attempts):
        if attempt:
            pause(PAUSE_S)
        good: list[str] = []
        try:
            with httpx.Client(base_url=address, timeout=10) as client:
                for what, is_good in _looks(client):
                    if not is_good:
                        raise DeploymentError(f"{address}: {what}: no")
                    good.append(what)
        except (DeploymentError, httpx.HTTPError, ValueError, KeyError) as error:
            why = str(error)
        else:
            return good
    raise DeploymentError(f"the smoke test failed: {why}")
