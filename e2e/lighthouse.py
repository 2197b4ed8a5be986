"""Lighthouse on a tab of a browser that runs already: a middling phone on a slow line (web/tests/lighthouse.ts)."""

import json
import subprocess
from typing import Any

from frontrow.local.nodeweb import node_command, node_environment
from frontrow.local.stack import WEB

ONE_RUN_S = 240
"""Patience with a machine that others work on; a calm one takes less than ten seconds."""


def verdict(port: int, address: str) -> dict[str, Any]:
    """What it says of the tab that shows ``address`` in the browser at ``port``: ``scores`` (of 100) by category,
    ``measured`` (ms) by audit, the machine's ``index`` and how much it was slowed down. Raises AssertionError."""
    node, _ = node_command()
    asked = subprocess.run(
        [str(node), "tests/lighthouse.ts", str(port), address],
        cwd=WEB,
        env=node_environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=ONE_RUN_S,
    )
    assert asked.returncode == 0, asked.stderr[-2000:]
    found: dict[str, Any] = json.loads(asked.stdout)
    assert found["error"] == "", found["error"]
    return found
