"""Colours of lines, marks and areas that can be told from the backgrounds of both themes."""

GOLD, TEAL, QUIET = "#a67c1f", "#4f8f8b", "#857b6a"
HOUSE_GOLD = "#d9b24a"  # of the logo; for areas, thick lines and on dark ground
