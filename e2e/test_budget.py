"""The scripts that a buyer's path downloads: from the programme over the event to the house, up to the payment."""

import gzip
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from e2e.stage import Stage

MOST_BYTES = 150_000
"""Of a first view: whoever comes in by any page of the path has to wait for so much before they can act."""

MOST_IN_ALL = 165_000
"""Of all first views of the path together. No page waits for this; it shall only not grow unseen."""

PAGES = ("src/features/browse/ProgrammePage.tsx", "src/features/browse/EventPage.tsx", "src/app/PerformancePage.tsx")
"""Home, event, seats and order. Stripe's own script comes after them, from Stripe."""
FOREIGN = ("zxing", "ponyfill", "barcode")


@pytest.fixture(scope="module")
def sizes(stack: Stage) -> dict[str, dict[str, int]]:
    """For each page the scripts that it loads before anybody presses anything, in bytes as gzip sends them."""
    shop = httpx.Client(base_url=stack.origin, timeout=20)
    built: dict[str, Any] = shop.get("/.vite/manifest.json").raise_for_status().json()

    def size(file: str) -> int:
        return len(gzip.compress(shop.get(f"/{file}").raise_for_status().content, 9))

    return {
        page: {
            built[name]["file"]: size(built[name]["file"])
            for start in ("index.html", page)
            for name in with_imports(built, start)
        }
        for page in PAGES
    }


@pytest.mark.parametrize("page", PAGES)
def test_the_first_view_is_light(sizes: dict[str, dict[str, int]], page: str, figure: Callable[[str], None]) -> None:
    """Whoever comes in by this page."""
    files = sizes[page]
    figure(f"{sum(files.values()) / 1000:.1f} kB of script")
    assert len(files) > 1
    assert sum(files.values()) <= MOST_BYTES
    assert [file for file in files if re.search("|".join(FOREIGN), file)] == []


def test_the_buyers_path_stays_light(sizes: dict[str, dict[str, int]], figure: Callable[[str], None]) -> None:
    """Whoever walks it all: each script once."""
    files = {file: bytes_ for page in sizes.values() for file, bytes_ in page.items()}
    total = sum(files.values())
    figure(f"{total / 1000:.1f} kB of script on the buyer's path, {MOST_IN_ALL / 1000:.0f} allowed")
    heaviest = sorted(files.items(), key=lambda item: -item[1])[:6]
    assert total <= MOST_IN_ALL, f"{total} bytes; the heaviest: {heaviest}"


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
