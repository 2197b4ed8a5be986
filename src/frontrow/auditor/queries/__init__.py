"""The questions, by what they look at. Each is proved by a test that plants the bad row and sees it found."""
