"""What is on at Two Harbours: a festival in Turku and Lisbon. Amounts are in cents."""

from frontrow.demo.programme.words import FRI, SAT, SUN, THU, WED, OnWeekday, Show

SHOWS = (
    Show(
        slug="quartets-by-candlelight",
        title="Quartets by Candlelight",
        subtitle="The Aura Quartet plays Haydn, Saariaho and Schubert",
        category="chamber music",
        poster="candles",
        hall="church",
        minutes=95,
        prices={"A": 3800, "B": 3000, "C": 2400, "D": 1600},
        reductions={"Student": 5000, "Reduced": 7500},
        evenings=(OnWeekday(2, FRI, 19), OnWeekday(2, SAT, 19)),
        sold=(0.58, 0.33),
        text="""\
Two hundred candles, four players, and a church built by people who had come back from the sea. Haydn's “Sunrise” \
begins in the dark; by the end of Schubert's “Death and the Maiden” about half of them have burned down.

In between, Kaija Saariaho's “Terra Memoria”, for those who are gone. No interval. The pews are of 1858, so bring a \
cushion or borrow one at the door. From the transepts one sees the players' hands.""",
    ),
    Show(
        slug="pull-your-own-poster",
        title="Pull Your Own Poster",
        subtitle="Screen printing in an afternoon, for sixteen",
        category="workshop",
        poster="squeegee",
        hall="workshop",
        minutes=240,
        prices={"A": 4800},
        reductions={"Student": 7500},
        evenings=(OnWeekday(1, SAT, 12), OnWeekday(5, SAT, 12), OnWeekday(7, SAT, 12)),
        sold=(0.6, 0.25),
        most=4,
        text="""\
You come with an idea and leave with ten prints of it in two colours, one of them on your sleeve. Ilkka Salo, who \
has pulled posters for this festival since the first one, shows how to cut, coat, wash and not to hurry.

All material is included, so is soup. Sixteen places at four benches; the workshop is on the ground floor and has \
no step. From fourteen years.""",
    ),
    Show(
        slug="a-ship-after-dark",
        title="A Ship After Dark",
        subtitle="The museum stays open, with torches",
        category="exhibition",
        poster="bottled-ship",
        hall="museum",
        minutes=60,
        prices={"A": 1400},
        reductions={"Child": 5000, "Student": 7000},
        evenings=tuple(OnWeekday(3, FRI, hour) for hour in (18, 19, 20, 21)),
        sold=(0.8, 0.5, 0.3, 0.1),
        text="""\
Once a year the lights go out at six and everybody gets a torch. The ships in their bottles throw shadows as tall \
as ships; the figurehead in room three has been seen to look elsewhere.

Ninety people an hour, then the next ninety. A restorer sits in room two and shows how the mast gets in. Children \
are welcome, and usually the bravest.""",
    ),
    Show(
        slug="two-harbours-opening-night",
        title="Two Harbours: Opening Night",
        subtitle="Five bands, one barge, and the last ferry waits",
        category="festival",
        poster="lamps",
        hall="quay",
        minutes=360,
        prices={"A": 4500, "B": 2900, "C": 6500},
        reductions={"Child": 5000, "Student": 7500},
        evenings=(OnWeekday(6, SAT, 18),),
        sold=(0.35,),
        text="""\
The stage is a barge that came from Turku in nineteen days. On it play Lusco-Fusco, Hanna & the Herrings, the \
Orquestra do Cais, DJ Maré and, at midnight, everyone who is still awake.

Twelve kitchens along the quay, bread from both harbours, deposit cups. The warehouse roof has benches, a bar of \
its own and two hundred places. If it rains we play on; if it storms you get your money back.""",
    ),
    Show(
        slug="fado-for-two-voices",
        title="Fado for Two Voices",
        subtitle="Leonor Brito and Tiago Rocha, with guitarra and viola",
        category="concert",
        poster="guitarra",
        hall="waterfront",
        minutes=80,
        prices={"A": 3600, "B": 2800, "C": 1800},
        reductions={"Student": 6000, "Reduced": 7500},
        evenings=(OnWeekday(6, THU, 21, 30), OnWeekday(7, THU, 21, 30)),
        sold=(0.65, 0.2),
        text="""\
She learned the songs from her grandmother, he from a jukebox in Setúbal. They disagree about nearly every verse, \
which is why one should hear them sing it together.

Teatro do Cais has 595 seats and needs no microphone. When the lights go down, it's the custom to be silent; when \
they come up, it's the custom not to be.""",
    ),
    Show(
        slug="the-keepers-log",
        title="The Keeper's Log",
        subtitle="Inês Duarte reads from her new novel",
        category="reading",
        poster="lighthouse",
        hall="library",
        minutes=75,
        prices={"A": 900},
        reductions={"Student": 5000},
        evenings=(OnWeekday(5, WED, 19),),
        sold=(0.4,),
        text="""\
For eleven years a lighthouse keeper writes down every ship that passes. Then he begins to write down those that \
don't. Inês Duarte's fourth novel is about waiting, and is funnier than that sounds.

She reads in Portuguese, Sanna Virtanen in English, page about. Afterwards there is port for the grown-ups, and the \
author signs anything but blank paper.""",
    ),
    Show(
        slug="the-long-table",
        title="The Long Table",
        subtitle="Twelve small courses from two harbours",
        category="food",
        poster="long-table",
        hall="warehouse",
        minutes=210,
        prices={"A": 8900, "B": 7900},
        reductions={"Without wine": 8000},
        evenings=(OnWeekday(6, FRI, 20), OnWeekday(6, SUN, 13)),
        sold=(0.7, 0.3),
        most=8,
        text="""\
Six tables, ninety-six chairs, two cooks who have never met. Noora Mäki brings rye, perch and cloudberries; Paulo \
Sá has sardines, lemons and an opinion. They cook twelve courses in turn and can't see each other's list.

Wine and water are included. One menu has meat in it and one hasn't; tell us when we ask. Who comes alone sits well \
here: a long table has no head.""",
    ),
)
