"""The scripts that a buyer's path downloads: from the programme over the event to the house, up to the payment."""

import gzip
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from e2e.stage import Stage

MOST_BYTES = 150_000
PAGES = ("src/features/browse/ProgrammePage.tsx", "src/features/browse/EventPage.tsx", "src/app/PerformancePage.tsx")
"""Home, event, seats and order. Stripe's own script comes after them, from Stripe."""
FOREIGN = ("zxing", "ponyfill", "barcode")


def test_the_buyers_path_stays_light(stack: Stage, figure: Callable[[str], None]) -> None:
    """All that these pages load before anybody presses anything, together, as gzip sends it."""
    shop = httpx.Client(base_url=stack.origin, timeout=20)
    built: dict[str, Any] = shop.get("/.vite/manifest.json").raise_for_status().json()
    files = {built[name]["file"] for page in ("index.html", *PAGES) for name in with_imports(built, page)}
    sizes = {file: len(gzip.compress(shop.get(f"/{file}").content, 9)) for file in files}
    total = sum(sizes.values())
    figure(f"{total / 1000:.1f} kB of script on the buyer's path, {MOST_BYTES / 1000:.0f} allowed")
    heaviest = sorted(sizes.items(), key=lambda item: -item[1])[:6]
    assert total <= MOST_BYTES, f"{total} bytes; the heaviest: {heaviest}"
    assert [file for file in files if re.search("|".join(FOREIGN), file)] == []
    assert len(files) > len(PAGES)


def with_imports(built: dict[str, Any], page: str) -> Iterator[str]:
    """A page's chunk and what it can't run without, each once."""
    waiting, seen = [page], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        yield name
        waiting += built[name].get("imports", [])
