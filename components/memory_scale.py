"""Amounts of memory from kilobytes to gigabytes on one logarithmic scale."""

from dataclasses import dataclass
from html import escape
from math import log10

from components.chart_colors import HOUSE_GOLD

LEAST, MOST = 1e3, 1e10  # bytes at the ends of the scale
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
        if amount >= 0.9995 * size:  # which is written as 1, not as 1000 of the next unit
            return f"{amount / size:.3g} {unit}"
    return f"{amount:.0f} B"


def _percent(amount: float) -> float:
    return 100 * (log10(amount) - log10(LEAST)) / (log10(MOST) - log10(LEAST))


def memory_scale(amounts: list[Amount]) -> str:
    """HTML: one bar for each amount, from the left end of the scale."""
    bars = "".join(
        '<div style="margin-bottom: 1.1rem">'
        f"<div><strong>{in_words(amount.bytes)}</strong> {escape(amount.name)} "
        f'<span style="opacity: 0.7">({escape(amount.how)})</span></div>'
        f'<div style="width: {_percent(amount.bytes):.1f}%; height: 1rem; margin-top: 0.25rem; '
        f'background: {HOUSE_GOLD}"></div></div>'
        for amount in amounts
    )
    marks = "".join(
        f'<span style="position: absolute; left: {_percent(at):.1f}%; padding-left: 0.3rem; '
        f'border-left: 1px solid #a8a29a">{label}</span>'
        for at, label in MARKS
    )
    return (
        f'<div style="max-width: 60rem">{bars}<div style="position: relative; height: 1.5rem; '
        f'border-top: 1px solid #a8a29a; font-size: 0.85rem">{marks}</div></div>'
    )
