"""The ground floor: settings, secrets, database, Redis, clock, ids, money, errors, logs, outbox, jobs and the
web's edge. Nothing here knows what a seat is; every other room stands on it."""
