"""What is on at Frontrow House in Helsinki: the great house, the studio and the cellar. Amounts are in cents."""

from frontrow.demo.programme.words import FRI, SAT, SUN, THU, TUE, WED, InDays, OnWeekday, Show

SHOWS = (
    Show(
        slug="late-set-nadia-okoro-quartet",
        reductions={"Student": 7000},
        title="Late Set",
        subtitle="The Nadia Okoro Quartet, down in the cellar",
        category="jazz",
        poster="late-set",
        hall="club",
        minutes=100,
        prices={"A": 2400},
        evenings=(InDays(1, 21, 30), InDays(8, 21, 30), InDays(15, 21, 30)),
        text="""\
Nadia Okoro plays the piano as other people tell stories: she starts somewhere in the middle, wanders off, and \
comes back just when you had given up hope. Her quartet has been together for eleven years and still surprises \
her.

Tonight they play the whole of their new record, “Late Set”, and then whatever the room asks for. Standing, with \
a long bar and a short queue. Doors an hour before the first note.""",
    ),
    Show(
        slug="letters-never-sent",
        title="Letters Never Sent",
        subtitle="A play for two actors and one table",
        category="theatre",
        poster="letters",
        hall="studio",
        minutes=85,
        prices={"A": 3200, "B": 2600},
        evenings=(InDays(2, 19, 30), InDays(3, 19, 30), InDays(5, 19, 30), InDays(9, 19, 30)),
        nearly_full=0,
        text="""\
When their mother's flat has to be emptied, a brother and a sister find four hundred letters in a drawer. All \
are stamped. None was ever posted. Some are addressed to them.

Elina Saarela and Tomas Wirén read, argue, laugh and fall silent across a kitchen table, a few steps from the \
first row. Every evening they draw twelve of the letters from a box; no performance is like another.

85 minutes without an interval. Latecomers can't be seated: there is only one door, and it's on the stage.""",
    ),
    Show(
        slug="la-traviata",
        title="La traviata",
        subtitle="Giuseppe Verdi, sung in Italian with surtitles",
        category="opera",
        poster="camellia",
        hall="great",
        minutes=165,
        prices={"A": 12800, "B": 9800, "C": 7200, "D": 4600, "E": 2200},
        evenings=(OnWeekday(0, WED, 19), OnWeekday(0, FRI, 19), OnWeekday(0, SUN, 17), OnWeekday(1, TUE, 19)),
        text="""\
Violetta Valéry has every man in Paris and nobody to trust. Then somebody means what he says, and she has to \
decide whether it isn't too late to believe him.

Marguerite Aalto's production sets Verdi's most private opera among mirrors: wherever Violetta turns, she sees \
herself being looked at. Ilse Brandt makes her house début in the title role; Paavo Rinne conducts the Frontrow \
House Orchestra and Chorus.

2 hours 45 minutes with one interval. Introduction in the Dress Circle foyer 45 minutes before curtain, free for \
ticket holders.""",
    ),
    Show(
        slug="mildly-concerned",
        sold=(0.62, 0.3),
        title="Mildly Concerned",
        subtitle="Tom Ashby, stand-up, in English",
        category="comedy",
        poster="grin",
        hall="great",
        minutes=90,
        prices={"A": 4900, "B": 4400, "C": 3900, "D": 3200, "E": 2400},
        evenings=(OnWeekday(0, SAT, 20), OnWeekday(0, SAT, 22, 30)),
        text="""\
Tom Ashby isn't angry. He has simply read the instructions, all of them, and would like a word with whoever \
wrote them.

After two sold-out seasons in Edinburgh, the most polite man in comedy brings his new hour about kettles, his \
father, the end of the world and the correct way to load a dishwasher. Not recommended for dishwashers.""",
    ),
    Show(
        slug="the-fox-who-borrowed-the-moon",
        sold=(0.5, 0.35, 0.2, 0.1),
        reductions={"Child": 6000, "Reduced": 8000},
        title="The Fox Who Borrowed the Moon",
        subtitle="For everybody from four years on",
        category="family",
        poster="fox-and-moon",
        hall="studio",
        minutes=50,
        prices={"A": 1600, "B": 1300},
        evenings=(OnWeekday(0, SAT, 11), OnWeekday(0, SAT, 14), OnWeekday(1, SAT, 11), OnWeekday(1, SAT, 14)),
        text="""\
One night the fox can't sleep, because it is too dark. So it borrows the moon, just until morning. But then the \
owl bumps into a tree, the sea doesn't know when to turn round, and a very small hedgehog can't find its way \
home.

Paper, shadows, a cello and two actors who are eleven animals. Nobody needs to sit still. Afterwards everybody \
may try on the moon.""",
    ),
    Show(
        slug="what-the-ice-remembers",
        title="What the Ice Remembers",
        subtitle="Ingrid Solberg in conversation",
        category="talk",
        poster="ice",
        hall="studio",
        minutes=80,
        prices={"A": 1800, "B": 1800},
        evenings=(OnWeekday(1, SUN, 16),),
        text="""\
For thirty winters Ingrid Solberg has drilled into the oldest ice on earth. In a core as long as a train lie \
volcanoes, plagues, the lead of Roman pipes and the summer in which you were born.

She brings a piece of it, eight hundred thousand years old. You can hear it: when it melts in a glass, the air \
of another age escapes with a crackle. Journalist Henrik Palm asks the questions, and then you do.""",
    ),
    Show(
        slug="northern-light",
        sold=(0.45, 0.28),
        title="Northern Light",
        subtitle="Sibelius, Grieg, and a first performance",
        category="concert",
        poster="northern-light",
        hall="great",
        minutes=110,
        prices={"A": 7800, "B": 6200, "C": 4800, "D": 3400, "E": 1900},
        evenings=(OnWeekday(1, THU, 19), OnWeekday(1, FRI, 19)),
        text="""\
Three ways of looking at the same low sun. Grieg's Piano Concerto, which everybody knows from its first bar; \
Sibelius's Fifth, with its sixteen swans; and between them “Halo”, a new work by Anja Krogh for orchestra and a \
choir placed in the Upper Circle.

Soloist Mikael Frisk, City Philharmonic, conducted by Saara Niemi. 1 hour 50 minutes with an interval.""",
    ),
    Show(
        slug="tidal",
        sold=(0.2, 0.12, 0.35),
        title="Tidal",
        subtitle="Company Maren Holt, new choreography",
        category="dance",
        poster="tidal",
        hall="great",
        minutes=70,
        prices={"A": 5800, "B": 4800, "C": 3800, "D": 2800, "E": 1600},
        evenings=(OnWeekday(2, THU, 19, 30), OnWeekday(2, FRI, 19, 30), OnWeekday(2, SUN, 15)),
        text="""\
Fourteen dancers, forty tons of sand, and a moon that pulls. Maren Holt has worked on “Tidal” for two years on \
the beaches of the west coast, twice a day, whenever the water let her.

What came of it is a piece about leaving and returning, danced to a score for six double basses by Jon Eik. 70 \
minutes without an interval; best seen from above, says the choreographer, so don't be shy of the Upper Circle.""",
    ),
    Show(
        slug="metropolis-with-live-orchestra",
        sold=(0.5, 0.22),
        title="Metropolis",
        subtitle="The film of 1927 with live orchestra",
        category="film",
        poster="beam",
        hall="great",
        minutes=160,
        prices={"A": 5400, "B": 4600, "C": 3800, "D": 2900, "E": 1800},
        evenings=(OnWeekday(3, SAT, 18), OnWeekday(3, SUN, 18)),
        text="""\
A city of towers, a city below it, and a machine with a human face. Nearly a hundred years old, Fritz Lang's \
film has lost none of its size: it needs the biggest screen we could hang and an orchestra of sixty-six.

Gottfried Huppertz's original score is played live by the Frontrow House Orchestra under Lena Vogt, to the \
restored version of two and a half hours. One interval, in which nobody will talk of anything else.""",
    ),
)
