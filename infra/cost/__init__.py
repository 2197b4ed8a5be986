"""What the architecture costs, counted from its templates with a dated list of prices. ``make cost`` prints it."""
