"""Names and sentences that Markdown is not to read signs into."""

import re


def as_written(name: str) -> str:
    """A file's name, or a sentence with one, as Markdown that shows it letter for letter."""
    name = re.sub(r"([!-+/:-@\[-`{-~])", r"\\\1", name)  # ASCII's signs but for , - and .
    return re.sub(r"^(\d*)([.-])", r"\1\\\2", name)  # or it begins a list
