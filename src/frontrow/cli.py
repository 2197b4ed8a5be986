"""``frontrow``: every command of the house. Each loads its own part only, because start time is a feature."""

import importlib
import json
import os
import runpy
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # they end up in log files
    help="Frontrow: numbered seats, sold once.",
)
standin = typer.Typer(no_args_is_help=True, help="The stand-ins of the local stack, one at a time.")
app.add_typer(standin, name="standin")
mail = typer.Typer(no_args_is_help=True, help="Mails that didn't get out.")
dead = typer.Typer(no_args_is_help=True, help="What failed too often, or was refused: read it, send it again.")
mail.add_typer(dead, name="dead")
app.add_typer(mail, name="mail")
tickets = typer.Typer(no_args_is_help=True, help="Codes of tickets.")
app.add_typer(tickets, name="tickets")

seatmap = typer.Typer(no_args_is_help=True, help="Seat maps: in, out, and a look at them. docs/seatmaps.md tells more.")
app.add_typer(seatmap, name="seatmap")

_PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True}


class Form(StrEnum):
    """Which format a seat map is written in."""

    frontrow = "frontrow"
    pretix = "pretix"


def _run(module: str, function: str, *arguments: Any) -> Any:
    """Import `module` now and call its `function`. This is the one place where importing waits for a command."""
    return getattr(importlib.import_module(module), function)(*arguments)


def _use_local_stack() -> None:
    """For a command given beside a running `frontrow up`: its settings, unless others are set."""
    file = Path(os.environ.get("FRONTROW_HOME", ".frontrow")) / "settings.json"
    if "FRONTROW_DATABASE__PRIMARY_URL" not in os.environ and file.exists():
        for name, value in json.loads(file.read_text()).items():
            os.environ.setdefault(name, value)


def _run_as_script(package: str, arguments: list[str]) -> None:
    """As ``python -m package …``: for parts that are programs of their own, with a command line of their own."""
    sys.argv[1:] = arguments
    runpy.run_module(package, run_name="__main__", alter_sys=True)


@app.command()
def up(
    home: Annotated[Path, typer.Option(envvar="FRONTROW_HOME", help="Where data, logs and secrets live.")] = Path(
        ".frontrow"
    ),
    port: Annotated[int | None, typer.Option(help="The app's port; the next free one when it is taken.")] = None,
    app_processes: Annotated[int, typer.Option(min=1, help="How many processes serve the app.")] = 1,
    no_web: Annotated[bool, typer.Option("--no-web", help="Don't build the pages.")] = False,
    no_seed: Annotated[bool, typer.Option("--no-seed", help="Don't add the demo data.")] = False,
) -> None:
    """Start everything on this machine: database, Redis, stand-ins, app and worker. Ctrl-C stops it."""
    wanted = _run("frontrow.local.up", "Wanted", home, port, app_processes, not no_web, not no_seed)
    sys.exit(_run("frontrow.local.up", "main", wanted))


@app.command()
def serve(workers: Annotated[int, typer.Option(min=1, help="Processes on the one port.")] = 1) -> None:
    """Serve the app. Settings come from FRONTROW_… variables."""
    _run("frontrow.app", "main", workers)


@app.command()
def worker() -> None:
    """Work: mails, refunds, expiry, everything that nobody waits for."""
    _run("frontrow.worker", "main")


@app.command()
def migrate(
    down: Annotated[str | None, typer.Option(help="Go back to this revision: a number, -1 or base.")] = None,
) -> None:
    """Bring the database's schema to the newest version."""
    _use_local_stack()
    _run("frontrow.core.migrate", "main", down)


@app.command()
def dump(to: Annotated[str, typer.Option(help="s3://bucket/prefix; the object's name is the moment.")]) -> None:
    """Write the whole database into S3, as pg_restore reads it. Exit code 1 when it couldn't be done."""
    _use_local_stack()
    sys.exit(_run("frontrow.core.dump", "main_dump", to))


@app.command()
def restore(source: Annotated[str, typer.Argument(metavar="S3_URL", help="s3://bucket/key of a dump.")]) -> None:
    """Read a dump from S3 into the database that the settings name, which must be empty."""
    _use_local_stack()
    sys.exit(_run("frontrow.core.dump", "main_restore", source))


@app.command()
def seed() -> None:
    """Add the demo data; what is there already stays as it is."""
    _use_local_stack()
    _run("frontrow.demo.main", "main")


@app.command()
def cancel(
    what: Annotated[str, typer.Argument(metavar="PERFORMANCE_ID|EVENT", help="An event's address, or a performance.")],
    message: Annotated[str, typer.Option(help="What the buyers are told, in the organiser's words.")] = "",
    look: Annotated[bool, typer.Option("--look", help="Only tell how far an earlier cancellation has come.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask whether this is meant.")] = False,
) -> None:
    """An evening won't take place: off sale at once, money back, buyers told. There is no way back."""
    if not look and not yes:
        typer.confirm(f"Cancel {what}, and give everybody their money back?", abort=True)
    _use_local_stack()
    sys.exit(_run("frontrow.payments.main", "cancel", what, message, look))


