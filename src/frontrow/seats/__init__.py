"""Who has which seat now: apply a map to a performance, hold, release, extend, sell, free. Every change raises
a fence."""
