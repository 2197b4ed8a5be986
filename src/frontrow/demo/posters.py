"""Posters drawn by us: flat shapes as a screen printer would pull them, in paper, ink and one colour.

Each is an SVG of 1500 x 1000 whose motif lies in the middle 1000 x 620, because pages crop it square and wide. The
same code gives the same bytes every time.
"""

import math
from collections.abc import Callable, Iterable

PAPER, INK = "#F3ECDF", "#1B1A19"
WIDTH, HEIGHT = 1500, 1000


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _circle(x: float, y: float, radius: float, fill: str) -> str:
    return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" fill="{fill}"/>'


def _rect(x: float, y: float, width: float, height: float, fill: str, turn: float = 0.0) -> str:
    turned = f' transform="rotate({_n(turn)} {_n(x + width / 2)} {_n(y + height / 2)})"' if turn else ""
    return f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" fill="{fill}"{turned}/>'


def _shape(points: Iterable[tuple[float, float]], fill: str) -> str:
    return f'<path d="M{"L".join(f"{_n(x)} {_n(y)}" for x, y in points)}Z" fill="{fill}"/>'


def _path(d: str, fill: str) -> str:
    return f'<path d="{d}" fill="{fill}"/>'


def _line(d: str, colour: str, width: float) -> str:
    return f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{_n(width)}" stroke-linecap="butt"/>'


def _halftone(x: float, y: float, columns: int, rows: int, fill: str, size: Callable[[float, float], float]) -> str:
    """A printer's screen: dots on a slanted grid of 18, as big as ``size(u, v)`` (0 to 1 across and down) says."""
    dots = []
    for row in range(rows):
        for column in range(columns):
            radius = 9 * size(column / columns, row / rows)
            if radius > 1.2:
                dots.append(_circle(x + column * 18 + row % 2 * 9, y + row * 15.6, radius, fill))
    return "".join(dots)


def _screen(x: float, y: float, columns: int, rows: int, colour: str, size: Callable[[float], float]) -> str:
    """The same for dots that only change from row to row: each row is one dashed line with round caps."""
    lines = []
    for row in range(rows):
        start = x + row % 2 * 9
        lines.append(
            f'<path d="M{_n(start)} {_n(y + row * 15.6)}h{(columns - 1) * 18}" fill="none" stroke="{colour}" '
            f'stroke-width="{_n(18 * size(row / rows))}" stroke-linecap="round" stroke-dasharray="0 18"/>'
        )
    return "".join(lines)


def _sheet(ground: str, *shapes: str) -> bytes:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
    return (head + _rect(0, 0, WIDTH, HEIGHT, ground) + "".join(shapes) + "</svg>\n").encode()


def camellia() -> bytes:
    """La traviata: the lady's flower, one petal already falling."""
    red = "#B3261E"
    petals = []
    for ring, (count, reach, size) in enumerate([(9, 174, 112), (7, 117, 88), (5, 61, 66)]):
        for at in range(count):
            angle = 2 * math.pi * (at + ring * 0.37) / count
            x, y = 750 + reach * math.cos(angle), 500 + reach * math.sin(angle)
            petals.append(_circle(x, y, size, red))
            petals.append(
                f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(size)}" fill="none" stroke="{PAPER}" stroke-width="5"/>'
            )
    return _sheet(
        PAPER,
        _path("M742 470C760 700 700 840 640 1000L672 1000C738 840 790 690 764 470Z", INK),
        _path("M716 816C606 774 530 784 466 838C548 884 640 874 716 816Z", INK),
        *petals,
        _circle(750, 500, 37, PAPER),
        _circle(750, 500, 17, INK),
        _path("M1040 690C1090 660 1150 686 1148 740C1090 770 1038 746 1040 690Z", red),
    )


def northern_light() -> bytes:
    """An orchestra of the north: staves bent by a low sun, its notes upon them."""
    ochre = "#D08A1D"
    shapes = [_circle(750, 520, 270, ochre)]
    for stave in range(3):
        for line in range(5):
            y = 300 + stave * 170 + line * 22
            lift = 110 - stave * 70
            bend = f"M0 {y}C400 {y} 480 {y - lift} 750 {y - lift}S1100 {y} 1500 {y}"
            shapes.append(_line(bend, INK, 3.5))
    heads = [(420, 330), (560, 268), (655, 226), (790, 240), (905, 282), (1040, 330), (500, 520), (640, 484)]
    heads += [(760, 470), (880, 500), (1010, 542), (560, 700), (700, 690), (840, 712), (960, 690)]
    for at, (x, y) in enumerate(heads):
        up = at % 3 != 1
        shapes.append(f'<ellipse cx="{x}" cy="{y}" rx="19" ry="14" fill="{INK}" transform="rotate(-22 {x} {y})"/>')
        shapes.append(_rect(x + 14 if up else x - 18, y - 92 if up else y, 4.5, 92, INK))
    return _sheet(PAPER, *shapes)


