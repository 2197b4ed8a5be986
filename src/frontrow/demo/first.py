"""The first start's filler: schema and demo data from one process, ``python -m frontrow.demo.first``.

It loads and draws while the database is still being made, waits for a line that says that the server answers, and only
then connects. The end of its input instead of a line means that whoever started it is gone, or has given up.
"""

import asyncio
import sys

from frontrow.core import migrate
from frontrow.core.log import set_up_logging
from frontrow.core.settings import Settings
from frontrow.demo.drawn import drawn
from frontrow.demo.main import run
from frontrow.demo.programme import SHOWS
from frontrow.demo.programme.houses import HALLS


def main(*, ahead: bool) -> int:
    """Fill the database; ``ahead`` of it, draw what surely will be wanted. Returns the exit code."""
    settings = Settings()
    set_up_logging("seed", settings.telemetry.log_level)
    if ahead:
        for hall in {show.hall for show in SHOWS}:
            drawn(HALLS[hall].draw)
    if not sys.stdin.readline():
        return 1
    migrate.main()
    asyncio.run(run(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main(ahead="--ahead" in sys.argv))
