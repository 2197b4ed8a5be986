"""``python -m frontrow.local.inbox``: the mail inbox as a process of its own."""

import argparse
from pathlib import Path

from frontrow.local.inbox.main import LOOPBACK, run


def main() -> None:
    """Reads the flags and serves."""
    parser = argparse.ArgumentParser(prog="frontrow.local.inbox", description=__doc__)
    parser.add_argument("--smtp-port", type=int, required=True, help="port that takes mail")
    parser.add_argument("--http-port", type=int, required=True, help="port of the page")
    parser.add_argument("--dir", type=Path, required=True, help="folder that keeps the mails; made when absent")
    parser.add_argument("--host", default=LOOPBACK, help="address to listen on (default: loopback)")
    flags = parser.parse_args()
    run(flags.smtp_port, flags.http_port, flags.dir, flags.host)


if __name__ == "__main__":
    main()