def tidal() -> bytes:
    """Dance: three bodies as three sweeps of one brush."""
    sea = "#1F5F6B"
    return _sheet(
        sea,
        _path(
            "M-20 860C300 900 420 560 640 520C820 488 900 700 1130 640C1300 596 1380 430 1520 380L1520 470"
            "C1400 540 1330 690 1140 740C890 806 820 590 660 624C460 668 330 990 -20 960Z",
            PAPER,
        ),
        _path(
            "M-20 640C260 700 400 330 640 300C850 274 900 470 1100 410C1270 360 1340 210 1520 170L1520 214"
            "C1380 262 1300 420 1110 470C890 528 830 350 650 378C430 412 280 800 -20 716Z",
            INK,
        ),
        _circle(618, 216, 54, INK),
        _circle(596, 446, 54, PAPER),
        _halftone(1010, 760, 28, 15, PAPER, lambda u, v: 0.62 * u * v),
    )


def ice() -> bytes:
    """A talk about ice: what shows above the water, and what doesn't."""
    blue = "#2B6CA3"
    below = []
    for layer in range(9):
        top, y = 1 - layer / 9, 560 + layer * 44
        half = 330 * top**0.7 + 26
        lean = 26 * math.sin(layer * 1.7)
        lower = 330 * max(0.0, 1 - (layer + 1) / 9) ** 0.7 + 26
        below.append(
            _shape(
                [(750 - half + lean, y), (750 + half * 0.94 + lean, y), (750 + lower * 0.94 + lean, y + 36),
                 (750 - lower + lean, y + 36)],
                PAPER,
            )
        )  # fmt: skip
    return _sheet(
        PAPER,
        _rect(0, 540, WIDTH, 460, blue),
        _shape([(560, 532), (640, 356), (706, 402), (780, 236), (850, 330), (905, 308), (985, 532)], INK),
        _shape([(780, 236), (850, 330), (905, 308), (985, 532), (820, 532), (800, 400)], blue),
        *below,
        _circle(1120, 236, 58, INK),
        _line("M0 548L1500 548", INK, 5),
    )


def late_set() -> bytes:
    """Jazz in the cellar: a record, and the keys that it remembers."""
    brass = "#C8912E"
    grooves = "".join(
        f'<circle cx="900" cy="470" r="{radius}" fill="none" stroke="{PAPER}" stroke-width="{width}" opacity=".9"/>'
        for radius, width in [(286, 3), (262, 1.5), (240, 1.5), (216, 3), (194, 1.5), (172, 1.5), (150, 3)]
    )
    keys = []
    for at in range(15):
        keys.append(_rect(0 + at * 100 + 3, 700, 94, 320, PAPER))
    for at in range(15):
        if at % 7 not in {2, 6}:
            keys.append(_rect(at * 100 + 70, 700, 60, 176, INK))
    return _sheet(
        INK,
        _circle(900, 470, 300, "#0E0D0C"),
        grooves,
        _circle(900, 470, 112, brass),
        _circle(900, 470, 14, INK),
        _path("M330 300L372 300L372 600C372 650 330 676 292 676C254 676 232 652 232 626C232 590 266 566 306 566"
              "C316 566 324 567 330 569Z", brass),
        _path("M330 300C420 310 480 352 486 440C462 396 420 378 372 380L372 340Z", brass),
        _rect(0, 690, WIDTH, 310, INK),
        *keys,
    )  # fmt: skip


def fox_and_moon() -> bytes:
    """For children: a fox with somebody else's moon, cut from paper."""
    orange = "#CF5A1E"
    stars = [(180, 170), (330, 300), (1190, 150), (1330, 330), (1080, 90), (90, 420), (1420, 120), (430, 120)]
    return _sheet(
        "#22344A",
        *(_shape([(x, y - 14), (x + 5, y - 4), (x + 14, y), (x + 5, y + 5), (x, y + 14), (x - 5, y + 5), (x - 14, y),
                  (x - 5, y - 4)], PAPER) for x, y in stars),
        _circle(900, 330, 190, PAPER),
        _circle(852, 290, 26, "#E2D8C6"),
        _circle(960, 380, 40, "#E2D8C6"),
        _circle(930, 250, 16, "#E2D8C6"),
        _path("M0 760C300 640 560 660 800 730S1300 800 1500 690L1500 1000L0 1000Z", "#33506B"),
        # The tail first, then body, head, ears: as one lays cut paper.
        _path("M470 730C380 720 330 640 372 566C420 590 470 610 500 690Z", orange),
        _path("M372 566C362 588 360 606 364 624C384 628 400 622 414 606C400 590 386 576 372 566Z", PAPER),
        _path("M470 750C470 620 560 560 640 540L700 640L690 750Z", orange),
        _shape([(590, 560), (600, 430), (660, 486)], orange),
        _shape([(700, 480), (756, 420), (770, 540)], orange),
        _shape([(590, 548), (770, 520), (742, 600), (818, 640), (660, 660)], orange),
        _shape([(700, 622), (818, 640), (668, 660)], PAPER),
        _circle(814, 638, 13, INK),
        _circle(716, 560, 11, INK),
        _path("M0 850C260 740 620 720 900 800S1360 900 1500 820L1500 1000L0 1000Z", INK),
    )  # fmt: skip


