"""Frontrow: an event platform. Organisers publish numbered seats, buyers pick them on a live map,
staff scan them in."""
