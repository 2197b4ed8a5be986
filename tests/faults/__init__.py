"""Kill the till once at every boundary of a purchase, start it again, and find exactly one of everything."""
