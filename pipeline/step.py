"""One step of a walk: words, formulas, pictures and numbers."""

from dataclasses import dataclass

import numpy as np

from pipeline.encode import encode_jpeg

QUALITY = 88


@dataclass(frozen=True)
class Picture:
    """A picture as a JPEG file, with its title and what it shows for those who do not see it."""

    title: str
    description: str
    file: bytes
    proportion: float  # width over height

    @classmethod
    def of(cls, title: str, description: str, pixels: np.ndarray) -> "Picture":
        """Packs pixels of any kind that `encode_jpeg` takes."""
        height, width = pixels.shape[:2]
        return cls(title, description, encode_jpeg(pixels, QUALITY), width / height)


@dataclass(frozen=True)
class Cost:
    """What a stage of the road took, and the memory of what it leaves."""

    stage: str
    seconds: float
    kept_bytes: int


@dataclass(frozen=True)
class Step:
    """One step of the walk.

    name: its word in the address. words: Markdown, one short paragraph. equations: LaTeX.
    source: the papers, Markdown. facts: (what, number with its unit) of this photo.
    seconds: what the stage took, or None where nothing is computed. residuals: of the solver.
    costs: of all stages, where the road is summed up.
    """

    name: str
    title: str
    words: str
    equations: tuple[str, ...]
    source: str
    pictures: tuple[Picture, ...]
    facts: tuple[tuple[str, str], ...] = ()
    seconds: float | None = None
    residuals: tuple[float, ...] = ()
    costs: tuple[Cost, ...] = ()


def duration(seconds: float) -> str:
    """Seconds in words, milliseconds where they are few."""
    return f"{seconds:.2f} s" if seconds >= 0.1 else f"{1000 * seconds:.1f} ms"


def memory_in_words(count: float) -> str:
    """Bytes in words, in decimal units."""
    if count >= 1e9:
        return f"{count / 1e9:,.1f} GB"
    return f"{count / 1e6:,.1f} MB" if count >= 1e5 else f"{count / 1e3:,.1f} KB"
