"""What words on a plan mean: a stage, a table, a box, a wheelchair place. In the languages that we meet most."""

import re
from typing import Literal


def _any_of(*words: str) -> re.Pattern[str]:
    """A pattern that finds any of these where a word begins; with a $ at its end a word must end there, too."""
    parts = (re.escape(word.removesuffix("$")) + (r"(?!\w)" if word.endswith("$") else "") for word in words)
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})", re.IGNORECASE)


STAGE = _any_of(
    *("stage", "bühne", "buehne", "scène", "scene$", "escenario", "palcoscenico", "palco$", "podium", "toneel"),
    *("scena$", "näyttämö", "lava$", "scenen", "screen", "leinwand", "écran", "playing field", "spielfeld", "pitch$"),
    *("orchestra pit", "catwalk", "altar"),
)
TABLE = _any_of("table", "tisch", "mesa$", "tavolo", "tafel$", "pöytä", "bord$", "stůl", "stół")
BOX = _any_of("box$", "boxes$", "loge", "palco", "palchetto", "aitio", "loož", "lóża")
BAR = _any_of("bar$", "buffet", "theke", "tresen", "ausschank", "catering", "baari", "kiosk")
WALL = _any_of("wall", "wand$", "mauer", "mur$", "parete", "seinä")
FLOOR = _any_of("floor", "dance", "tanzfläche", "piste", "pista", "aisle", "gang$", "tanssi")
WHEELCHAIR = _any_of(
    *("wheelchair", "wheel chair", "rollstuhl", "rolli", "fauteuil roulant", "pmr$", "silla de ruedas", "rolstoel"),
    *("sedia a rotelle", "carrozzina", "pyörätuoli", "rullstol", "kørestol", "wózek", "vozíčk", "accessible", "ada$"),
    *("♿",),
)
COMPANION = _any_of(
    *("companion", "carer", "attendant", "begleit", "accompagn", "acompañante", "accompagnatore", "begeleider"),
    *("avustaja", "saattaja", "ledsager", "ledsagare", "opiekun", "doprovod", "pca$"),
)


_WITH = re.compile(r"[+&/]|(?<!\w)(?:and|with|incl|und|mit|inkl|et|avec|con|e|y|ja|och|met|en)(?!\w)", re.IGNORECASE)


def access_of(category: str, seat_number: str) -> int:
    """The kind of a seat by its own words, else by its category's: 1 a wheelchair place, 2 its companion's, else 0.

    "Wheelchair companion" is a companion's place, "Wheelchair with companion" a wheelchair's.
    """
    for words in (seat_number, category):
        wheelchair, companion = WHEELCHAIR.search(words), COMPANION.search(words)
        if companion and not (wheelchair and _WITH.search(words)):
            return 2
        if wheelchair:
            return 1
    return 0


def role_of(label: str) -> Literal["stage", "table", "bar", "wall", "floor", "other"]:
    """The role of a shape by what is written on it."""
    if STAGE.search(label):
        return "stage"
    if TABLE.search(label):
        return "table"
    if BAR.search(label):
        return "bar"
    if WALL.search(label):
        return "wall"
    return "floor" if FLOOR.search(label) else "other"
