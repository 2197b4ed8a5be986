"""Templates: one layout in MJML and one in plain text, words by language beside them, compiled once a process.

A value never becomes part of a template: placeholders are replaced in one pass, escaped in HTML, so that whatever is
in the title of an event stays text.
"""

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template

import mrml

LOCALES = ("en", "de")
Values = Mapping[str, str]


@dataclass(frozen=True)
class Rendered:
    subject: str
    html: str
    text: str


def language(locale: str) -> str:
    """The language of ours that comes nearest to a locale such as ``de-AT``; English when there is none."""
    spoken = locale.replace("_", "-").partition("-")[0].lower()
    return spoken if spoken in LOCALES else LOCALES[0]


@cache
def words(name: str, locale: str) -> Mapping[str, str]:
    """The words of a mail in a language of ours, with their ``$placeholders``."""
    found: dict[str, str] = json.loads(_file(f"{name}.{locale}.json"))
    return found


def say(sentence: str, values: Values) -> str:
    """A sentence with its values. Raises KeyError when one is missing: half a mail must not leave the house."""
    return Template(sentence).substitute(values)


def render(name: str, locale: str, values: Values, rows: Sequence[Values]) -> Rendered:
    """A mail from its layout, the ``values`` of its placeholders and those of each row. Raises KeyError."""
    safe = {key: html.escape(value) for key, value in values.items()}
    row_html, row_text = _layout(f"{name}.row.html"), _layout(f"{name}.row.txt")
    safe_rows = "".join(row_html.substitute({key: html.escape(value) for key, value in row.items()}) for row in rows)
    text_rows = "".join(row_text.substitute(row) for row in rows).rstrip()
    return Rendered(
        subject=values["subject"],
        html=_compiled(name).substitute({**safe, "lang": locale, "rows": safe_rows}),
        text=_layout(f"{name}.txt").substitute({**values, "rows": text_rows}),
    )


@cache
def _compiled(name: str) -> Template:
    # No fonts from elsewhere: a mail must not call home.
    page = mrml.to_html(_file(f"{name}.mjml"), None, mrml.RenderOptions(disable_comments=False, fonts={}))
    if page.warnings:
        raise ValueError(f"{name}.mjml: {[warning.kind for warning in page.warnings]}")
    return Template(page.content)


@cache
def _layout(name: str) -> Template:
    return Template(_file(name))


def _file(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")
