"""How the browser is started. Nothing is downloaded: the driver drives the Chromium that the system has."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, sync_playwright

CHROMIUM = "FRONTROW_E2E_CHROMIUM"
_FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]

Scheme = Literal["light", "dark"]


@dataclass(frozen=True)
class Device:
    """A screen in CSS pixels; `finger` when it is touched."""

    name: str
    width: int
    height: int
    finger: bool = False


DESKTOP = Device("desktop", 1440, 900)
PHONE = Device("phone", 390, 844, finger=True)


class NoChromiumError(RuntimeError):
    """No Chromium on this machine."""


def chromium_path() -> str:
    """The browser's executable. Raises NoChromiumError."""
    wished = os.environ.get(CHROMIUM)
    for name in (wished, "chromium", "chromium-browser", "google-chrome"):
        if name and (found := shutil.which(name)):
            return found
    raise NoChromiumError(f"Chromium was not found. On Debian: apt-get install chromium; elsewhere set {CHROMIUM}.")


@contextmanager
def chromium(port: int | None = None) -> Iterator[Browser]:
    """A headless browser with an empty profile of its own; other tools can reach it at `port`."""
    reached = [] if port is None else [f"--remote-debugging-port={port}"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium_path(), args=[*_FLAGS, *reached], timeout=60_000)
        try:
            yield browser
        finally:
            browser.close()


def new_context(browser: Browser, device: Device = DESKTOP, scheme: Scheme = "light", **more: Any) -> BrowserContext:
    """A stranger: no cookie, no storage. Less motion is asked for, so that a tap meets the map where it was read."""
    context = browser.new_context(
        viewport={"width": device.width, "height": device.height},
        has_touch=device.finger,
        is_mobile=device.finger,
        color_scheme=scheme,
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="Europe/Berlin",
        **more,
    )
    context.set_default_timeout(30_000)
    return context
