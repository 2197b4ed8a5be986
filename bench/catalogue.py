"""200,000 events with made-up names in a database of its own, and what people might type to find them."""

import random

import asyncpg

EVENTS = 200_000
ORGANISERS = 500
VENUES = 2_000
WORDS = 20_000
PHRASES = 20_000

# Syllables make words; how often a word is used falls with its number, as it does in life (Zipf).
SEEDED = (
    f"""CREATE TABLE made_word AS
        SELECT n, (SELECT string_agg((ARRAY['ba','co','di','fe','gru','ha','ki','lo','mar','ne','o','pi','qua','ro',
                                            'sten','ta','ur','vi','wal','xe','yo','zan','blu','schni','tor','lek'])
                                     [1 + floor(random() * 26)::int], '' ORDER BY g)
                     FROM generate_series(1, 2 + (n % 3)) g WHERE n > 0) AS word
          FROM generate_series(1, {WORDS}) n""",
    "ALTER TABLE made_word ADD PRIMARY KEY (n)",
    f"""CREATE FUNCTION made_words(amount int) RETURNS text LANGUAGE sql VOLATILE AS $$
          SELECT string_agg(w.word, ' ') FROM (
            SELECT least({WORDS}, floor(exp(random() * ln({WORDS} + 1)))::int) AS n
              FROM generate_series(1, amount)) d JOIN made_word w USING (n) $$""",
    f"CREATE TABLE phrase AS SELECT n, made_words(12) AS words FROM generate_series(1, {PHRASES}) n",
    "ALTER TABLE phrase ADD PRIMARY KEY (n)",
    "ANALYZE made_word, phrase",
    f"""INSERT INTO organiser (id, slug, name)
        SELECT gen_random_uuid(), 'organiser-' || n, initcap(made_words(2)) FROM generate_series(1, {ORGANISERS}) n""",
    f"""INSERT INTO venue (id, organiser_id, name, city, country, timezone)
        SELECT gen_random_uuid(), o.id, initcap(made_words(2)),
               'City ' || (SELECT initcap(word) FROM made_word m WHERE m.n = 1 + v.n % 200), 'DE',
               (ARRAY['Europe/Berlin', 'America/New_York', 'Asia/Tokyo'])[1 + v.n % 3]
          FROM generate_series(1, {VENUES}) v(n)
          JOIN (SELECT id, row_number() OVER () AS n FROM organiser) o ON o.n = 1 + v.n % {ORGANISERS}""",
    """INSERT INTO seat_map (id, organiser_id, venue_id, name, layout, seat_count)
        SELECT gen_random_uuid(), organiser_id, id, 'Rows', '{}', 100 FROM venue""",
    # The text of an event is made when its performance comes, and indexed at the end: twice the work would be the same.
    "ALTER TABLE event DISABLE TRIGGER text_of_new",
    "DROP INDEX ix_event_text_title, ix_event_text_words",
    f"""INSERT INTO event (id, organiser_id, slug, title, subtitle, description, category, currency, state)
        SELECT gen_random_uuid(), m.organiser_id, 'event-' || d.n, initcap(made_words(3)), one.words,
               two.words || '. ' || three.words || '.',
               (ARRAY['concert', 'opera', 'theatre', 'dance', 'comedy', 'talk', 'sport'])[1 + floor(random() * 7)::int],
               'EUR', 'published'
          FROM (SELECT n, 1 + floor(random() * {PHRASES})::int AS a, 1 + floor(random() * {PHRASES})::int AS b,
                       1 + floor(random() * {PHRASES})::int AS c FROM generate_series(1, {EVENTS}) n) d
          JOIN phrase one ON one.n = d.a JOIN phrase two ON two.n = d.b JOIN phrase three ON three.n = d.c
          JOIN (SELECT organiser_id, row_number() OVER (ORDER BY id) AS at FROM seat_map) m
            ON m.at = 1 + d.n % {VENUES}""",
    f"""INSERT INTO performance (id, organiser_id, event_id, venue_id, seat_map_id, starts_at, seats_total, seats_free,
                                 wheelchair_free, from_price)
        SELECT gen_random_uuid(), e.organiser_id, e.id, m.venue_id, m.id, now() + random() * interval '365 days', 100,
               floor(random() * 100)::int, greatest(0, floor(random() * 20)::int - 15),
               1000 + floor(random() * 9000)::int
          FROM (SELECT id, organiser_id, row_number() OVER (ORDER BY slug) AS n FROM event) e
          JOIN (SELECT id, organiser_id, venue_id, row_number() OVER (PARTITION BY organiser_id ORDER BY id) AS at
                  FROM seat_map) m ON m.organiser_id = e.organiser_id AND m.at = 1 + e.n % {VENUES // ORGANISERS}""",
    "ALTER TABLE event ENABLE TRIGGER text_of_new",
    "CREATE INDEX ix_event_text_title ON event_text USING gin (title)",
    "CREATE INDEX ix_event_text_words ON event_text USING gin (words)",
    """INSERT INTO search_word SELECT DISTINCT word FROM (
         SELECT unnest(tsvector_to_array(words)) AS word FROM event_text) w WHERE length(word) BETWEEN 3 AND 60
       ON CONFLICT DO NOTHING""",
    "UPDATE event_text SET learned = true",
    "VACUUM ANALYZE",
)


async def fill(url: str) -> list[str]:
    """Make them all in the migrated database at ``url``. Returns the titles of a thousand."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SELECT setseed(0.2026)")
        for statement in SEEDED:
            await connection.execute(statement, timeout=600)
        rows = await connection.fetch("SELECT title FROM event ORDER BY slug LIMIT 1000")
        return [row["title"] for row in rows]
    finally:
        await connection.close()


def typed(titles: list[str], count: int) -> list[str]:
    """What people type: mostly one or two words of a title, a third of them half-typed, a fifth with a slip."""
    dice = random.Random(7)
    asked = []
    for title in dice.choices(titles, k=count):
        words = dice.sample(title.split(), min(dice.choice((1, 1, 2)), len(title.split())))
        at = dice.randrange(len(words))
        kind = dice.random()
        if kind < 0.33:
            words[at] = words[at][: max(3, len(words[at]) - 2)]
        elif kind < 0.53 and len(words[at]) > 4:
            place = dice.randrange(1, len(words[at]) - 1)
            words[at] = words[at][:place] + dice.choice("aeiourstn") + words[at][place + 1 :]
        asked.append(" ".join(words).lower())
    return asked
