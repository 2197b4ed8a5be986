"""The built page of the browser's app, and heads of its own for addresses that others read without running it."""

import hashlib
import html
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from frontrow.core.errors import NotFound
from frontrow.core.settings import StripeSettings

_REPLACED = re.compile(
    r"""\s*(<title>.*?</title>|<meta\s[^>]*(?:name|property)="(?:description|robots|og:[^"]*|twitter:[^"]*)"[^>]*>"""
    r"""|<link\s[^>]*rel="canonical"[^>]*>)""",
    re.DOTALL,
)


@dataclass(frozen=True)
class Head:
    """What searchers and those who pass a link on are told. ``data``: schema.org, as JSON-LD. Words are plain text."""

    title: str
    description: str
    address: str | None = None  # canonical, absolute; None for a page that isn't there
    image: str | None = None  # absolute, 1200 x 630
    image_alt: str = ""
    data: Sequence[dict[str, Any]] = field(default_factory=tuple)

    def markup(self) -> str:
        """The elements. Whatever is in the words, it stays text."""

        def meta(kind: str, name: str, content: str) -> str:
            return f'<meta {kind}="{name}" content="{html.escape(content)}" />'

        told = [f"<title>{html.escape(self.title)}</title>", meta("name", "description", self.description)]
        if self.address is None:
            return "\n    ".join([*told, meta("name", "robots", "noindex")])
        told += [
            f'<link rel="canonical" href="{html.escape(self.address)}" />',
            meta("property", "og:type", "website"),
            meta("property", "og:site_name", "Frontrow"),
            meta("property", "og:title", self.title),
            meta("property", "og:description", self.description),
            meta("property", "og:url", self.address),
            meta("name", "twitter:card", "summary_large_image" if self.image else "summary"),
            meta("name", "twitter:title", self.title),
            meta("name", "twitter:description", self.description),
        ]
        if self.image is not None:
            told += [
                meta("property", "og:image", self.image),
                meta("property", "og:image:type", "image/png"),
                meta("property", "og:image:width", "1200"),
                meta("property", "og:image:height", "630"),
                meta("property", "og:image:alt", self.image_alt),
                meta("name", "twitter:image", self.image),
                meta("name", "twitter:image:alt", self.image_alt),
            ]
        told += [f'<script type="application/ld+json">{_data(one)}</script>' for one in self.data]
        return "\n    ".join(told)


def _data(one: dict[str, Any]) -> str:
    """JSON that no word in it can end: a script element ends at the first ``</script``, wherever that stands."""
    text = json.dumps(one, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


class BuiltPage:
    """``index.html`` of the build, read anew when it was built anew."""

    def __init__(self, dist: Path, stripe: StripeSettings) -> None:
        self.dist = dist.absolute()
        self.policy = _policy(stripe.script_url)
        self._read: tuple[int, str, str] | None = None

    @property
    def index(self) -> Path:
        return self.dist / "index.html"

    def build(self) -> str:
        """A name of the present build. Raises NotFound when there is none."""
        return self._text()[1]

    def with_head(self, head: Head) -> bytes:
        """The page with this head in place of its own. Raises NotFound when there is no build."""
        text = self._text()[0]
        return text.replace("</head>", f"    {head.markup()}\n  </head>", 1).encode()

    def _text(self) -> tuple[str, str]:
        try:
            at = self.index.stat().st_mtime_ns
            if self._read is None or self._read[0] != at:
                text = _REPLACED.sub("", self.index.read_text(encoding="utf-8"))
                self._read = (at, text, hashlib.blake2b(text.encode(), digest_size=8).hexdigest())
        except OSError:
            raise NotFound("The page isn't built yet; `make run` builds it.") from None
        return self._read[1], self._read[2]


def _policy(script_url: str) -> str:
    script = urlsplit(script_url)
    stripe = f"{script.scheme}://{script.netloc}"
    if script.netloc == "js.stripe.com":
        # Stripe's own script speaks with these, and shows a bank's 3-D Secure page in a frame of the last.
        stripe += " https://*.js.stripe.com https://api.stripe.com https://hooks.stripe.com"
    return (
        # The scanner's wasm must be allowed to run; no other code that isn't a file of ours or Stripe's is. JSON-LD in
        # a head is data, not code: it needs no leave.
        f"default-src 'self'; script-src 'self' 'wasm-unsafe-eval' {stripe}; "
        f"connect-src 'self' ws: wss: {stripe}; frame-src {stripe}; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
        "frame-ancestors 'none'; form-action 'self'"
    )
