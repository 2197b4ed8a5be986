"""Posters drawn by us, one an event, by the names that the programme calls them by."""

from collections.abc import Callable

from frontrow.demo.posters import grand, harbour, house, night, rooms

POSTERS: dict[str, Callable[[], bytes]] = {
    "camellia": house.camellia,
    "northern-light": house.northern_light,
    "tidal": house.tidal,
    "beam": house.beam,
    "ice": rooms.ice,
    "late-set": rooms.late_set,
    "fox-and-moon": rooms.fox_and_moon,
    "grin": rooms.grin,
    "letters": rooms.letters,
    "veil": grand.veil,
    "tram-line": grand.tram_line,
    "stage-door": grand.stage_door,
    "big-top": grand.big_top,
    "kick-off": grand.kick_off,
    "comet": grand.comet,
    "undercurrent": night.undercurrent,
    "fjord": night.fjord,
    "velvet": night.velvet,
    "antlers": night.antlers,
    "guitarra": night.guitarra,
    "candles": harbour.candles,
    "lighthouse": harbour.lighthouse,
    "long-table": harbour.long_table,
    "lamps": harbour.lamps,
    "squeegee": harbour.squeegee,
    "bottled-ship": harbour.bottled_ship,
}
