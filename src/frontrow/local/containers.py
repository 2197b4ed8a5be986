"""What ``compose.yaml`` needs beside the images: secrets as files, the one node's slots, settings that are secrets.

``secrets`` makes them; ``prepare`` readies database and Redis; ``run <command>`` runs a `frontrow` command with the
keys that the Stripe stand-in takes from its environment.
"""

import os
import subprocess
import sys

from frontrow.core.secrets import make_local_secrets
from frontrow.core.settings import Settings
from frontrow.local.wire import Wire

_FROM = {
    "FRONTROW_STRIPE__SECRET_KEY": "stripe_secret_key",
    "FRONTROW_STRIPE__PUBLISHABLE_KEY": "stripe_publishable_key",
    "FRONTROW_STRIPE__WEBHOOK_SECRET": "stripe_webhook_secret",
}


def main(words: list[str]) -> None:
    settings = Settings()
    secrets = make_local_secrets(settings.secrets.file)
    match words:
        case ["secrets"]:
            for name in ("database_password", "redis_auth"):
                # Their readers are other users in other containers; the volume is what keeps others out.
                file = settings.secrets.file.with_name(name)
                file.write_text(secrets[name])
                file.chmod(0o444)
        case ["prepare"]:
            _own_all_slots(settings, secrets["redis_auth"])
            for command in ("migrate", "seed"):
                subprocess.run([sys.executable, "-m", "frontrow.cli", command], check=True)
        case ["run", *command]:
            keys = {variable: secrets[name] for variable, name in _FROM.items()}
            os.execve(  # noqa: S606 - in its place, so that signals reach the command itself
                sys.executable, [sys.executable, "-m", "frontrow.cli", *command], {**os.environ, **keys}
            )
        case _:
            sys.exit("frontrow.local.containers: secrets | prepare | run <command>")


def _own_all_slots(settings: Settings, password: str) -> None:
    port = int(settings.redis.url.rpartition(":")[2])
    with Wire(port, password) as wire:
        if "cluster_slots_assigned:16384" not in str(wire.call("CLUSTER", "INFO")):
            wire.call("CLUSTER", "ADDSLOTSRANGE", 0, 16383)


if __name__ == "__main__":
    main(sys.argv[1:])
