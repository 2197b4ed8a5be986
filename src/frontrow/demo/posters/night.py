"""Posters of the night: a club, a quiz, a cabaret, a band, a guitar."""

import math

from frontrow.demo.posters.ink import INK, PAPER, circle, line, num, path, rect, shape, sheet


def undercurrent() -> bytes:
    """A club night: one tone, held, and what the room does to it."""
    orange = "#E4572E"
    waves = []
    for row in range(25):
        y, points = 60 + row * 37, []
        for step in range(61):
            x = step * 25
            away = math.hypot(x - 750, (y - 500) * 1.25)
            lift = 62 * math.exp(-((away / 300) ** 2)) * math.sin(x / 26 + row * 0.5)
            points.append(f"{num(x)} {num(y + lift)}")
        waves.append(line("M" + "L".join(points), orange if 6 < row < 18 else PAPER, 7))
    return sheet(INK, *waves)


def fjord() -> bytes:
    """A quiz: a question that the mountains put."""
    teal = "#2E7F86"
    return sheet(
        PAPER,
        circle(1090, 250, 80, "#E2803F"),
        shape([(0, 620), (180, 380), (300, 500), (470, 230), (640, 620)], INK),
        shape([(470, 230), (530, 368), (486, 340), (452, 380), (414, 319)], "#B9CDCB"),
        shape([(860, 620), (1010, 400), (1120, 500), (1290, 280), (1500, 560), (1500, 620)], INK),
        shape([(1290, 280), (1362, 376), (1310, 352), (1276, 396), (1233, 355)], "#B9CDCB"),
        rect(0, 616, 1500, 400, teal),
        line("M610 330C610 190 890 190 890 350C890 470 750 470 750 616", teal, 82),
        path("M709 600H791V700H709Z", PAPER),
        circle(750, 800, 54, PAPER),
        *(rect(120 + at * 260 - row * 70, 690 + row * 80, 120, 7, PAPER) for row in range(3) for at in range(2)),
        *(rect(980 + at * 240 - row * 50, 680 + row * 80, 130, 7, PAPER) for row in range(3) for at in range(2)),
    )


def velvet() -> bytes:
    """A cabaret: between two curtains a hat, which is all that he keeps on."""
    wine, folds = "#7A1F3D", []
    for side in (-1, 1):
        for at in range(7):
            top, foot = 750 + side * (110 + at * 100), 750 + side * (300 + at * 76)
            colour = wine if at % 2 == 0 else "#591429"
            folds.append(
                path(
                    f"M{top} -10C{top + side * 10} 380 {foot - side * 120} 560 {foot} 1010H{foot + side * 110}"
                    f"C{foot - side * 10} 560 {top + side * 120} 380 {top + side * 112} -10Z",
                    colour,
                )
            )
    return sheet(
        INK,
        circle(750, 520, 330, "#F0C46B"),
        *folds,
        path("M-10 -10H1510V96C1400 190 1260 190 1130 96C1010 190 880 190 750 96C620 190 490 190 370 96"
             "C240 190 100 190 -10 96Z", "#591429"),
        # Hat, moustache, bow tie: enough of a face.
        path("M640 430C632 340 634 280 646 230H854C866 280 868 340 860 430Z", INK),
        rect(638, 372, 224, 34, wine),
        path("M540 430C640 466 860 466 960 430C940 486 860 500 750 500S560 486 540 430Z", INK),
        path("M750 606C700 570 640 580 606 630C650 650 710 650 750 622"
             "C790 650 850 650 894 630C860 580 800 570 750 606Z",
             INK),
        shape([(750, 760), (650, 706), (650, 814)], wine),
        shape([(750, 760), (850, 706), (850, 814)], wine),
        circle(750, 760, 26, INK),
    )  # fmt: skip


def antlers() -> bytes:
    """A band: antlers folded from one sheet, plugged in."""
    sage, branches = "#9DB08B", []
    for side in (-1, 1):

        def at(x: float, y: float, way: int = side) -> tuple[float, float]:
            return 750 + way * x, y

        beam = [at(20, 640), at(150, 560), at(250, 430), at(260, 270), at(340, 150), at(300, 280), at(310, 450),
                at(190, 610), at(40, 690)]  # fmt: skip
        branches.append(shape(beam, INK))
        for tine in (
            [at(130, 572), at(100, 420), at(60, 330), at(130, 400), at(186, 520)],
            [at(244, 440), at(200, 300), at(150, 220), at(226, 280), at(262, 380)],
            [at(306, 440), at(420, 390), at(490, 280), at(450, 420), at(300, 506)],
            [at(240, 560), at(370, 560), at(470, 500), at(390, 600), at(206, 604)],
        ):
            branches.append(shape(tine, PAPER if tine[0][1] < 500 else INK))
    return sheet(
        sage,
        circle(750, 620, 214, PAPER),
        *branches,
        shape([(660, 640), (840, 640), (800, 790), (750, 850), (700, 790)], INK),
        shape([(660, 640), (750, 640), (750, 850), (700, 790)], "#3A3936"),
        shape([(660, 650), (540, 600), (600, 690), (676, 700)], INK),
        shape([(840, 650), (960, 600), (900, 690), (824, 700)], INK),
        circle(704, 704, 10, PAPER),
        circle(796, 704, 10, PAPER),
        line("M750 850C750 960 900 900 960 940S1160 1010 1520 900", INK, 14),
    )


def guitarra() -> bytes:
    """Fado: a guitar shaped like a tear, on tiles."""
    blue, tiles = "#24549A", []
    for row in range(7):
        for column in range(10):
            x, y = column * 160 - 20, row * 160 - 60
            tiles.append(f"M{x + 80} {y + 12}L{x + 148} {y + 80}L{x + 80} {y + 148}L{x + 12} {y + 80}Z"
                         f"M{x + 80} {y + 52}L{x + 52} {y + 80}L{x + 80} {y + 108}L{x + 108} {y + 80}Z")  # fmt: skip
    grid = "".join(f"M{column * 160 - 20} 0V1000" for column in range(1, 10))
    grid += "".join(f"M0 {row * 160 - 60}H1500" for row in range(1, 7))
    strings = "".join(line(f"M{724 + at * 10.4:.1f} 150L{716 + at * 13.6:.1f} 786", PAPER, 2.4) for at in range(6))
    fan = "".join(
        line(f"M750 112L{num(750 + 96 * math.sin(a))} {num(112 - 96 * math.cos(a))}", INK, 11)
        for a in (math.radians(turn) for turn in range(-75, 76, 30))
    )
    return sheet(
        PAPER,
        f'<path d="{"".join(tiles)}" fill="{blue}" fill-rule="evenodd" opacity=".9"/>',
        line(grid, blue, 4),
        path("M750 330C620 330 520 470 520 640C520 800 620 880 750 880S980 800 980 640"
             "C980 470 880 330 750 330Z", PAPER),
        path("M750 356C636 356 544 486 544 640C544 784 632 856 750 856S956 784 956 640C956 486 864 356 750 356Z",
             "#D9832B"),
        rect(704, 120, 92, 440, PAPER),
        rect(716, 110, 68, 440, INK),
        circle(750, 600, 84, PAPER),
        circle(750, 600, 70, INK),
        fan,
        strings,
        rect(680, 776, 140, 22, INK),
    )  # fmt: skip
