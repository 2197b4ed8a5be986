"""The inbox's HTML. Everything that comes out of a mail is escaped here."""

import time
from html import escape

from frontrow.local.inbox.folder import Mail
from frontrow.local.inbox.letters import Letter, Part


def inbox(listing_html: str, words: str, version: int) -> str:
    """The whole page around the list."""
    clear = ' <a class="quiet" href="/">Show all</a>' if words else ""
    body = f"""
<header class="top">
  <h1><a href="/">Mail inbox</a></h1>
  <form class="find" role="search" action="/">
    <label for="q">Find by address or subject</label>
    <input id="q" name="q" type="search" value="{_attribute(words)}" autocomplete="off">{clear}
  </form>
  <button type="button" id="clear" class="quiet">Delete all</button>
</header>
<main id="list" data-version="{version}">{listing_html}</main>
<p id="status" class="sr-only" role="status"></p>"""
    return _document("Mail inbox – Frontrow", body)


def listing(mails: list[Mail], total: int, words: str, older: str | None) -> str:
    """The list alone."""
    if not mails:
        return _nothing_found(words) if words else _EMPTY
    rows = "".join(_row(mail) for mail in mails)
    query = f"&amp;q={_attribute(words)}" if words else ""
    more = f'<p class="more"><a href="/?before={older}{query}">Older mails</a></p>' if older else ""
    count = "1 mail" if total == 1 else f"{total:,} mails"
    return (
        f'<p class="count" id="count" data-total="{total}">{count}, newest first</p><ol class="mails">{rows}</ol>{more}'
    )


def message(mail: Mail, letter: Letter, view: str) -> str:
    """One mail's page; ``view`` is ``html`` or ``text``."""
    facts = [
        ("From", escape(mail.sender)),
        ("To", escape(", ".join(mail.recipients))),
        ("Received", _when(mail.received)),
    ]
    facts.append(("Message-ID", f"<code>{escape(mail.message_id) or 'none'}</code>"))
    rows = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts)
    tabs = "".join(
        f'<a href="/messages/{mail.id}?view={name}"{" aria-current=page" if view == name else ""}>{label}</a>'
        for name, label, there in (("html", "HTML", letter.html), ("text", "Text", letter.text))
        if there is not None
    )
    if view == "html":
        shown = (
            f'<iframe class="paper" title="The mail as its reader sees it" src="/messages/{mail.id}/html"'
            ' sandbox="allow-popups allow-popups-to-escape-sandbox" referrerpolicy="no-referrer"></iframe>'
        )
    else:
        shown = f'<pre class="text" tabindex="0">{escape(letter.text or "This mail has no text.")}</pre>'
    source = f'<a href="/messages/{mail.id}.eml" download>Source (.eml)</a>'
    body = f"""
<header class="top"><p class="back"><a href="/">Mail inbox</a></p></header>
<main class="letter">
  <h1>{escape(mail.subject) or "(no subject)"}</h1>
  <dl class="facts">{rows}</dl>
  <nav class="views" aria-label="Parts of the mail">{tabs}{source}</nav>
  {_attachments(mail, letter.attachments)}
  {shown}
</main>"""
    return _document(f"{mail.subject or '(no subject)'} – Mail inbox", body)


def missing() -> str:
    """The page for a mail that is not there."""
    return _document(
        "No such mail",
        '<header class="top"><p class="back"><a href="/">Mail inbox</a></p></header><main class="empty">'
        "<h1>No such mail</h1><p>It was deleted, or it never came.</p></main>",
    )


_EMPTY = """<section class="empty">
<h2>Nothing yet</h2>
<p>Every e-mail that Frontrow sends on this machine lands here instead of leaving it.</p>
<p>Buy a ticket and the order confirmation will appear, with the tickets attached. So will refunds, changed
performances and links to set a password. This page shows new mail by itself.</p>
</section>"""


def _nothing_found(words: str) -> str:
    return (
        f'<section class="empty"><h2>No mail with “{escape(words)}”</h2><p><a href="/">Show all mail</a></p></section>'
    )


def _row(mail: Mail) -> str:
    to = escape(", ".join(mail.recipients[:3]) + (" …" if len(mail.recipients) > 3 else ""))
    return (
        f'<li><a href="/messages/{mail.id}"><span class="subject">{escape(mail.subject) or "(no subject)"}</span>'
        f'<span class="to">to {to}</span>{_when(mail.received)}</a></li>'
    )


def _attachments(mail: Mail, parts: list[Part]) -> str:
    if not parts:
        return ""
    items = "".join(
        f'<li><a href="/messages/{mail.id}/parts/{part.number}" download>{escape(part.filename)}</a>'
        f' <span class="quiet">{escape(part.content_type)}, {_size(part.size)}</span></li>'
        for part in parts
    )
    return f'<section class="attachments"><h2>Attached</h2><ul>{items}</ul></section>'


def _when(moment: float) -> str:
    """A time that the script turns into the reader's own; without it, it is UTC."""
    at = time.gmtime(moment)
    machine, human = time.strftime("%Y-%m-%dT%H:%M:%SZ", at), time.strftime("%d %b %Y, %H:%M:%S UTC", at)
    return f'<time datetime="{machine}">{human}</time>'


def _size(number: int) -> str:
    return (
        f"{number} bytes" if number < 1000 else f"{number / 1000:.0f} kB" if number < 1e6 else f"{number / 1e6:.1f} MB"
    )


def _attribute(text: str) -> str:
    return escape(text, quote=True)


def _document(title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/inbox.css">
<script src="/static/inbox.js" defer></script>
</head>
<body>{body}
</body>
</html>
"""
