"""From the words somebody typed to a question for the index: half-typed, inside others, misspelt.

Learning what words there are is a job's; so the words of a new event are found at once, and their misspellings a
moment later.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from frontrow.core.db import Tx

MOST = 8
"""Words of a question after splitting; what comes behind is left out."""

_KNOWN = """
SELECT f.word, s.inside, s.near FROM unnest(CAST(:words AS text[])) WITH ORDINALITY AS said(word, no),
       LATERAL unnest(tsvector_to_array(search_words_of(said.word))) AS f(word),
       LATERAL (SELECT length(f.word) AS long, NOT CAST(:nearly AS boolean)
                       AND EXISTS (SELECT FROM search_word k WHERE k.word ^@ f.word) AS known) AS it,
       LATERAL (
         SELECT CASE WHEN long >= 4 THEN ARRAY(
                  SELECT i.word FROM search_word i
                   WHERE i.word LIKE '%' || f.word || '%' AND NOT i.word ^@ f.word LIMIT 20) END AS inside,
                CASE WHEN long >= 4 AND NOT known THEN ARRAY(
                  SELECT near.word FROM (
                    SELECT c.word, least(levenshtein_less_equal(c.word, f.word, 2),
                                         1 + levenshtein_less_equal(left(c.word, long), f.word, 1)) AS away
                      FROM (SELECT n.word FROM search_word n
                             WHERE length(n.word) BETWEEN 3 AND 60 ORDER BY n.word <-> f.word LIMIT 40) c
                     ORDER BY 2, 1 LIMIT 5) near
                   WHERE near.away <= CASE WHEN long >= 6 THEN 2 ELSE 1 END) END AS near) AS s
 WHERE long <= 60 ORDER BY said.no, f.word LIMIT :most
"""


@dataclass(frozen=True)
class Question:
    """For ``tsvector @@``: all of the words (``every``), or at least one (``some``). None of it: nothing is found."""

    every: str
    some: str


async def question(tx: Tx, words: Sequence[str], *, nearly: bool = False) -> Question | None:
    """What to ask for these words; None when there is no letter or digit in them. A word that occurs nowhere stands for
    those it may be a slip of; with ``nearly`` each of the words does."""
    rows = await tx.sql(_KNOWN, words=list(words), nearly=nearly, most=MOST)
    each = [" | ".join([f"'{row.word}':*", *(f"'{other}'" for other in {*(row.inside or ()), *(row.near or ())})])
            for row in rows]  # fmt: skip
    # The words went through the index's own splitting: there is no quote in them that could end one.
    return Question(" & ".join(f"({one})" for one in each), " | ".join(each)) if each else None
