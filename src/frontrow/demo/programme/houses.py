"""Who invites, and where to: four organisers, five cities, and the halls that their evenings are in."""

from frontrow.demo.halls.round import big_top, church, waterfront
from frontrow.demo.halls.small import club, library, museum, pumphouse, quay, studio
from frontrow.demo.halls.stadium import concert, football
from frontrow.demo.halls.tables import cabaret, long_tables, workshop
from frontrow.demo.halls.theatre import theatre
from frontrow.demo.programme.words import Company, Hall

COMPANIES = (
    Company(
        "frontrow-house",
        "Frontrow House",
        "A house for opera, theatre, music and talk, with a studio upstairs and a cellar below.",
        "EUR",
        ("anna@frontrow.example", "Anna Lindqvist"),
    ),
    Company(
        "nordvallen",
        "Nordvallen",
        "Fifty thousand seats in the north of Stockholm: football on Sundays, and now and then a very loud band.",
        "SEK",
        ("olle@frontrow.example", "Olle Nyman"),
    ),
    Company(
        "night-shift",
        "Night Shift Collective",
        "Eleven people, one van and a waterworks. We have kept Tampere up since 2014, and Stockholm on Thursdays.",
        "EUR",
        ("siiri@frontrow.example", "Siiri Koskela"),
    ),
    Company(
        "two-harbours",
        "Two Harbours",
        "A festival that sails between Turku and Lisbon: music, books, bread and fish, from one quay to the other.",
        "EUR",
        ("marta@frontrow.example", "Marta Figueira"),
    ),
)

_HELSINKI = ("Helsinki", "FI", "Europe/Helsinki", 1350)  # tax on admission to culture, basis points, 2026
_TAMPERE = ("Tampere", "FI", "Europe/Helsinki", 1350)
_TURKU = ("Turku", "FI", "Europe/Helsinki", 1350)
_STOCKHOLM = ("Stockholm", "SE", "Europe/Stockholm", 600)
_LISBON = ("Lisbon", "PT", "Europe/Lisbon", 600)
_HOUSE, _NORDVALLEN, _NIGHT, _HARBOURS = (company.slug for company in COMPANIES)
_ARENA = "Arenavägen 1, 170 66 Solna"

HALLS = {
    "great": Hall(
        _HOUSE,
        "Frontrow House",
        "Teatterikuja 3, 00100 Helsinki",
        *_HELSINKI,
        "Great House",
        theatre,
        {"A": "Premium", "B": "Superior", "C": "Standard", "D": "Value", "E": "Upper Circle"},
        doors=60,
    ),
    "studio": Hall(
        _HOUSE,
        "The Studio",
        "Teatterikuja 3, 00100 Helsinki",
        *_HELSINKI,
        "Studio",
        studio,
        {"A": "Front rows", "B": "Rear rows"},
    ),
    "club": Hall(
        _HOUSE, "Cellar Club", "Vuorikatu 9, 00100 Helsinki", *_HELSINKI, "Cellar Club", club, {"A": "Standing"}
    ),
    "big-top": Hall(
        _HOUSE,
        "Big Top, Sorsapuisto",
        "Sorsapuisto 1, 33500 Tampere",
        *_TAMPERE,
        "Big Top",
        big_top,
        {"A": "Ringside", "B": "Middle", "C": "Sides and back"},
        doors=45,
    ),
    "football": Hall(
        _NORDVALLEN,
        "Nordvallen",
        _ARENA,
        *_STOCKHOLM,
        "Football",
        football,
        {
            "A": "Long side, middle",
            "B": "Long side",
            "C": "Corner and upper side",
            "D": "Behind the goal",
            "E": "Upper end",
            "F": "Away supporters",
        },
        doors=90,
    ),
    "stadium-concert": Hall(
        _NORDVALLEN,
        "Nordvallen",
        _ARENA,
        *_STOCKHOLM,
        "Concert",
        concert,
        {"A": "Front standing", "B": "Pitch standing", "C": "Seated, side", "D": "Seated, end", "E": "Seated, corner"},
        doors=150,
    ),
    "pumphouse": Hall(
        _NIGHT,
        "The Pumphouse",
        "Vesitorninkatu 12, 33240 Tampere",
        *_TAMPERE,
        "Pumphouse",
        pumphouse,
        {"A": "Floor", "B": "Bar side", "C": "Balcony"},
        doors=60,
    ),
    "cabaret": Hall(
        _NIGHT,
        "The Velvet Room",
        "Aleksis Kiven katu 18, 33200 Tampere",
        *_TAMPERE,
        "Velvet Room",
        cabaret,
        {"A": "Front table", "B": "Middle table", "C": "Back table", "D": "Bar stool"},
        doors=60,
    ),
    "church": Hall(
        _HARBOURS,
        "Harbour Church",
        "Linnankatu 72, 20100 Turku",
        *_TURKU,
        "Harbour Church",
        church,
        {"A": "Front pews", "B": "Rear pews", "C": "Transept", "D": "Organ gallery"},
    ),
    "museum": Hall(
        _HARBOURS, "Maritime Museum", "Itäinen Rantakatu 60, 20810 Turku", *_TURKU, "Maritime Museum", museum,
        {"A": "Admission"}, doors=0,
    ),
    "workshop": Hall(
        _HARBOURS, "Slipway Press", "Telakkakatu 4, 20240 Turku", *_TURKU, "Workshop", workshop,
        {"A": "Place at a bench"},
    ),
    "quay": Hall(
        _HARBOURS,
        "Cais da Ribeira",
        "Avenida Ribeira das Naus, 1200-450 Lisboa",
        *_LISBON,
        "Quay",
        quay,
        {"A": "Front of stage", "B": "Quay", "C": "Warehouse roof"},
        doors=120,
    ),
    "warehouse": Hall(
        _HARBOURS, "Armazém 7", "Rua da Cintura do Porto 7, 1950-323 Lisboa", *_LISBON, "Long Tables", long_tables,
        {"A": "Next to the kitchen", "B": "Window side"},
    ),
    "library": Hall(
        _HARBOURS, "Biblioteca do Farol", "Largo do Farol 2, 1300-598 Lisboa", *_LISBON, "Reading Room", library,
        {"A": "Seat"},
    ),
    "waterfront": Hall(
        _HARBOURS,
        "Teatro do Cais",
        "Rua do Cais 41, 1100-105 Lisboa",
        *_LISBON,
        "Teatro do Cais",
        waterfront,
        {"A": "Plateia, front", "B": "Plateia, rear", "C": "Galeria"},
    ),
}  # fmt: skip
