"""``make values``: deploy into a stand-in for AWS, ask it, and write docs/aws-values.md."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from infra.app import build
from infra.generated import DOCS, refresh
from infra.local.command import Command
from infra.local.readback import read_back
from infra.local.standin import begin
from infra.stage import PRODUCTION, REGION
from infra.values.table import whole
from infra.written import read

FILE = DOCS / "aws-values.md"


def main() -> None:
    """Print the table and write it into the document."""
    with tempfile.TemporaryDirectory() as folder:
        outdir = Path(folder) / "cdk"
        build(PRODUCTION, outdir).synth()
        standin, process = begin(Path(folder) / "moto.log", PRODUCTION.account, REGION)
        try:
            command = Command(standin, PRODUCTION.account, outdir)
            command.bootstrap()
            command.deploy()
            found = read_back(outdir, PRODUCTION.name_of(""), standin)
            told: dict[tuple[str, str, str], Any] = {(row.part, row.resource, row.path): row.read for row in found}
        finally:
            process.terminate()
            process.wait(10)
        made = whole(read(PRODUCTION, outdir), told)
    refresh(FILE, {"values": made})
    sys.stdout.write(f"{made}\n")


if __name__ == "__main__":
    main()
