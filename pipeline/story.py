"""What a solver did, for the page that shows every step: recorded only on request."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from pipeline.band import Band


@dataclass(frozen=True)
class SolverStep:
    """One step of the solver."""

    name: str
    seconds: float
    kept_bytes: int  # memory of the arrays that the step leaves to the next ones


@dataclass(frozen=True)
class Neighbour:
    """A neighbour of a pixel in feature space, at pixel (x, y) of the photo."""

    x: int
    y: int
    affinity: float  # k(i, j) in [0, 1]; 1 where the features are the same


@dataclass(eq=False)
class Story:
    """Filled in by ``knn_matting(image, trimap, story=Story())``."""

    unknowns: int = 0
    nonzeros: int = 0  # of the matrix
    scale: float = 1.0  # size of the photo solved for over the size of the photo given
    # Relative: before every iteration, and after the last.
    residuals: list[float] = field(default_factory=list)
    steps: list[SolverStep] = field(default_factory=list)
    with_links: bool = True  # keep the neighbours and their affinities
    _band: Band | None = None
    _neighbours: np.ndarray | None = None
    _affinities: np.ndarray | None = None

    @contextmanager
    def step(self, name: str) -> Iterator[list]:
        """Time a step; the arrays put into the list it yields are counted as kept."""
        kept: list[np.ndarray] = []
        begin = time.perf_counter()
        yield kept
        seconds = time.perf_counter() - begin
        self.steps.append(SolverStep(name, seconds, sum(array.nbytes for array in kept)))

    def keep_links(self, band: Band, neighbours: np.ndarray, affinities: np.ndarray) -> None:
        """Keep what the neighbour search found, if wanted."""
        if self.with_links:
            self._band, self._neighbours, self._affinities = band, neighbours, affinities

    def neighbours(self, x: int, y: int) -> list[Neighbour]:
        """The neighbours of an unknown pixel of the photo, strongest first.

        Raises LookupError for pixels that were not solved for and for qualities without a
        neighbour search.
        """
        if self._band is None:
            raise LookupError("This quality searches no neighbours.")
        rows, columns = self._band.window
        height, width = self._band.shape
        small_y = int((y + 0.5) * self.scale) - rows.start
        small_x = int((x + 0.5) * self.scale) - columns.start
        inside = 0 <= small_y < height and 0 <= small_x < width
        row = self._band.row[small_y * width + small_x] if inside else -1
        if row < 0:
            raise LookupError(f"Pixel ({x}, {y}) is not in the unknown band.")
        found = []
        for pixel, affinity in zip(self._neighbours[row], self._affinities[row]):
            if affinity > 0:
                there_y, there_x = divmod(int(pixel), width)
                found.append(
                    Neighbour(
                        x=int((there_x + columns.start + 0.5) / self.scale),
                        y=int((there_y + rows.start + 0.5) / self.scale),
                        affinity=float(affinity),
                    )
                )
        return sorted(found, key=lambda neighbour: -neighbour.affinity)
