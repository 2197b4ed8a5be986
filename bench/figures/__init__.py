"""One file a figure. Each has ``measure(stage)``, which says how far it is and returns its rows."""
