"""``python -m infra.local deploy`` and ``destroy``: every stack into a stand-in for AWS on this machine, and out again.

It is left running, so that a second deployment finds what the first has made, and anybody can ask it
(``AWS_ENDPOINT_URL=…``). ``FRONTROW_STAGE`` chooses the stage.
"""

import os
import shutil
import sys
import time
from pathlib import Path

from infra.app import build
from infra.local.command import Command, CommandFailedError
from infra.local.readback import NOT_TOLD, Row, read_back
from infra.local.standin import ROOT, StandIn, StandInFailedError, begin, remember, remembered
from infra.stage import PRODUCTION, REGION, STAGES, Stage

HOME = ROOT / os.environ.get("FRONTROW_HOME", ".frontrow") / "aws"
WHERE, ASSEMBLY = HOME / "standin.json", ROOT / "infra" / "cdk.out"
WIDE = 42


def deploy(stage: Stage) -> int:
    """Start the stand-in where none is, deploy, and print what came of it. 1 where something isn't as asked."""
    build(stage, ASSEMBLY).synth()
    standin = remembered(WHERE)
    if standin is None:
        standin, _ = begin(HOME / "moto.log", stage.account, REGION)
        remember(WHERE, standin)
        _say(f"The stand-in for AWS listens on {standin.url}; its log is {standin.log}")
        Command(standin, stage.account, ASSEMBLY).bootstrap()
    began = time.monotonic()
    for name, changed in Command(standin, stage.account, ASSEMBLY).deploy().items():
        _say(f"  {name:{WIDE}} {'deployed' if changed else 'no changes'}")
    _say(f"Deployed in {time.monotonic() - began:.0f} s. Read back:\n")
    return 0 if _print(list(read_back(ASSEMBLY, stage.name_of(""), standin))) else 1


def destroy(stage: Stage) -> int:
    """Delete every stack, as on AWS after somebody has switched the databases' protection off; end the stand-in."""
    standin = remembered(WHERE)
    if standin is None:
        _say("Nothing is deployed here.")
        return 0
    _unprotect(standin)
    # A network can't go while something stands in it, and the database is kept.
    Command(standin, stage.account, ASSEMBLY).destroy(but=stage.name_of("network"))
    standin.stop()
    _say("The stacks are deleted. What is kept (databases, buckets, secrets), and the network, went with the stand-in.")
    WHERE.unlink()
    return 0


def _unprotect(standin: StandIn) -> None:
    databases = standin.client("rds")
    for one in databases.describe_db_instances()["DBInstances"]:
        name = one["DBInstanceIdentifier"]
        databases.modify_db_instance(DBInstanceIdentifier=name, DeletionProtection=False, ApplyImmediately=True)


def _print(rows: list[Row]) -> bool:
    """The table; whether all of it agrees."""
    # Nobody reads along: a pipe gets the width of a page.
    width = max(shutil.get_terminal_size((120, 24)).columns - 2 * WIDE - 14, 20)
    _say(f"   {'resource':{WIDE}} {'property':{WIDE}} asked and read")
    last = ""
    for row in rows:
        resource = f"{row.part} {row.resource}"
        told = _short(row.asked) if row.agrees else f"{_short(row.asked)}, READ {_short(row.read)}"
        sign = "  " if row.agrees else "NO"
        named, property_ = resource if resource != last else "", ".".join(row.path.split(".")[-2:])
        _say(f"{sign} {named[:WIDE]:{WIDE}} {property_[:WIDE]:{WIDE}} {told[:width]}")
        last = resource
    wrong = sum(not row.agrees for row in rows)
    _say(
        f"\n{len(rows)} values read back, {wrong} not as asked. Templates are tested for what the stand-in can't tell:"
    )
    for what, why in NOT_TOLD.items():
        _say(f"  {what}: {why}")
    return wrong == 0


def _short(value: object) -> str:
    return f"{len(value)} of them" if isinstance(value, list) and value and isinstance(value[0], dict) else str(value)


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 -- a command's words


def main(words: list[str]) -> int:
    """What the shell asks for."""
    stage = STAGES[os.environ.get("FRONTROW_STAGE", PRODUCTION.name)]
    todo = {"deploy": deploy, "destroy": destroy}.get(words[0] if words else "")
    if todo is None:
        _say(f"{Path(__file__).parent.name}: deploy or destroy")
        return 2
    try:
        return todo(stage)
    except (CommandFailedError, StandInFailedError) as error:
        _say(str(error))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
