"""The chart of one sale with nothing prepared beside the same sale with all of it."""

from collections.abc import Sequence

from infra.drawing import Sheet, number
from infra.simulate.crowd import Course

WIDTH, HEIGHT = 1000, 460
TOP, TALL, WIDE = 104, 264, 400
LEFTS = (70, 556)


def chart(cold: Course, prepared: Course) -> str:
    """Both courses as SVG: people over minutes, and the number of tasks under them."""
    minutes = 5 * (1 + max(_settled(one) for one in (cold, prepared)) // 300)
    sheet = Sheet(
        WIDTH,
        HEIGHT,
        "A sale for a crowd, unprepared and prepared",
        f"Of {cold.people:,.0f} people {cold.lost:,.0f} are lost when tasks come after the crowd; with tasks that are "
        "there before and a waiting room nobody is.",
    )
    sheet.text(30, 38, f"{cold.people:,.0f} people come to a sale", 22)
    sheet.text(30, 60, "simulated; see the figures that went in", 13, "quiet")
    for left, name, course in ((LEFTS[0], "nothing prepared", cold), (LEFTS[1], "tasks and a waiting room", prepared)):
        _axes(sheet, left, name, course, minutes)
        _curve(sheet, left, course, course.served_by, minutes, "ink")
        _curve(sheet, left, course, course.lost_by, minutes, "red")
        if max(course.waiting) > 0:
            _curve(sheet, left, course, course.waiting, minutes, "quiet", dashed=True)
        _tasks(sheet, left, course, minutes)
    return sheet.svg()


def _settled(course: Course) -> int:
    """The second after which hardly anybody gets in any more."""
    return next(at for at, served in enumerate(course.served_by) if served >= 0.995 * course.served)


def _axes(sheet: Sheet, left: float, name: str, course: Course, minutes: int) -> None:
    sheet.text(left, TOP - 16, name, 15)
    for part in range(5):
        y = TOP + TALL * (1 - part / 4)
        sheet.path(f"M{left} {number(y)}H{left + WIDE}", "line")
        if left == LEFTS[0]:
            sheet.text(left - 8, y + 4, f"{course.people * part / 4 / 1000:,.0f}k", 12, "quiet", "end")
    for minute in range(0, minutes + 1, max(5, minutes // 6 // 5 * 5)):
        x = left + WIDE * minute / minutes
        sheet.text(x, TOP + TALL + 18, f"{minute}", 12, "quiet", "middle")
    sheet.text(left + WIDE, TOP + TALL + 34, "minutes", 12, "quiet", "end")


def _curve(
    sheet: Sheet,
    left: float,
    course: Course,
    values: Sequence[float],
    minutes: int,
    colour: str,
    *,
    dashed: bool = False,
) -> None:
    """A point every ten seconds; what has ended goes on as it ended."""
    points = values[: minutes * 60 : 10]
    places = [left + WIDE * at * 10 / (minutes * 60) for at in range(len(points))]
    heights = [TOP + TALL * (1 - value / course.people) for value in points]
    d = "L".join(f"{number(x)} {number(y)}" for x, y in zip(places, heights, strict=True))
    sheet.path(f"M{d}H{left + WIDE}", colour, width=2, dashed=dashed)
    label = {"ink": f"{values[-1]:,.0f} got in", "red": f"{values[-1]:,.0f} lost", "quiet": "in the waiting room"}[
        colour
    ]
    if colour == "quiet":
        half = max(at for at, value in enumerate(points) if value >= max(points) / 2)
        sheet.text(places[half] + 10, heights[half] + 4, label, 13, "quiet")
    else:
        sheet.text(left + WIDE, heights[-1] - 7, label, 13, colour, "end")


def _tasks(sheet: Sheet, left: float, course: Course, minutes: int) -> None:
    y, most = TOP + TALL + 52, max(course.tasks)
    steps = [(0, course.tasks[0])]
    steps += [
        (at, now) for at, (was, now) in enumerate(zip(course.tasks, course.tasks[1:], strict=False)) if was != now
    ]
    for place, (at, count) in enumerate(steps):
        until = steps[place + 1][0] if place + 1 < len(steps) else minutes * 60
        x = left + WIDE * at / (minutes * 60)
        width = WIDE * (until - at) / (minutes * 60)
        height = 22 * count / most
        sheet.rect(x, y + 22 - height, max(width - 1, 1), height, "line", "line", 0)
        sheet.text(x + 4, y + 17, f"{count} tasks", 12)
