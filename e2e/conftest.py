"""One stack and one browser a session; a window a person; after every file the auditor."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests import disturbed

from e2e.browser import DESKTOP, Device, chromium, new_context
from e2e.house import House
from e2e.letters import Inbox
from e2e.organiser import Organiser
from e2e.stage import Stage, stage
from e2e.window import Window
from frontrow.local.ports import free_ports

OpenWindow = Callable[..., Window]

_figures: list[str] = []


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(disturbed)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in _figures:
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stage]:
    """Everything that `frontrow up` starts, in a home of its own on free ports."""
    with stage() as started:
        yield started


@pytest.fixture(scope="session")
def browser_port() -> int:
    """Where the browser can be reached by others than Playwright."""
    return free_ports(1)[0]


@pytest.fixture(scope="session")
def browser(browser_port: int) -> Iterator[Browser]:
    with chromium(browser_port) as started:
        yield started


@pytest.fixture
def window(stack: Stage, browser: Browser) -> Iterator[OpenWindow]:
    """Opens a window for another person: `window()`, `window(PHONE, "dark")`. No script may have failed in any."""
    opened: list[Window] = []

    def open_window(device: Device = DESKTOP, **more: object) -> Window:
        opened.append(Window(new_context(browser, device, **more), stack.origin, device))  # type: ignore[arg-type]
        return opened[-1]

    yield open_window
    for each in opened:
        each.close()
    assert [trouble for each in opened for trouble in each.troubles] == []


@pytest.fixture
def house(stack: Stage) -> Iterator[House]:
    """The first evening in the theatre."""
    found = House(stack.origin)
    yield found
    found.close()


@pytest.fixture
def inbox(stack: Stage) -> Iterator[Inbox]:
    opened = Inbox(stack.inbox_url)
    yield opened
    opened.close()


@pytest.fixture
def organiser(stack: Stage) -> Iterator[Organiser]:
    """The demo's organiser at her desk."""
    opened = Organiser(stack.origin, stack.password)
    yield opened
    opened.close()


@pytest.fixture
def password(stack: Stage) -> str:
    """Of the people who come with the demo data."""
    return stack.password


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Keeps a measured figure for the end of the run."""
    return lambda words: _figures.append(f"{request.node.name}: {words}")


@pytest.fixture(autouse=True, scope="module")
def audited(stack: Stage) -> Iterator[None]:
    """Whatever a file's tests did: the books must add up. Asked of 117,000 seats, so not after each test."""
    yield
    findings = audit(stack.home)
    assert findings == "", findings


def audit(home: Path) -> str:
    """What `frontrow audit` says when it found something; empty otherwise."""
    asked = subprocess.run(
        [sys.executable, "-m", "frontrow.cli", "audit"],
        env={**os.environ, "FRONTROW_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return "" if asked.returncode == 0 else asked.stdout + asked.stderr
