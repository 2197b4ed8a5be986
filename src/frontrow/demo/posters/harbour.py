"""Posters of two harbours: quartets, a lighthouse, a long table, lamps, a press, a ship."""

import math

from frontrow.demo.posters.ink import INK, PAPER, WIDTH, circle, line, num, path, rect, screen, shape, sheet


def candles() -> bytes:
    """Chamber music by candlelight: four flames, each with the hole of a violin."""
    amber = "#E6A23C"
    flames = []
    for at, (x, low) in enumerate([(420, 640), (640, 560), (860, 590), (1080, 680)]):
        flames.append(rect(x - 44, low, 88, 1000 - low, PAPER if at % 2 else "#D8CFC0"))
        flames.append(circle(x, low, 44, PAPER if at % 2 else "#D8CFC0"))
        flames.append(line(f"M{x} {low - 50}V{low + 4}", INK, 7))
        y = low - 60
        flames.append(path(f"M{x} {y - 290}C{x + 30} {y - 190} {x + 104} {y - 130} {x + 92} {y - 54}C{x + 84} {y + 4} "
                           f"{x + 40} {y + 26} {x} {y + 26}S{x - 84} {y + 4} {x - 92} {y - 54}"
                           f"C{x - 100} {y - 130} {x - 30} {y - 190} {x} {y - 290}Z", amber))  # fmt: skip
        flames.append(line(f"M{x + 26} {y - 140}C{x - 4} {y - 168} {x - 22} {y - 132} {x} {y - 86}"
                           f"S{x + 4} {y + 2} {x - 26} {y - 28}", "#3B2412", 9))  # fmt: skip
        flames.append(circle(x + 27, y - 132, 11, "#3B2412"))
        flames.append(circle(x - 27, y - 36, 11, "#3B2412"))
    return sheet("#3B2412", circle(750, 470, 430, "#5A3A1E"), *flames)


def lighthouse() -> bytes:
    """A reading: a light that stands in a book."""
    yellow = "#EFC94C"
    return sheet(
        "#1D4E63",
        shape([(762, 236), (1520, 20), (1520, 400)], yellow),
        shape([(738, 236), (-20, 120), (-20, 330)], yellow),
        shape([(690, 760), (712, 290), (788, 290), (810, 760)], PAPER),
        shape([(698, 600), (704, 470), (796, 470), (802, 600)], "#B3402E"),
        rect(686, 270, 128, 24, INK),
        rect(712, 196, 76, 76, yellow),
        shape([(696, 198), (750, 140), (804, 198)], INK),
        # Pages are waves here: three under three.
        path("M250 720C420 640 620 660 750 760C880 660 1080 640 1250 720V860C1080 790 880 810 750 900"
             "C620 810 420 790 250 860Z", PAPER),
        line("M750 760V900", INK, 6),
        *(line(f"M300 {730 + at * 32}C450 {676 + at * 32} 610 {700 + at * 32} 712 {778 + at * 32}", INK, 4)
          for at in range(3)),
        *(line(f"M1200 {730 + at * 32}C1050 {676 + at * 32} 890 {700 + at * 32} 788 {778 + at * 32}", INK, 4)
          for at in range(3)),
        path("M0 880C200 840 420 830 750 930C1080 830 1300 840 1500 880V1000H0Z", INK),
    )  # fmt: skip


def long_table() -> bytes:
    """Twelve courses: a fish that is nearly finished, and a lemon that isn't."""
    lemon = "#E8C22E"
    bones = "".join(
        line(f"M{560 + at * 44} 500L{536 + at * 44} {500 - 96 + abs(at - 3) * 12}M{560 + at * 44} 500L{536 + at * 44} "
             f"{596 - abs(at - 3) * 12}", INK, 10)
        for at in range(8)
    )  # fmt: skip
    wedges = "".join(
        shape(
            [(1130 + 12 * math.sin(a), 330 - 12 * math.cos(a)),
             (1130 + 88 * math.sin(a - 0.3), 330 - 88 * math.cos(a - 0.3)),
             (1130 + 88 * math.sin(a + 0.3), 330 - 88 * math.cos(a + 0.3))], lemon)
        for a in (math.pi / 4 * at for at in range(8))
    )  # fmt: skip
    checks = "".join(rect(x, y, 100, 100, "#5E8C9E") for y in range(0, 1000, 200) for x in range(0, 1500, 200))
    checks += "".join(
        rect(x + 100, y + 100, 100, 100, "#5E8C9E") for y in range(0, 1000, 200) for x in range(0, 1400, 200)
    )
    return sheet(
        "#78A3B3",
        checks,
        circle(760, 520, 392, INK),
        circle(750, 500, 390, PAPER),
        f'<circle cx="750" cy="500" r="318" fill="none" stroke="{INK}" stroke-width="5"/>',
        rect(530, 493, 400, 14, INK),
        bones,
        path("M520 500C500 430 430 410 400 500C430 590 500 570 520 500Z", INK),
        circle(446, 486, 12, PAPER),
        shape([(910, 500), (1030, 410), (1000, 500), (1030, 590)], INK),
        circle(1130, 330, 118, lemon),
        circle(1130, 330, 102, PAPER),
        wedges,
        rect(236, 250, 16, 520, INK),
        *(rect(200 + at * 36, 200, 14, 150, INK) for at in range(3)),
        rect(200, 340, 86, 22, INK),
    )


