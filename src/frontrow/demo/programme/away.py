"""What is on elsewhere: Nordvallen in Stockholm (amounts in öre), and a big top, a club and a cabaret in Tampere."""

from frontrow.demo.programme.words import FRI, SAT, SUN, THU, TUE, WED, OnWeekday, Show

SHOWS = (
    Show(
        slug="nordvallen-skeppsholmen",
        title="Nordvallen v. Skeppsholmen",
        subtitle="The derby, last round before the break",
        category="sport",
        poster="kick-off",
        hall="football",
        minutes=110,
        prices={"A": 79000, "B": 59000, "C": 42000, "D": 29000, "E": 19000, "F": 29000},
        reductions={"Child": 5000, "Student": 8000},
        evenings=(OnWeekday(2, SUN, 15),),
        sold=(0.3,),
        most=8,
        text="""\
Two clubs, one bridge between them, and a hundred and four years of not lending each other a ball. Whoever wins \
stays ahead over the break; a draw helps nobody, and everybody knows it.

Turnstiles open ninety minutes before kick-off, and the drummers of the lower end need all of them. Supporters of \
Skeppsholmen sit in blocks 131 to 133 and 238 to 240. The train to Nordvallen station leaves every six minutes; \
your ticket is your fare.""",
    ),
    Show(
        slug="velvet-comet",
        title="Velvet Comet",
        subtitle="The Long Way Round, only Nordic evening",
        category="concert",
        poster="comet",
        hall="stadium-concert",
        minutes=150,
        prices={"A": 129000, "B": 84000, "C": 99000, "D": 69000, "E": 79000},
        reductions={"Student": 9000},
        evenings=(OnWeekday(9, SAT, 19, 30),),
        on_sale_in=9,
        most=6,
        text="""\
They come round every seven years or so, which is how the band got its name. Five musicians, forty-one songs to \
choose from and a runway that reaches to the halfway line.

The upper tier stays closed, and the pitch is sold to half of what it holds, so that one can dance and see. In \
front of the stage there is a second barrier, and water for everyone. Support from 19:30: Paper Antlers. Curfew is \
22:45, and the neighbours hold us to it.""",
    ),
    Show(
        slug="circus-kuu",
        title="Circus Kuu",
        subtitle="Nine people, one ring, no net of any importance",
        category="circus",
        poster="big-top",
        hall="big-top",
        minutes=105,
        prices={"A": 4200, "B": 3400, "C": 2400},
        reductions={"Child": 5000, "Reduced": 7500},
        evenings=(OnWeekday(4, FRI, 18), OnWeekday(4, SAT, 14), OnWeekday(4, SAT, 18), OnWeekday(4, SUN, 14)),
        sold=(0.15, 0.55, 0.3, 0.4),
        text="""\
The tent goes up on a Tuesday with the help of anybody who happens to walk by. By Friday there is a wheel in it \
with a man inside, a wire, eleven hats and one very serious goose.

Circus Kuu has travelled the lakes since 1987 and has never used an animal that didn't apply. The band sits above \
the artists' entrance. 1 hour 45 minutes with an interval for candyfloss; the tent is heated.""",
    ),
    Show(
        slug="undercurrent",
        title="Undercurrent",
        subtitle="Aino Vesi, all night long",
        category="club",
        poster="undercurrent",
        hall="pumphouse",
        minutes=360,
        prices={"A": 2200, "B": 2200, "C": 2800},
        reductions={"Student": 7000},
        evenings=(OnWeekday(1, FRI, 22), OnWeekday(5, FRI, 22)),
        sold=(0.6, 0.15),
        text="""\
One pair of hands, six hours, no break in the music. Aino Vesi begins slowly enough to talk over and ends at four \
in the morning with something that she has never played before.

The Pumphouse keeps its old machines and its old rule: no photographs on the floor. There is a cloakroom, free \
earplugs, and a quiet room behind the boiler. From 18 years.""",
    ),
    Show(
        slug="paper-antlers",
        title="Paper Antlers",
        subtitle="Release of “Small Forest, Large Fire”",
        category="concert",
        poster="antlers",
        hall="pumphouse",
        minutes=120,
        prices={"A": 2900, "B": 2900, "C": 3600},
        reductions={"Student": 7500},
        evenings=(OnWeekday(3, THU, 20), OnWeekday(3, FRI, 20)),
        sold=(0.72, 0.38),
        text="""\
Two sisters from Nokia, a drummer who builds boats and the best chorus to come out of Pirkanmaa in ten years. \
“Small Forest, Large Fire” was recorded in a sauna, cold, because of the reverb.

They play the whole record and then what you shout for. The balcony has a rail to lean on and the better view; the \
floor has the band.""",
    ),
    Show(
        slug="name-that-fjord",
        title="Name That Fjord",
        subtitle="The big quiz of small knowledge",
        category="quiz",
        poster="fjord",
        hall="cabaret",
        minutes=150,
        prices={"A": 1400, "B": 1400, "C": 1200, "D": 900},
        reductions={"Student": 7500},
        evenings=(OnWeekday(0, TUE, 19), OnWeekday(4, TUE, 19), OnWeekday(8, TUE, 19)),
        sold=(0.45, 0.2),
        text="""\
Six rounds, forty-eight questions, one of them about a fjord. A table is a team; who buys single chairs is \
introduced to the others by the quizmaster, kindly and loudly.

Veera Lahti asks, Mikko Oja counts. The winners get the bell until next time, the last ones a map. Questions in \
English and Finnish; telephones sleep in the basket on the table.""",
    ),
    Show(
        slug="all-but-the-hat",
        title="All But the Hat",
        subtitle="A cabaret for one gentleman and eleven instruments",
        category="cabaret",
        poster="velvet",
        hall="cabaret",
        minutes=95,
        prices={"A": 5200, "B": 4400, "C": 3600, "D": 2600},
        reductions={"Reduced": 8000},
        evenings=(OnWeekday(1, WED, 20), OnWeekday(1, THU, 20), OnWeekday(2, WED, 20)),
        sold=(1.0, 1.0, 1.0),
        text="""\
Every night Monsieur Albin takes off something that he believed in: his gloves, his politics, his wife's advice. \
What is left at midnight sings, and rather well.

Three evenings, a hundred and twenty-two places, and all of them were gone within a day. Returns go back on sale \
here, usually in the afternoon of the show.""",
    ),
)
