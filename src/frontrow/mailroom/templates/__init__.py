"""Templates: one layout in MJML, compiled once a process for each kind of mail, and words by language beside it.

A value never becomes part of a template: placeholders are replaced in one pass, escaped in HTML, so that whatever is
in the title of an event stays text.
"""

import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from string import Template

import mrml

LOCALES = ("en", "de")
Values = Mapping[str, str]

_BLOCK = re.compile(r"<!--\[(\w+)\]-->(.*?)<!--\[/\1\]-->", re.DOTALL)


@dataclass(frozen=True)
class Rendered:
    subject: str
    html: str
    text: str


@dataclass(frozen=True)
class Letter:
    """What a mail says, in its order. ``values`` has at least ``HEAD`` and ``LINK``; paragraphs and notes are whole
    sentences; ``rows`` are places with what they cost; a ``total`` has its label before it."""

    values: Values
    paragraphs: Sequence[str]
    rows: Sequence[Values] = field(default_factory=tuple)
    total: tuple[str, str] | None = None
    tax_line: str = ""
    notes: Sequence[str] = field(default_factory=tuple)


def language(locale: str) -> str:
    """The language of ours that comes nearest to a locale such as ``de-AT``; English when there is none."""
    spoken = locale.replace("_", "-").partition("-")[0].lower()
    return spoken if spoken in LOCALES else LOCALES[0]


@cache
def words(name: str, locale: str) -> Mapping[str, str]:
    """The words of a mail in a language of ours, with their ``$placeholders``."""
    common: dict[str, str] = json.loads(_file(f"common.{locale}.json"))
    own: dict[str, str] = json.loads(_file(f"{name}.{locale}.json"))
    return {**common, **own}


def say(sentence: str, values: Values) -> str:
    """A sentence with its values. Raises KeyError when one is missing: half a mail must not leave the house."""
    return Template(sentence).substitute(values)


def render(letter: Letter, locale: str) -> Rendered:
    """A mail in HTML and in plain text. Raises KeyError."""
    return Rendered(letter.values["subject"], _html(letter, locale), _text(letter))


def _html(letter: Letter, locale: str) -> str:
    paragraph, row, note = _layout("letter.paragraph.html"), _layout("letter.row.html"), _layout("letter.note.html")
    blocks = frozenset(
        name
        for name, there in (
            ("evening", "date" in letter.values),
            ("rows", letter.rows),
            ("total", letter.total),
            ("tax", letter.tax_line),
        )
        if there
    )
    label, total = letter.total or ("", "")
    values = {**letter.values, "total_label": label, "total": total, "tax_line": letter.tax_line}
    safe = {name: html.escape(value) for name, value in values.items()}
    parts = {
        "lang": locale,
        "paragraphs": "".join(paragraph.substitute(said=html.escape(said)) for said in letter.paragraphs),
        "rows": "".join(row.substitute({name: html.escape(said) for name, said in one.items()}) for one in letter.rows),
        "notes": "".join(note.substitute(said=html.escape(said)) for said in letter.notes),
    }
    return _compiled(blocks).substitute({**safe, **parts})


def _text(letter: Letter) -> str:
    said = letter.values
    when = []
    if "date" in said:
        when = [f"{said['date']}, {said['time']}", said["zone"] + said["doors_line"], said["venue"], said["address"]]
    parts = [
        said["eyebrow"],
        "\n".join([said["title"], *filter(None, when)]),
        said["hello"],
        *letter.paragraphs,
        f"{said['open']}:\n{said['link']}",
    ]
    if letter.rows:
        places = [
            f"- {one['place']} ({one['ticket_type']})" + (f": {one['amount']}" if one["amount"] else "")
            for one in letter.rows
        ]
        parts.append("\n".join([said["seats"], *places]))
    if letter.total:
        parts.append("\n".join(filter(None, [": ".join(letter.total), letter.tax_line])))
    parts += letter.notes
    return "\n\n".join(parts) + f"\n\n--\n{said['footer']}\n"


@cache
def _compiled(blocks: frozenset[str]) -> Template:
    """The layout with those of its parts that not every mail has, as HTML."""
    layout = _BLOCK.sub(lambda found: found[2] if found[1] in blocks else "", _file("letter.mjml"))
    # No fonts from elsewhere: a mail must not call home.
    page = mrml.to_html(layout, None, mrml.RenderOptions(disable_comments=False, fonts={}))
    if page.warnings:
        raise ValueError(f"letter.mjml: {[warning.kind for warning in page.warnings]}")
    return Template(page.content)


@cache
def _layout(name: str) -> Template:
    return Template(_file(name))


def _file(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")
