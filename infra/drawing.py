"""A sheet of paper to draw on, in the house's colours, light and dark. It becomes an SVG without scripts or fonts."""

from html import escape

LIGHT = {
    "paper": "#fbf8f3",
    "ink": "#1b1a19",
    "quiet": "#5c5650",
    "line": "#cfc7bb",
    "card": "#ffffff",
    "red": "#b3261e",
}
DARK = {
    "paper": "#1b1a19",
    "ink": "#f4efe6",
    "quiet": "#b5aca0",
    "line": "#4a453f",
    "card": "#262422",
    "red": "#f0857c",
}


def _style() -> str:
    def rules(colours: dict[str, str]) -> str:
        return "".join(f".f-{name}{{fill:{one}}}.s-{name}{{stroke:{one}}}" for name, one in colours.items())

    return f"<style>{rules(LIGHT)}@media(prefers-color-scheme:dark){{{rules(DARK)}}}</style>"


def _marker(name: str) -> str:
    return (
        f'<marker id="to-{name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        f'orient="auto-start-reverse"><path d="M0 1L9 5L0 9z" class="f-{name}"/></marker>'
    )


def number(value: float) -> str:
    """A coordinate in as few figures as it needs."""
    return f"{value:.1f}".removesuffix(".0")


class Sheet:
    """Coordinates in pixels from the upper left."""

    def __init__(self, width: float, height: float, title: str, description: str) -> None:
        self.width, self.height = width, height
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(width)} {number(height)}" role="img" '
            'aria-labelledby="t d" font-family="Georgia, \'Times New Roman\', serif">',
            f'<title id="t">{escape(title)}</title><desc id="d">{escape(description)}</desc>',
            _style(),
            f"<defs>{_marker('ink')}{_marker('red')}{_marker('quiet')}</defs>",
            f'<rect width="{number(width)}" height="{number(height)}" class="f-paper"/>',
        ]

    def text(self, x: float, y: float, said: str, size: float = 13, colour: str = "ink", at: str = "start") -> None:
        """``at``: which end of the text is at ``x``: start, middle or end."""
        self._parts.append(
            f'<text x="{number(x)}" y="{number(y)}" font-size="{number(size)}" class="f-{colour}" '
            f'text-anchor="{at}">{escape(said, quote=False)}</text>'
        )

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str = "card",
        stroke: str = "ink",
        radius: float = 4,
        dashed: bool = False,
    ) -> None:
        """``fill`` may be ``none``."""
        dash = ' stroke-dasharray="4 4"' if dashed else ""
        inside = 'fill="none"' if fill == "none" else ""
        classes = f"s-{stroke}" if fill == "none" else f"f-{fill} s-{stroke}"
        self._parts.append(
            f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}" '
            f'rx="{number(radius)}" class="{classes}" {inside}{dash}/>'
        )

    def box(self, x: float, y: float, width: float, height: float, name: str, *under: str) -> None:
        """A card with a name and smaller lines under it, all in its middle."""
        self.rect(x, y, width, height)
        top = y + height / 2 - len(under) * 8 + 5
        self.text(x + width / 2, top, name, 15, at="middle")
        for place, said in enumerate(under, start=1):
            self.text(x + width / 2, top + place * 16, said, 12, "quiet", "middle")

    def path(self, d: str, colour: str = "ink", arrow: bool = False, width: float = 1, dashed: bool = False) -> None:
        """A line by SVG's own words for it (``M10 10H50``)."""
        end = f' marker-end="url(#to-{colour})"' if arrow else ""
        dash = ' stroke-dasharray="3 4"' if dashed else ""
        self._parts.append(f'<path d="{d}" class="s-{colour}" fill="none" stroke-width="{number(width)}"{end}{dash}/>')

    def svg(self) -> str:
        """The whole file."""
        return "\n".join([*self._parts, "</svg>", ""])