def beam() -> bytes:
    """A silent film with its orchestra: the beam, the city, the heads in the front row."""
    gold = "#E0B23C"
    towers = [(400, 430, 92), (500, 330, 74), (582, 250, 110), (700, 360, 80), (788, 200, 96), (892, 310, 84)]
    towers += [(984, 390, 110)]
    city = []
    for x, top, width in towers:
        city.append(_rect(x, top, width, 700 - top, INK))
        for row in range((660 - top) // 46):
            for column in range(width // 30):
                if (row * 7 + column * 5 + x) % 4:
                    city.append(_rect(x + 12 + column * 28, top + 24 + row * 46, 10, 22, gold))
    heads = "".join(_circle(60 + at * 116, 905 + 14 * (at % 2), 50, INK) for at in range(13))
    bows = "".join(_line(f"M{210 + at * 220} 890L{296 + at * 220} 756", INK, 7) for at in range(5))
    return _sheet(
        PAPER,
        _shape([(1500, -40), (1500, 90), (320, 740), (320, 130)], gold),
        _rect(320, 130, 860, 580, PAPER),
        _screen(338, 150, 46, 34, gold, lambda v: 0.85 - 0.8 * v),
        *city,
        _rect(300, 700, 900, 20, INK),
        _path("M0 930C300 860 1200 860 1500 930L1500 1000L0 1000Z", INK),
        heads,
        bows,
    )


def grin() -> bytes:
    """Comedy: a microphone that can't keep a straight face."""
    pink = "#D9576B"
    mesh = "".join(_line(f"M{520 + at * 46} 150L{520 + at * 46} 560", PAPER, 4) for at in range(11))
    mesh += "".join(_line(f"M500 {170 + at * 46}L1000 {170 + at * 46}", PAPER, 4) for at in range(9))
    return _sheet(
        pink,
        '<g transform="translate(0 76)">',
        '<clipPath id="head"><rect x="530" y="110" width="440" height="470" rx="215"/></clipPath>',
        _rect(722, 560, 56, 400, INK),
        _path("M560 470C560 640 660 700 750 700S940 640 940 470L900 470C900 600 830 660 750 660S600 600 600 470Z", INK),
        f'<rect x="530" y="110" width="440" height="470" rx="215" fill="{INK}"/>',
        f'<g clip-path="url(#head)" opacity=".22">{mesh}</g>',
        _circle(660, 300, 34, PAPER),
        _circle(840, 300, 34, PAPER),
        _circle(670, 306, 15, INK),
        _circle(850, 306, 15, INK),
        _path("M612 400C660 424 840 424 888 400C880 500 820 540 750 540S620 500 612 400Z", PAPER),
        _line("M690 414L690 526M750 420L750 538M810 414L810 526", INK, 4),
        "</g>",
        _halftone(60, 640, 26, 22, INK, lambda u, v: 0.5 * (1 - u) * v),
    )


def letters() -> bytes:
    """Two actors and a table: letters that were never sent, one of them open."""
    green = "#4B6B3C"

    def letter(x: float, y: float, turn: float, ground: str, edge: str) -> str:
        flap = _line("M0 0L170 120L340 0", edge, 5)
        return (
            f'<g transform="translate({_n(x)} {_n(y)}) rotate({_n(turn)})">'
            + f'<rect width="340" height="220" fill="{ground}" stroke="{edge}" stroke-width="5"/>{flap}</g>'
        )

    return _sheet(
        PAPER,
        _rect(0, 700, WIDTH, 300, green),
        letter(300, 560, -14, PAPER, INK),
        letter(880, 600, 9, PAPER, INK),
        letter(470, 640, 4, INK, PAPER),
        _shape([(560, 470), (900, 430), (930, 660), (590, 700)], green),
        _shape([(560, 470), (900, 430), (712, 590)], INK),
        _shape([(586, 462), (640, 190), (866, 214), (880, 434), (712, 584)], "#FFFDF8"),
        *(
            _line(f"M{648 - at * 4} {246 + at * 36}L{(846 if at % 3 != 2 else 760)} {266 + at * 36}", INK, 5)
            for at in range(6)
        ),
        _circle(760, 610, 34, "#B3261E"),
    )


POSTERS: dict[str, Callable[[], bytes]] = {
    "camellia": camellia,
    "northern-light": northern_light,
    "tidal": tidal,
    "ice": ice,
    "late-set": late_set,
    "fox-and-moon": fox_and_moon,
    "beam": beam,
    "grin": grin,
    "letters": letters,
}