@app.command()
def audit(
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Ask the standing questions about seats, orders and money. Exit code 1 when one finds something."""
    _use_local_stack()
    sys.exit(_run("frontrow.auditor.main", "main", as_json))


@app.command()
def breakers(
    as_json: Annotated[bool, typer.Option("--json", help="Print the states as JSON.")] = False,
) -> None:
    """How Stripe, mail and the other outside services are doing. Exit code 1 when one is left alone."""
    _use_local_stack()
    sys.exit(_run("frontrow.gateways.main", "show", as_json))


@app.command()
def openapi() -> None:
    """Print the OpenAPI document of the app."""
    document = _run("frontrow.app", "create_app").openapi()
    print(json.dumps(document, indent=1, ensure_ascii=False))


@dead.command("list")
def dead_list(
    all_topics: Annotated[bool, typer.Option("--all-topics", help="Also what isn't a mail: payments, say.")] = False,
) -> None:
    """What didn't get out. Exit code 1 when there is something."""
    _use_local_stack()
    sys.exit(_run("frontrow.mailroom.main", "dead_list", all_topics))


@dead.command("show")
def dead_show(number: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """All that is known of one."""
    _use_local_stack()
    sys.exit(_run("frontrow.mailroom.main", "dead_show", number))


@dead.command("resend")
def dead_resend(
    number: Annotated[str | None, typer.Argument(metavar="[ID]")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every dead mail.")] = False,
) -> None:
    """Send one again, or all."""
    if (number is None) == (not every):
        raise typer.BadParameter("give an id, or --all")
    _use_local_stack()
    sys.exit(_run("frontrow.mailroom.main", "dead_resend", number, every))


@tickets.command("verify")
def tickets_verify(
    code: Annotated[str, typer.Argument(help="What the QR says: FR1.…")],
    keys: Annotated[Path | None, typer.Option(help="The file that /api/tickets/keys gives; else our own key.")] = None,
) -> None:
    """Whether a ticket's code is genuine, without network or database. Exit code 1 when it isn't."""
    _use_local_stack()
    sys.exit(_run("frontrow.tickets.main", "verify", code, keys))


@seatmap.command("import")
def seatmap_import(
    file: Annotated[Path, typer.Argument(help="A map in our format, or pretix's seating plan, as JSON.")],
    venue: Annotated[str | None, typer.Option(help="Put it up there: a venue's id or name.")] = None,
    organiser: Annotated[str | None, typer.Option(help="Whose venue, when several have one of that name.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Only check it.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write it in our format to this file.")] = None,
) -> None:
    """Read and check a map, and put it up. Exit code 1 when it has errors, 2 when it can't be done."""
    _use_local_stack()
    sys.exit(_run("frontrow.events.main", "import_map", file, venue, organiser, check, out))


@seatmap.command("export")
def seatmap_export(
    wanted: Annotated[str, typer.Argument(metavar="MAP_ID|VENUE", help="A map's id, or a venue's id or name.")],
    form: Annotated[Form, typer.Option("--format", help="Ours, or pretix's seating plan.")] = Form.frontrow,
    out: Annotated[Path | None, typer.Option(help="To this file rather than to standard output.")] = None,
) -> None:
    """Write a map, or the newest of a venue, as JSON."""
    _use_local_stack()
    sys.exit(_run("frontrow.events.main", "export_map", wanted, form.value, out))


@seatmap.command("show")
def seatmap_show(
    wanted: Annotated[str, typer.Argument(metavar="FILE|MAP_ID|VENUE")],
    svg: Annotated[Path | None, typer.Option(help="Draw it into this file.")] = None,
) -> None:
    """What a map has, section by section."""
    _use_local_stack()
    sys.exit(_run("frontrow.events.main", "show_map", wanted, svg))


@seatmap.command("list")
def seatmap_list(
    organiser: Annotated[str | None, typer.Option(help="Only those of the organiser with this address.")] = None,
) -> None:
    """Which maps there are, the newest first."""
    _use_local_stack()
    sys.exit(_run("frontrow.events.main", "list_maps", organiser))


@seatmap.command("schema")
def seatmap_schema() -> None:
    """Print the JSON Schema of our format."""
    sys.exit(_run("frontrow.events.main", "print_schema"))


@standin.command("stripe", context_settings=_PASS_ON)
def standin_stripe(context: typer.Context) -> None:
    """Stripe's API and script: --port, --db, --webhook-url; three FRONTROW_STRIPE__… secrets in the environment."""
    _run_as_script("frontrow.local.stripe_standin", context.args)


@standin.command("inbox", context_settings=_PASS_ON)
def standin_inbox(context: typer.Context) -> None:
    """A mail server that keeps everything, with a page to read it: --smtp-port, --http-port, --dir."""
    _run_as_script("frontrow.local.inbox", context.args)


def main() -> None:
    app()


if __name__ == "__main__":
    main()
