"""Posters of the smaller rooms: a talk, a club, a fairy tale, a comedian, a play."""

import math

from frontrow.demo.posters.ink import INK, PAPER, WIDTH, circle, halftone, line, num, path, rect, shape, sheet


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
            shape(
                [(750 - half + lean, y), (750 + half * 0.94 + lean, y), (750 + lower * 0.94 + lean, y + 36),
                 (750 - lower + lean, y + 36)],
                PAPER,
            )
        )  # fmt: skip
    return sheet(
        PAPER,
        rect(0, 540, WIDTH, 460, blue),
        shape([(560, 532), (640, 356), (706, 402), (780, 236), (850, 330), (905, 308), (985, 532)], INK),
        shape([(780, 236), (850, 330), (905, 308), (985, 532), (820, 532), (800, 400)], blue),
        *below,
        circle(1120, 236, 58, INK),
        line("M0 548L1500 548", INK, 5),
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
        keys.append(rect(0 + at * 100 + 3, 700, 94, 320, PAPER))
    for at in range(15):
        if at % 7 not in {2, 6}:
            keys.append(rect(at * 100 + 70, 700, 60, 176, INK))
    return sheet(
        INK,
        circle(900, 470, 300, "#0E0D0C"),
        grooves,
        circle(900, 470, 112, brass),
        circle(900, 470, 14, INK),
        path("M330 300L372 300L372 600C372 650 330 676 292 676C254 676 232 652 232 626C232 590 266 566 306 566"
              "C316 566 324 567 330 569Z", brass),
        path("M330 300C420 310 480 352 486 440C462 396 420 378 372 380L372 340Z", brass),
        rect(0, 690, WIDTH, 310, INK),
        *keys,
    )  # fmt: skip


def fox_and_moon() -> bytes:
    """For children: a fox with somebody else's moon, cut from paper."""
    orange = "#CF5A1E"
    stars = [(180, 170), (330, 300), (1190, 150), (1330, 330), (1080, 90), (90, 420), (1420, 120), (430, 120)]
    return sheet(
        "#22344A",
        *(shape([(x, y - 14), (x + 5, y - 4), (x + 14, y), (x + 5, y + 5), (x, y + 14), (x - 5, y + 5), (x - 14, y),
                  (x - 5, y - 4)], PAPER) for x, y in stars),
        circle(900, 330, 190, PAPER),
        circle(852, 290, 26, "#E2D8C6"),
        circle(960, 380, 40, "#E2D8C6"),
        circle(930, 250, 16, "#E2D8C6"),
        path("M0 760C300 640 560 660 800 730S1300 800 1500 690L1500 1000L0 1000Z", "#33506B"),
        # The tail first, then body, head, ears: as one lays cut paper.
        path("M470 730C380 720 330 640 372 566C420 590 470 610 500 690Z", orange),
        path("M372 566C362 588 360 606 364 624C384 628 400 622 414 606C400 590 386 576 372 566Z", PAPER),
        path("M470 750C470 620 560 560 640 540L700 640L690 750Z", orange),
        shape([(590, 560), (600, 430), (660, 486)], orange),
        shape([(700, 480), (756, 420), (770, 540)], orange),
        shape([(590, 548), (770, 520), (742, 600), (818, 640), (660, 660)], orange),
        shape([(700, 622), (818, 640), (668, 660)], PAPER),
        circle(814, 638, 13, INK),
        circle(716, 560, 11, INK),
        path("M0 850C260 740 620 720 900 800S1360 900 1500 820L1500 1000L0 1000Z", INK),
    )  # fmt: skip


def grin() -> bytes:
    """Comedy: a microphone that can't keep a straight face."""
    pink = "#D9576B"
    mesh = "".join(line(f"M{520 + at * 46} 150L{520 + at * 46} 560", PAPER, 4) for at in range(11))
    mesh += "".join(line(f"M500 {170 + at * 46}L1000 {170 + at * 46}", PAPER, 4) for at in range(9))
    return sheet(
        pink,
        '<g transform="translate(0 76)">',
        '<clipPath id="head"><rect x="530" y="110" width="440" height="470" rx="215"/></clipPath>',
        rect(722, 560, 56, 400, INK),
        path("M560 470C560 640 660 700 750 700S940 640 940 470L900 470C900 600 830 660 750 660S600 600 600 470Z", INK),
        f'<rect x="530" y="110" width="440" height="470" rx="215" fill="{INK}"/>',
        f'<g clip-path="url(#head)" opacity=".22">{mesh}</g>',
        circle(660, 300, 34, PAPER),
        circle(840, 300, 34, PAPER),
        circle(670, 306, 15, INK),
        circle(850, 306, 15, INK),
        path("M612 400C660 424 840 424 888 400C880 500 820 540 750 540S620 500 612 400Z", PAPER),
        line("M690 414L690 526M750 420L750 538M810 414L810 526", INK, 4),
        "</g>",
        halftone(60, 640, 26, 22, INK, lambda u, v: 0.5 * (1 - u) * v),
    )


def letters() -> bytes:
    """Two actors and a table: letters that were never sent, one of them open."""
    green = "#4B6B3C"

    def letter(x: float, y: float, turn: float, ground: str, edge: str) -> str:
        flap = line("M0 0L170 120L340 0", edge, 5)
        return (
            f'<g transform="translate({num(x)} {num(y)}) rotate({num(turn)})">'
            + f'<rect width="340" height="220" fill="{ground}" stroke="{edge}" stroke-width="5"/>{flap}</g>'
        )

    return sheet(
        PAPER,
        rect(0, 700, WIDTH, 300, green),
        letter(300, 560, -14, PAPER, INK),
        letter(880, 600, 9, PAPER, INK),
        letter(470, 640, 4, INK, PAPER),
        shape([(560, 470), (900, 430), (930, 660), (590, 700)], green),
        shape([(560, 470), (900, 430), (712, 590)], INK),
        shape([(586, 462), (640, 190), (866, 214), (880, 434), (712, 584)], "#FFFDF8"),
        *(
            line(f"M{648 - at * 4} {246 + at * 36}L{(846 if at % 3 != 2 else 760)} {266 + at * 36}", INK, 5)
            for at in range(6)
        ),
        circle(760, 610, 34, "#B3261E"),
    )