def lamps() -> bytes:
    """A festival in two harbours: strings of lamps, and the water that doubles them."""
    colours = ["#F2C14E", "#E4572E", PAPER]
    shapes = []
    for string, (sag, start) in enumerate([(250, 120), (330, 210), (200, 330)]):
        d = f"M-20 {start}Q750 {start + sag * 1.6:.0f} 1520 {start - 60}"
        shapes.append(line(d, PAPER, 4))
        for at in range(13):
            t = (at + 0.5) / 13
            x = -20 * (1 - t) ** 2 + 2 * 750 * t * (1 - t) + 1520 * t * t
            y = start * (1 - t) ** 2 + 2 * (start + sag * 1.6) * t * (1 - t) + (start - 60) * t * t
            colour = colours[(at + string) % 3]
            shapes.append(rect(x - 5, y, 10, 16, INK) + circle(x, y + 36, 25, colour))
            depth = 690 + (y - 100) * 0.22
            for ripple in range(4):
                width = 60 - ripple * 11 + (at * 7 + ripple * 5) % 13
                shapes.append(
                    rect(x - width / 2 + (-1) ** ripple * 6, depth + ripple * 38 + string * 14, width, 9, colour)
                )
    return sheet(
        "#14283A",
        rect(0, 640, WIDTH, 360, "#1E3F58"),
        *shapes,
        path("M560 600H960L900 680H640Z", "#B3261E"),
        rect(736, 420, 12, 182, PAPER),
        shape([(756, 430), (900, 580), (756, 580)], PAPER),
        shape([(728, 460), (728, 580), (630, 580)], "#F2C14E"),
        path("M480 676Q560 662 640 676T800 676T960 676T1080 676V700H480Z", "#1E3F58"),
    )


def squeegee() -> bytes:
    """A workshop: half a poster, and the other half still in the squeegee."""
    blue = "#2D5DA1"
    return sheet(
        "#DAD2C3",
        rect(330, 110, 840, 780, INK),
        rect(366, 146, 768, 708, PAPER),
        # What is printed so far: a heron, as far as the blade has come.
        '<clipPath id="printed"><rect x="366" y="146" width="768" height="430"/></clipPath>',
        f'<g clip-path="url(#printed)">{circle(750, 470, 250, "#F0B43C")}',
        path("M520 300C620 250 700 300 700 380C700 440 650 470 660 520C760 460 900 500 990 600L700 660"
             "C620 600 620 520 650 440"
             "C660 390 640 340 590 330L430 372Z", blue),
        circle(606, 306, 9, PAPER),
        line("M700 640V900M760 640V900", blue, 12),
        "</g>",
        screen(380, 600, 42, 15, "#E3DBCB", lambda v: 0.5),
        rect(352, 552, 796, 40, blue),
        rect(340, 500, 820, 60, "#B98A4E"),
        '<rect x="640" y="380" width="220" height="130" rx="24" fill="#9A6E38"/>',
        rect(670, 410, 160, 12, "#B98A4E"),
        circle(1250, 760, 96, blue),
        circle(1250, 760, 74, "#1E4277"),
        rect(1230, 600, 22, 180, "#B98A4E", turn=18),
    )  # fmt: skip


def bottled_ship() -> bytes:
    """A museum at night: the ship is in the bottle, the bottle is in the dark, and somebody left a lamp on."""
    sea = "#4F9DA6"
    return sheet(
        "#101C26",
        shape([(750, -20), (1290, 860), (210, 860)], "#1D3140"),
        path("M330 330H960C1030 330 1040 420 1110 430H1250V570H1110"
             "C1040 580 1030 690 960 690H330C270 690 250 640 250 510"
             "S270 330 330 330Z", PAPER),
        rect(1250, 420, 70, 160, "#B98A4E"),
        path("M282 560C420 530 520 590 640 560S860 530 1010 570"
             "C1000 620 990 662 950 662H334C296 662 284 620 282 560Z", sea),
        path("M450 540H830L780 620H510Z", INK),
        *(rect(x, top, 8, 546 - top, INK) for x, top in ((540, 380), (640, 350), (740, 386))),
        *(shape([(x - 44, y), (x + 52, y), (x + 40, y + 44), (x - 38, y + 44)], "#B3402E")
          for x, y in ((544, 392), (544, 444), (644, 364), (644, 416), (644, 468), (744, 398), (744, 450))),
        shape([(830, 540), (900, 500), (760, 400)], "#B3402E"),
        line("M300 380H600", "#FFFFFF", 12),
        path("M300 690H1060V720H300Z", "#B98A4E"),
        rect(340, 720, 40, 70, "#B98A4E"),
        rect(980, 720, 40, 70, "#B98A4E"),
        rect(180, 790, 1140, 26, "#B98A4E"),
        screen(300, 840, 50, 9, "#1D3140", lambda v: 0.9 * (1 - v)),
        circle(750, 40, 66, "#F2C14E"),
        shape([(640, 40), (860, 40), (800, -60), (700, -60)], "#B98A4E"),
        f'<path d="M{num(750)} 40V-10" stroke="{INK}" stroke-width="4"/>',
    )  # fmt: skip
