"""Amounts of memory from kilobytes to gigabytes on one logarithmic scale."""

from dataclasses import dataclass
from html import escape
from math import log10

from components.drawing import as_picture

LEAST, MOST = 1e3, 1e11  # bytes at the ends of the scale
WIDTH, ROW, LABELS = 800, 56, 24
MARKS = ((1e3, "1 KB"), (1e6, "1 MB"), (1e9, "1 GB"))


@dataclass(frozen=True)
class Amount:
    """Who needs how many bytes, and how that is known: measured, simulated or cited."""

    name: str
    bytes: float
    how: str


def in_words(amount: float) -> str:
    """Bytes in decimal units: KB = 10^3, MB = 10^6, GB = 10^9."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("KB", 1e3)):
        if amount >= size:
            return f"{amount / size:.3g} {unit}"
    return f"{amount:.0f} B"


def _x(amount: float) -> float:
    return WIDTH * (log10(amount) - log10(LEAST)) / (log10(MOST) - log10(LEAST))


def memory_scale(amounts: list[Amount]) -> str:
    """An HTML drawing: one bar for each amount, from the left end of the scale."""
    height = ROW * len(amounts) + LABELS
    marks = "".join(
        f'<line x1="{_x(at):.0f}" x2="{_x(at):.0f}" y1="0" y2="{height - LABELS}" '
        f'stroke="#37322a"/><text x="{_x(at) + 4:.0f}" y="{height - 6}" fill="#a8a29a" '
        f'font-size="14">{label}</text>'
        for at, label in MARKS
    )
    bars = "".join(
        f'<text x="0" y="{row * ROW + 18}" fill="#f4eee1" font-size="16">{escape(amount.name)}: '
        f"{in_words(amount.bytes)} ({escape(amount.how)})</text>"
        f'<rect x="0" y="{row * ROW + 26}" width="{_x(amount.bytes):.0f}" height="16" '
        f'fill="#d9b24a"/>'
        for row, amount in enumerate(amounts)
    )
    spoken = "; ".join(f"{amount.name} {in_words(amount.bytes)}" for amount in amounts)
    return as_picture(WIDTH, height, marks + bars, spoken)
