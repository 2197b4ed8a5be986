"""The bench: what Frontrow does under load, each figure beside something simpler measured in the same run."""
