"""An event's share card: the picture that its link is shown with elsewhere, 1200 x 630.

Drawn in one thread of its own, as tickets are: the event loop never waits, and however many want a card, they take at
most one core from those who are buying.
"""

import asyncio
import json
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import structlog
import typst

log = structlog.get_logger(__name__)

TEMPLATE = Path(__file__).with_name("card.typ")
FONTS = Path(__file__).with_name("fonts")
POSTERS = {"svg": "svg", "png": "png", "jpg": "jpg", "webp": "webp"}
"""Endings of pictures that the typesetter takes."""
PIXEL = 72.0  # of an inch: one point of the template is one pixel

_drawing = ThreadPoolExecutor(1, "cards")


@dataclass(frozen=True)
class Card:
    """What stands on it. ``when`` and ``place`` are in words."""

    kind: str
    title: str
    subtitle: str
    when: str
    place: str
    language: str = "en"


async def draw_card(card: Card, poster: tuple[str, bytes] | None) -> bytes:
    """The card as a PNG. ``poster``: the ending of its file and its content; one that can't be drawn is left out."""
    return await asyncio.get_running_loop().run_in_executor(_drawing, _draw, card, poster)


def _draw(card: Card, poster: tuple[str, bytes] | None) -> bytes:
    if poster is not None and poster[0] in POSTERS:
        try:
            return _typeset(card, poster)
        except typst.TypstError as error:
            log.warning("poster_not_drawn", error=str(error)[:300])
    return _typeset(card, None)


@cache
def _fonts() -> typst.Fonts:
    """The house's own, the same on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])


def _typeset(card: Card, poster: tuple[str, bytes] | None) -> bytes:
    # The typesetter reads files below its root alone, so the picture lies beside a copy of the template.
    with tempfile.TemporaryDirectory(prefix="frontrow-card-") as folder:
        root = Path(folder)
        (root / "card.typ").write_bytes(TEMPLATE.read_bytes())
        name = None
        if poster is not None:
            name = f"poster.{POSTERS[poster[0]]}"
            (root / name).write_bytes(poster[1])
        data = json.dumps({**asdict(card), "poster": name})
        compiler = typst.Compiler(str(root / "card.typ"), root=str(root), font_paths=_fonts())
        made = compiler.compile(format="png", ppi=PIXEL, sys_inputs={"data": data})
    return made[0] if isinstance(made, list) else bytes(made or b"")
