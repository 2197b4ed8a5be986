"""An on-sale's crowd against the rules by which tasks come and go. ``make simulate`` writes docs/scaling.md."""
