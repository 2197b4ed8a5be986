"""Posters of Frontrow House's stages: opera, orchestra, dance, film."""

import math

from frontrow.demo.posters.ink import INK, PAPER, circle, halftone, line, num, path, rect, screen, shape, sheet


def camellia() -> bytes:
    """La traviata: the lady's flower, one petal already falling."""
    red = "#B3261E"
    petals = []
    for ring, (count, reach, size) in enumerate([(9, 174, 112), (7, 117, 88), (5, 61, 66)]):
        for at in range(count):
            angle = 2 * math.pi * (at + ring * 0.37) / count
            x, y = 750 + reach * math.cos(angle), 500 + reach * math.sin(angle)
            petals.append(circle(x, y, size, red))
            petals.append(
                f'<circle cx="{num(x)}" cy="{num(y)}" r="{num(size)}" fill="none" stroke="{PAPER}" stroke-width="5"/>'
            )
    return sheet(
        PAPER,
        path("M742 470C760 700 700 840 640 1000L672 1000C738 840 790 690 764 470Z", INK),
        path("M716 816C606 774 530 784 466 838C548 884 640 874 716 816Z", INK),
        *petals,
        circle(750, 500, 37, PAPER),
        circle(750, 500, 17, INK),
        path("M1040 690C1090 660 1150 686 1148 740C1090 770 1038 746 1040 690Z", red),
    )


def northern_light() -> bytes:
    """An orchestra of the north: staves bent by a low sun, its notes upon them."""
    ochre = "#D08A1D"
    shapes = [circle(750, 520, 270, ochre)]
    for stave in range(3):
        for rule in range(5):
            y = 300 + stave * 170 + rule * 22
            lift = 110 - stave * 70
            bend = f"M0 {y}C400 {y} 480 {y - lift} 750 {y - lift}S1100 {y} 1500 {y}"
            shapes.append(line(bend, INK, 3.5))
    heads = [(420, 330), (560, 268), (655, 226), (790, 240), (905, 282), (1040, 330), (500, 520), (640, 484)]
    heads += [(760, 470), (880, 500), (1010, 542), (560, 700), (700, 690), (840, 712), (960, 690)]
    for at, (x, y) in enumerate(heads):
        up = at % 3 != 1
        shapes.append(f'<ellipse cx="{x}" cy="{y}" rx="19" ry="14" fill="{INK}" transform="rotate(-22 {x} {y})"/>')
        shapes.append(rect(x + 14 if up else x - 18, y - 92 if up else y, 4.5, 92, INK))
    return sheet(PAPER, *shapes)


def tidal() -> bytes:
    """Dance: three bodies as three sweeps of one brush."""
    sea = "#1F5F6B"
    return sheet(
        sea,
        path(
            "M-20 860C300 900 420 560 640 520C820 488 900 700 1130 640C1300 596 1380 430 1520 380L1520 470"
            "C1400 540 1330 690 1140 740C890 806 820 590 660 624C460 668 330 990 -20 960Z",
            PAPER,
        ),
        path(
            "M-20 640C260 700 400 330 640 300C850 274 900 470 1100 410C1270 360 1340 210 1520 170L1520 214"
            "C1380 262 1300 420 1110 470C890 528 830 350 650 378C430 412 280 800 -20 716Z",
            INK,
        ),
        circle(618, 216, 54, INK),
        circle(596, 446, 54, PAPER),
        halftone(1010, 760, 28, 15, PAPER, lambda u, v: 0.62 * u * v),
    )


def beam() -> bytes:
    """A silent film with its orchestra: the beam, the city, the heads in the front row."""
    gold = "#E0B23C"
    towers = [(400, 430, 92), (500, 330, 74), (582, 250, 110), (700, 360, 80), (788, 200, 96), (892, 310, 84)]
    towers += [(984, 390, 110)]
    city = []
    for x, top, width in towers:
        city.append(rect(x, top, width, 700 - top, INK))
        for row in range((660 - top) // 46):
            for column in range(width // 30):
                if (row * 7 + column * 5 + x) % 4:
                    city.append(rect(x + 12 + column * 28, top + 24 + row * 46, 10, 22, gold))
    heads = "".join(circle(60 + at * 116, 905 + 14 * (at % 2), 50, INK) for at in range(13))
    bows = "".join(line(f"M{210 + at * 220} 890L{296 + at * 220} 756", INK, 7) for at in range(5))
    return sheet(
        PAPER,
        shape([(1500, -40), (1500, 90), (320, 740), (320, 130)], gold),
        rect(320, 130, 860, 580, PAPER),
        screen(338, 150, 46, 34, gold, lambda v: 0.85 - 0.8 * v),
        *city,
        rect(300, 700, 900, 20, INK),
        path("M0 930C300 860 1200 860 1500 930L1500 1000L0 1000Z", INK),
        heads,
        bows,
    )
