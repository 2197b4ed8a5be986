"""Posters of great evenings: ballet, musical, circus, the stadium, an open door."""

import math

from frontrow.demo.posters.ink import INK, PAPER, WIDTH, circle, halftone, line, num, path, rect, shape, sheet


def veil() -> bytes:
    """Ballet: a skirt of tulle seen as the moon sees it, and two points on which it all stands."""
    night, tulle = "#2F3F63", []
    for layer, (wide, high, colour) in enumerate([(352, 92, "#CFC8BF"), (318, 76, PAPER)]):
        frill = []
        for at in range(61):
            angle, edge = 2 * math.pi * at / 60, 1 + 0.035 * (-1) ** at
            frill.append((750 + wide * edge * math.cos(angle), 486 - 16 * layer + high * edge * math.sin(angle)))
        tulle.append(shape(frill, colour))
    for at in range(25):
        angle = math.radians(4 + at * 7.2)
        x, y = 750 + 306 * math.cos(angle), 470 + 70 * math.sin(angle)
        tulle.append(line(f"M{num(750 + 58 * math.cos(angle))} {num(466 + 8 * math.sin(angle))}L{num(x)} {num(y)}",
                          "#CFC8BF", 3))  # fmt: skip
    return sheet(
        night,
        circle(750, 420, 372, "#E9B7A9"),
        path("M722 560C716 700 728 800 744 934L752 934C764 800 766 700 768 560Z", INK),
        path("M770 560C800 640 860 690 842 742C826 772 790 772 764 762L766 750C800 748 812 736 802 716"
             "C776 680 742 640 732 560Z", INK),
        *tulle,
        path("M700 470C706 420 690 372 716 330L784 330C810 372 794 420 800 470C770 490 730 490 700 470Z", INK),
        path("M716 336C640 300 610 220 690 150L702 162C650 226 680 280 742 312Z", INK),
        path("M784 336C860 300 890 220 810 150L798 162C850 226 820 280 758 312Z", INK),
        circle(750, 262, 42, INK),
        circle(772, 222, 20, INK),
    )  # fmt: skip


def tram_line() -> bytes:
    """A musical on line nine: its map, drawn as a tune."""
    green = "#1E7A5A"
    route = "M-20 640H300L420 520H560L680 400H820L900 480H1020L1160 340H1520"
    stops = [(250, 640), (372, 568), (490, 520), (620, 460), (750, 400), (900, 480), (1020, 480), (1110, 390)]
    marks = "".join(circle(x, y, 34, INK) + circle(x, y, 19, PAPER) for x, y in stops)
    rails = line("M-20 700H320L440 580H580L700 460H800L880 540H1040L1180 400H1520", INK, 5)
    cars = "".join(
        f'<rect x="{x}" y="690" width="300" height="128" rx="22" fill="{INK}"/>'
        + "".join(rect(x + 24 + at * 66, 716, 50, 48, PAPER) for at in range(4))
        + circle(x + 70, 822, 24, INK) + circle(x + 230, 822, 24, INK)
        for x in (440, 752)
    )  # fmt: skip
    return sheet(
        PAPER,
        rails,
        line(route, green, 44),
        marks,
        cars,
        line("M590 690L650 610L710 690", INK, 8),
        rect(0, 846, WIDTH, 10, INK),
        circle(1246, 340, 66, INK),
        f'<ellipse cx="1232" cy="362" rx="24" ry="18" fill="{PAPER}" transform="rotate(-22 1232 362)"/>',
        rect(1248, 288, 7, 74, PAPER),
        path("M1250 288C1270 300 1284 312 1276 338C1274 320 1264 314 1250 312Z", PAPER),
    )


def stage_door() -> bytes:
    """Open house: the one door of a theatre that has no poster on it, ajar."""
    gold = "#E3A72F"
    bricks = "".join(
        rect(x + (row % 2) * 70, 40 + row * 62, 128, 50, "#2A2826")
        for row in range(13)
        for x in range(-80, 1500, 140)
        if not 540 < x + (row % 2) * 70 + 64 < 1000
    )
    return sheet(
        INK,
        bricks,
        shape([(610, 850), (890, 850), (1240, 1000), (420, 1000)], gold),
        rect(600, 230, 300, 620, gold),
        shape([(600, 230), (500, 190), (500, 930), (600, 850)], "#7B2B22"),
        circle(522, 560, 11, gold),
        # Somebody in there is already waiting for their cue.
        circle(772, 470, 46, INK),
        path("M706 850C704 680 706 560 772 530C838 560 840 680 838 850L796 850L776 700L750 850Z", INK),
        rect(690, 120, 120, 56, gold),
        rect(704, 134, 92, 28, INK),
        shape([(700, 176), (800, 176), (860, 230), (640, 230)], "#4A3A16"),
    )


