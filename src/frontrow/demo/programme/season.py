"""What comes later at Frontrow House: a ballet, a musical, an open door. Amounts are in cents."""

from frontrow.demo.programme.words import FRI, SAT, THU, OnWeekday, Show

SHOWS = (
    Show(
        slug="giselle",
        title="Giselle",
        subtitle="Ballet in two acts, to music by Adolphe Adam",
        category="ballet",
        poster="veil",
        hall="great",
        minutes=130,
        prices={"A": 9800, "B": 7800, "C": 5800, "D": 3900, "E": 2000},
        reductions={"Child": 5000, "Reduced": 7500},
        evenings=(OnWeekday(5, FRI, 19), OnWeekday(5, SAT, 14)),
        sold=(0.36, 0.52),
        text="""\
A girl dances although her heart is weak, loves although he is promised, and forgives although she is dead. The \
second act, in which twenty-four women in white cross a wood without a sound, is why people become dancers.

Helmi Aro and Daniel Costa dance the first cast, Yuki Tanabe and Oskar Lund the second. Ola Bergman conducts. 2 \
hours 10 minutes with one interval; cushions for children at the cloakroom.""",
    ),
    Show(
        slug="nine-stops-to-the-harbour",
        title="Nine Stops to the Harbour",
        subtitle="A musical on line nine",
        category="musical",
        poster="tram-line",
        hall="great",
        minutes=140,
        prices={"A": 8800, "B": 7200, "C": 5600, "D": 3800, "E": 2200},
        reductions={"Child": 5000, "Student": 6000, "Reduced": 7500},
        evenings=(OnWeekday(7, THU, 19), OnWeekday(7, FRI, 19), OnWeekday(7, SAT, 14)),
        sold=(0.1, 0.16, 0.24),
        on_sale_in=4,
        text="""\
The last tram of the year, a driver on her last night, and nine people who each have a reason not to get home. At \
every stop somebody sings why; at the last one, nobody gets off.

Music by Petra Salmi, words by Joel Ek, a real tram by the city's transport museum. It weighs sixteen tons and has \
the best entrance of the season. 2 hours 20 minutes with one interval.""",
    ),
    Show(
        slug="stage-door-open",
        title="Stage Door Open",
        subtitle="How an evening is made, shown by those who make it",
        category="talk",
        poster="stage-door",
        hall="studio",
        minutes=90,
        prices={"A": 0, "B": 0},
        reductions={"Child": 10_000},
        evenings=(OnWeekday(2, SAT, 11), OnWeekday(2, SAT, 14), OnWeekday(6, SAT, 11)),
        sold=(0.55, 0.3, 0.1),
        most=4,
        text="""\
Three times a season we leave the stage door open. A lighting desk, a wig, a trapdoor and the person who answers \
for it: they tell what they do between six and seven, when nobody looks.

Free, but there are only 120 chairs, so please take a ticket, and give it back if you can't come. Good for ages \
eight to ninety-eight. The lift behind the box office goes to the studio.""",
    ),
)
