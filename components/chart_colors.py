"""Colours of lines and marks that can be told from the backgrounds of both themes."""

GOLD, TEAL, QUIET = "#a67c1f", "#4f8f8b", "#857b6a"
