"""``python -m frontrow.local.stripe_standin``: the stand-in as a process of its own."""

import argparse
import os
import sys
from pathlib import Path

from frontrow.local.stripe_standin.main import run

_PREFIX = "FRONTROW_STRIPE__"


def main() -> None:
    """Reads the flags and the three secrets (environment, never flags: other users can read a command line)."""
    parser = argparse.ArgumentParser(prog="frontrow.local.stripe_standin", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="loopback port to listen on")
    parser.add_argument("--db", type=Path, required=True, help="SQLite file of the ledger; made when absent")
    parser.add_argument("--webhook-url", default="", help="where events are posted; may be down, then it is retried")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback)")
    flags = parser.parse_args()
    names = ("SECRET_KEY", "PUBLISHABLE_KEY", "WEBHOOK_SECRET")
    values = [os.environ.get(_PREFIX + name, "") for name in names]
    absent = [_PREFIX + name for name, value in zip(names, values, strict=True) if not value]
    if absent:
        sys.exit(f"set {', '.join(absent)}")
    secret_key, publishable_key, webhook_secret = values
    run(flags.port, flags.db, secret_key, publishable_key, webhook_secret, flags.webhook_url, flags.host)


if __name__ == "__main__":
    main()
