"""Looks at a page as those do who can't use it as it was drawn: by axe-core, magnifier, thumb and Tab key."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, ViewportSize

GRAVE = {"serious", "critical"}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"runOnly": ["color-contrast"]}

NARROW = ViewportSize(width=320, height=640)
"""A window of 1280 px at 400 %, which is as far as WCAG 1.4.10 goes."""
TWICE = ViewportSize(width=640, height=400)
"""A window of 1280 px at 200 %."""

_FRAME = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
_SCRIPT = Path(__file__).with_name("eyes.js").read_text()
_AXE = Axe()


class Eyes:
    """Keeps what was found on all the pages that were looked at, to be told at once."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.found: list[str] = []

    @property
    def told(self) -> str:
        return "\n" + "\n".join(self.found)

    def look(self, name: str) -> None:
        """At what is shown now, in both schemes, magnified, and with wider letters; then it is shown as before."""
        self._page.evaluate(_SCRIPT)
        self._note(name, axe(self._page, RULES))
        self._ask(name, "motion", "targets")
        self._page.emulate_media(color_scheme="dark")
        self._page.evaluate(_FRAME)
        self._note(f"{name}, dark", axe(self._page, COLOURS))
        self._page.emulate_media(color_scheme="light")
        with self._size(NARROW):
            self._ask(f"{name}, at 320 px", "sideways", "cut", "overlaps", "targets")
            self._page.evaluate("__eyes.space(true)")
            self._ask(f"{name}, letters spaced", "sideways", "cut", "overlaps")
            self._page.evaluate("__eyes.space(false)")
        with self._size(TWICE):
            self._ask(f"{name}, at 200 %", "sideways", "cut", "overlaps")

    def tab_through(self, name: str, size: ViewportSize = NARROW, at_most: int = 40) -> None:
        """Press Tab from where the focus is: each stop must be seen, and nothing may lie over it."""
        self._page.evaluate(_SCRIPT)
        with self._size(size):
            stops: list[str] = []
            for _ in range(at_most):
                self._page.keyboard.press("Tab")
                stop: dict[str, Any] = self._page.evaluate("__eyes.focus()")
                if stop["at"] is None or stop["at"] in stops[:1]:
                    break
                stops.append(stop["at"])
                self._note(f"{name}, by Tab", stop["found"])
            if len(stops) < 2:
                self._note(f"{name}, by Tab", ["nothing to stop at"])

    def _ask(self, name: str, *questions: str) -> None:
        for question in questions:
            self._note(name, self._page.evaluate(f"__eyes.{question}()"))

    def _note(self, name: str, sentences: list[str]) -> None:
        # The first few say enough; a page that is too wide has as many as it has lines.
        self.found += [f"{name}: {sentence}" for sentence in sentences[:4]]

    @contextmanager
    def _size(self, size: ViewportSize) -> Iterator[None]:
        before = self._page.viewport_size
        assert before is not None
        self._page.set_viewport_size(size)
        self._page.evaluate(_FRAME)
        yield
        self._page.set_viewport_size(before)
        self._page.evaluate(_FRAME)


def moving(page: Page) -> list[str]:
    """What moves by itself just now."""
    page.evaluate(_SCRIPT)
    found: list[str] = page.evaluate("__eyes.motion()")
    return found


def axe(page: Page, rules: dict[str, list[str]]) -> list[str]:
    """The grave findings, each with what it says about the first element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.axe_script)
    violations: list[dict[str, Any]] = page.evaluate(
        "async (rules) => (await axe.run({ ...rules, resultTypes: ['violations'] })).violations", rules
    )
    return [
        f"{found['id']} ({found['impact']}): {found['nodes'][0]['target']} {found['nodes'][0]['failureSummary']}"
        for found in violations
        if found["impact"] in GRAVE
    ]