def big_top() -> bytes:
    """Circus: the tent, its stripes, and somebody who has let go."""
    red = "#C4412B"
    stripes = []
    for at in range(12):
        left, right = 210 + at * 90, 300 + at * 90
        colour = red if at % 2 == 0 else PAPER
        stripes.append(shape([(750, 150), (left, 560), (right, 560)], colour))
        stripes.append(
            shape(
                [(left, 560), (right, 560), (right - (right - 750) * 0.14, 850), (left - (left - 750) * 0.14, 850)],
                INK if at % 2 == 0 else red,
            )
        )
        stripes.append(circle((left + right) / 2, 560, 45, colour))
    return sheet(
        "#F0C9A0",
        circle(1170, 250, 92, PAPER),
        *stripes,
        rect(746, 80, 8, 80, INK),
        shape([(754, 80), (840, 104), (754, 128)], INK),
        shape([(750, 600), (860, 850), (640, 850)], "#120F0E"),
        rect(0, 850, WIDTH, 150, INK),
        line("M300 0L396 250M470 0L440 250", INK, 5),
        rect(384, 246, 68, 9, INK),
        # A body in the air: arms first, everything else after.
        circle(506, 380, 26, INK),
        path("M500 392C470 350 450 310 436 270L446 264C466 304 492 336 524 366C570 400 620 410 676 396L690 372L702 378"
             "L692 410C640 440 560 440 500 392Z", INK),
    )  # fmt: skip


def kick_off() -> bytes:
    """Football: the ball on its spot, seen from the last row of the upper tier."""
    green = "#3E7A4B"
    mown = "".join(rect(at * 200, 0, 100, 1000, "#4B8A58") for at in range(8))
    ball = [circle(750, 500, 216, PAPER)]

    def five(x: float, y: float, size: float, turn: float) -> str:
        turns = [math.radians(turn + 72 * at) for at in range(5)]
        return shape([(x + size * math.sin(angle), y - size * math.cos(angle)) for angle in turns], INK)

    ball.append(five(750, 500, 78, 0))
    for at in range(5):
        angle = math.radians(72 * at)
        x, y = math.sin(angle), -math.cos(angle)
        ball.append(line(f"M{num(750 + 76 * x)} {num(500 + 76 * y)}L{num(750 + 140 * x)} {num(500 + 140 * y)}", INK, 7))
        ball.append(five(750 + 164 * x, 500 + 164 * y, 50, 72 * at + 180))
    ring = f'<circle cx="750" cy="500" r="330" fill="none" stroke="{PAPER}" stroke-width="12"/>'
    return sheet(
        green,
        mown,
        rect(744, 0, 12, 1000, PAPER),
        ring,
        f'<ellipse cx="800" cy="560" rx="226" ry="206" fill="{INK}"/>',
        *ball,
    )


def comet() -> bytes:
    """A tour for stadiums: a comet, and fifty thousand who look up."""
    violet = "#5B3FA0"
    tail = [
        path(f"M{1010 - at * 3} {258 + at * 13}C{800 - at * 30} {300 + at * 24} {520 - at * 20} {330 + at * 30} "
             f"{40 - at * 20} {250 + at * 58}L{40 - at * 20} {268 + at * 58}C{520 - at * 20} {346 + at * 30} "
             f"{800 - at * 30} {312 + at * 24} {1012 - at * 3} {264 + at * 13}Z", PAPER if at % 2 else "#E9A13B")
        for at in range(7)
    ]  # fmt: skip
    crowd = []
    for ring in range(9):
        count = 64 + ring * 5
        for at in range(count):
            angle = math.pi * (at + 0.5 * (ring % 2)) / count
            x, y = 750 + (520 + ring * 34) * math.cos(angle), 640 + (150 + ring * 27) * math.sin(angle)
            crowd.append((x, y, 8.5 + ring * 0.9))
    heads = "".join(f"M{num(x)} {num(y)}h0" for x, y, _ in crowd)
    return sheet(
        violet,
        *tail,
        circle(1040, 292, 92, PAPER),
        circle(1062, 278, 60, "#E9A13B"),
        f'<ellipse cx="750" cy="640" rx="500" ry="132" fill="{INK}"/>',
        f'<path d="{heads}" fill="none" stroke="{INK}" stroke-width="19" stroke-linecap="round"/>',
        halftone(640, 600, 12, 5, PAPER, lambda u, v: 0.7 * math.sin(math.pi * u) * math.sin(math.pi * v)),
    )
