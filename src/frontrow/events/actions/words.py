"""Words that events are made of, learnt for those who misspell them. Nothing waits for it."""

from frontrow.core.db import Tx

_LEARN = """
WITH fresh AS MATERIALIZED (
  SELECT event_id, words FROM event_text WHERE NOT learned
   ORDER BY event_id LIMIT :batch FOR NO KEY UPDATE SKIP LOCKED),
known AS (
  INSERT INTO search_word (word)
  SELECT DISTINCT word FROM fresh, LATERAL unnest(tsvector_to_array(words)) AS word
   WHERE length(word) BETWEEN 3 AND 60 AND word ~ '[^0-9]' ORDER BY word
  ON CONFLICT DO NOTHING)
UPDATE event_text t SET learned = true FROM fresh WHERE t.event_id = fresh.event_id
"""


async def learn_words(tx: Tx, batch: int = 500) -> int:
    """Add the words of new and changed events to those that are known. Returns how many events were looked at."""
    return (await tx.sql(_LEARN, batch=batch)).rowcount
