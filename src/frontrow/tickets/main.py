"""``frontrow tickets verify``: whether a ticket's code is ours, told without any network or database."""

import asyncio
import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from rich.console import Console

from frontrow.core.secrets import open_secrets
from frontrow.core.settings import Settings
from frontrow.tickets.errors import BadCode
from frontrow.tickets.rules import keys_of, read, signing_key


def verify(code: str, keys: Path | None) -> int:
    """Print what a code says. ``keys`` is a JWK Set as ``/api/tickets/keys`` gives it; None: this machine's own key.

    Returns the exit code: 0 it's ours, 1 it isn't, 2 there's no key to tell by.
    """
    try:
        known = _own_keys() if keys is None else keys_of(json.loads(keys.read_text()))
    except (OSError, ValueError, RuntimeError) as error:
        Console(stderr=True).print(f"There's no key to tell by: {error}")
        return 2
    for key in known:
        try:
            said = read(key, code)
        except BadCode:
            continue
        Console(soft_wrap=True).print(
            f"Genuine. Ticket {said.ticket_id}, performance {said.performance_id}.\n"
            "Whether it was cancelled, transferred or used is known to the door's database alone."
        )
        return 0
    Console(stderr=True).print("Not genuine: no key of ours signed this.")
    return 1


def _own_keys() -> list[Ed25519PublicKey]:
    secret = asyncio.run(open_secrets(Settings().secrets).get("ticket_signing_key"))
    return [signing_key(secret).public_key()]
