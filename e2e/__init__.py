"""A person in a real browser: the whole stack, Debian's Chromium, and nothing pretended in between."""
