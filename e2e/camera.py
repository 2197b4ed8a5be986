"""Takes one picture of what a window shows, small enough for a repository."""

import io
from pathlib import Path

from PIL import Image

from e2e.window import Window

FOLDER = Path(__file__).parents[1] / "docs" / "screens"
MOST_BYTES = 150_000
_COLOURS = (256, 192, 128, 96, 64, 48)
# Pictures further down are loaded when they come near; nobody waits for those.
_COMPLETE = """() => document.fonts.status === "loaded" && [...document.images].every((image) => {
  const { top, bottom } = image.getBoundingClientRect();
  return image.complete || bottom < 0 || top > innerHeight;
})"""
_TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Camera:
    """Stands before one window; ``only``: part of the names of the pictures that are wanted."""

    def __init__(self, window: Window, scheme: str, only: str) -> None:
        self._window, self._scheme, self._only = window, scheme, only

    def shoot(self, name: str) -> None:
        """What is in view now, once all pictures and fonts have come."""
        if self._only not in name:
            return
        page = self._window.page
        page.wait_for_function(_COMPLETE)
        page.evaluate(_TWO_FRAMES)
        store(page.screenshot(), FOLDER / f"{name}-{self._window.device.name}-{self._scheme}.png")


def store(png: bytes, file: Path) -> None:
    """Store a picture with as many colours as fit into the most bytes that a picture may have.

    Maximum coverage keeps the rare colours, which are those of the seats; k-means then sets the paper's tone right.
    """
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in _COLOURS:
        buffer = io.BytesIO()
        flat = picture.quantize(colours, method=Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE)
        flat.save(buffer, "PNG", optimize=True)
        if buffer.tell() <= MOST_BYTES:
            break
    file.write_bytes(buffer.getvalue())
