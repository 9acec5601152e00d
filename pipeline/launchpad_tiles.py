"""A whole photo on a board that holds a tile: alternating Schwarz, coarse to fine.

The unknown pixels are split into cores of 12 x 12; each is solved in a tile of 26 x 26 around it,
with the unknown pixels outside the core held at their latest alpha (H. A. Schwarz 1870; the matrix
of a tile is the global one restricted to its core). Sweeps over all tiles, every other one shifted
by half a core, converge to the solution of the whole; starting from the solution of the photo at
half the size, that from a quarter and that from an eighth leaves only fine detail to each sweep. A
step from pixel to pixel counts twice as far at half the size, so that both pose the same problem,
and below that as far as the board lets it. All
tiles of a photo are projected onto the same two axes, which the board finds in one job on 800 of
its pixels.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.ndimage import zoom

from pipeline.image_error import ImageError
from pipeline.launchpad import TOO_MUCH, JobRefused, Launchpad
from pipeline.launchpad_bytes import MOST_SPATIAL, Parameters, codes_from_trimap
from pipeline.launchpad_report import FOREGROUND_CODE, UNKNOWN_CODE, Solution

# A tile this large with every pixel of its core unknown just fits (benchmarks/launchpad.py).
TILE, CORE = 26, 12
# A neighbour that a tile cannot see is the method's main error: at 8, pixels choose neighbours a
# dozen pixels away, at 24 they rarely leave the tile (benchmarks/launchpad.py spatial).
TILES = Parameters(spatial=24)
# The first solve is of the photo at 1/8 of its size.
COARSEST = 8
# Sweeps below and at full size: after these, what remains is the cut of the graph at tile borders,
# which no further sweep mends (benchmarks/launchpad.py).
COARSE_SWEEPS, FINE_SWEEPS, LAST_SWEEPS = 3, 8, 2
# Successive over-relaxation of whole cores: each moves this many times as far as its solution says,
# which smooths out what one tile cannot see in half the sweeps; the last do without.
RELAXATION = 1.5
# A level is done early when a sweep moves its unknown pixels by less than this on average, in
# 1/254.
SETTLED = 0.75


@dataclass
class Totals:
    """What all jobs so far cost on the board."""

    jobs: int = 0
    compute_seconds: float = 0.0
    wire_seconds: float = 0.0
    energy_joules: float = 0.0
    least_stack_unused: int = 4096
    retries: int = 0

    @property
    def seconds(self) -> float:
        """Time a real board would take: computing and the wire."""
        return self.compute_seconds + self.wire_seconds

    def add(self, solution: Solution) -> None:
        """Counts one job."""
        self.jobs += 1
        self.compute_seconds += sum(phase.seconds for phase in solution.phases[1:])
        self.wire_seconds += solution.wire.seconds
        self.energy_joules += solution.energy_joules
        self.least_stack_unused = min(self.least_stack_unused, solution.stack_unused)
        self.retries += solution.wire.failed_attempts


@dataclass(frozen=True)
class TileStep:
    """One tile done: the level (1: full size, 2: half ...), sweep, box (top, left, bottom, right)
    at that level, and the job's own report."""

    level: int
    sweep: int
    box: tuple[int, int, int, int]
    solution: Solution


@dataclass(eq=False)
class _Level:
    """A photo at one size, codes (h, w) float: alpha * 254 where known or solved so far."""

    factor: int
    image: np.ndarray
    unknown: np.ndarray
    codes: np.ndarray
    moved: np.ndarray = field(init=False)
    sweep: int = 0

    def __post_init__(self):
        self.moved = np.full(self.unknown.shape, 255.0)


def shrink(image: np.ndarray, codes: np.ndarray, factor: int) -> tuple[np.ndarray, np.ndarray]:
    """Means of blocks of factor x factor, and codes that are known only where a block agrees.

    image (H, W, 3) uint8, codes (H, W) uint8; both results are H / factor by W / factor, rounded
    up: at the far ends the last row and column are repeated.
    """
    small = np.round(_blocks(image, factor).mean((1, 3))).astype(np.uint8)
    return small, shrink_codes(codes, factor)


def shrink_codes(codes: np.ndarray, factor: int) -> np.ndarray:
    """The codes alone, as `shrink` has them."""
    blocks = _blocks(codes, factor)
    low, high = blocks.min((1, 3)), blocks.max((1, 3))
    return np.where(low == high, low, UNKNOWN_CODE).astype(np.uint8)


def _blocks(pixels: np.ndarray, factor: int) -> np.ndarray:
    height, width = (-(-side // factor) for side in pixels.shape[:2])
    pad = np.zeros((pixels.ndim, 2), int)
    pad[:2, 1] = height * factor - pixels.shape[0], width * factor - pixels.shape[1]
    padded = np.pad(pixels, pad, "edge")
    return padded.reshape(height, factor, width, factor, *pixels.shape[2:])


def _starts(length: int, offset: int) -> range:
    return range(-offset, length, CORE)


class PhotoMatting:
    """One photo being matted by a board; it can be interrupted anywhere and continued.

    `alpha` is the state so far at full size. If a step raises LaunchpadError (the cable was
    pulled), call `steps` again with a board that works: it goes on with the tile that failed.

    >>> matting = PhotoMatting(image, trimap)
    >>> for step in matting.steps(board):
    ...     show(matting.alpha, step.box)
    """

    def __init__(self, image: np.ndarray, trimap: np.ndarray, parameters: Parameters = TILES):
        """image (H, W, 3) uint8, trimap (H, W) uint8 0/128/255. Raises ImageError."""
        self.image, self.codes = np.asarray(image), codes_from_trimap(trimap)
        if self.image.dtype != np.uint8 or self.image.shape != (*self.codes.shape, 3):
            raise ImageError("The photo has to be 8-bit RGB and the trimap as large as the photo.")
        if min(self.codes.shape) < 8:
            raise ImageError("The photo has to be at least 8 pixels wide and high.")
        self.parameters, self.totals, self.finished = parameters, Totals(), False
        self._projection = None
        self._level = self._first_level()
        self._remaining: list[tuple[int, int]] | None = None

    @property
    def alpha(self) -> np.ndarray:
        """(H, W) float32 0..1, from the latest level that was solved."""
        return (self._upsampled(self._level, 1) / FOREGROUND_CODE).astype(np.float32)

    def steps(self, board: Launchpad) -> Iterator[TileStep]:
        """Solves tile after tile, yielding each, until the photo is done."""
        if self._projection is None:
            self._projection = self._find_axes(board)
        while not self.finished:
            level = self._level
            if self._remaining is None:
                self._remaining = self._cores(level)
            while self._remaining:
                box, solution = self._solve_core(board, level, *self._remaining[0])
                self._remaining.pop(0)
                yield TileStep(level.factor, level.sweep, box, solution)
            self._remaining = None
            self._advance(level)

    def _first_level(self) -> _Level:
        factor = COARSEST
        while factor > 1 and min(self.codes.shape) // factor < 8:
            factor //= 2
        return self._make_level(factor, None)

    def _make_level(self, factor: int, coarser: _Level | None) -> _Level:
        image, codes = shrink(self.image, self.codes, factor)
        unknown = codes == UNKNOWN_CODE
        start = np.full(codes.shape, FOREGROUND_CODE / 2)
        if coarser is not None:
            start = self._upsampled(coarser, factor)
        return _Level(factor, image, unknown, np.where(unknown, start, codes))

    def _upsampled(self, level: _Level, factor: int) -> np.ndarray:
        """The codes of a level at another level's size, known pixels as the trimap has them."""
        codes = level.codes
        if level.factor != factor:
            codes = zoom(codes, level.factor // factor, order=1, mode="nearest", grid_mode=True)
        exact = shrink_codes(self.codes, factor)
        codes = np.clip(codes[:exact.shape[0], :exact.shape[1]], 0, FOREGROUND_CODE)
        return np.where(exact == UNKNOWN_CODE, codes, exact)

    def _find_axes(self, board: Launchpad):
        pixels = self.image.reshape(-1, 3)
        chosen = pixels[np.linspace(0, len(pixels) - 1, min(800, len(pixels))).astype(int)]
        known = np.zeros((1, len(chosen)), np.uint8)
        solution = board.matte_tile(chosen[None], known, parameters=self.parameters)
        self.totals.add(solution)
        return solution.projection

    def _cores(self, level: _Level) -> list[tuple[int, int]]:
        """Corners of the cores to solve in this sweep; odd sweeps are shifted by half a core."""
        offset = CORE // 2 if level.sweep % 2 else 0
        height, width = level.unknown.shape
        cores = [(y, x) for y in _starts(height, offset) for x in _starts(width, offset)
                 if level.unknown[max(y, 0):y + CORE, max(x, 0):x + CORE].any()]
        return cores[::-1] if level.sweep % 4 >= 2 else cores

    def _solve_core(self, board: Launchpad, level: _Level, y: int, x: int):
        height, width = level.unknown.shape
        top, left = (min(max(start - (TILE - CORE) // 2, 0), max(side - TILE, 0))
                     for start, side in ((y, height), (x, width)))
        tile = np.s_[top:top + TILE, left:left + TILE]
        core = np.zeros(level.unknown[tile].shape, bool)
        core[max(y, 0) - top:y + CORE - top, max(x, 0) - left:x + CORE - left] = True
        solution = self._solve_pixels(board, level, tile, core & level.unknown[tile])
        return (top, left, top + core.shape[0], left + core.shape[1]), solution

    def _solve_pixels(self, board, level, tile, core):
        """Some pixels of a tile; one half after the other where a board with less memory, as the
        Energia sketch has, cannot hold them at once."""
        codes = np.round(level.codes[tile])
        held = level.unknown[tile] & ~core
        codes[held] = np.clip(codes[held], 1, FOREGROUND_CODE - 1)
        codes[core] = UNKNOWN_CODE
        spatial = min(level.factor * self.parameters.spatial, MOST_SPATIAL)
        try:
            solution = board.matte_tile(level.image[tile], codes.astype(np.uint8),
                                        parameters=replace(self.parameters, spatial=spatial),
                                        axes=self._projection)
        except JobRefused as refusal:
            if refusal.status not in TOO_MUCH or np.count_nonzero(core) < 2:
                raise
            for half in np.array_split(np.flatnonzero(core), 2):
                part = np.zeros_like(core)
                part.flat[half] = True
                solution = self._solve_pixels(board, level, tile, part)
            return solution
        self.totals.add(solution)
        before = level.codes[tile][core]
        change = solution.codes[core] - before
        is_last = level.factor == 1 and level.sweep >= FINE_SWEEPS - LAST_SWEEPS
        moved = before + (1.0 if is_last else RELAXATION) * change
        level.codes[tile][core] = np.clip(moved, 0, FOREGROUND_CODE)
        level.moved[tile][core] = abs(change)
        return solution

    def _advance(self, level: _Level) -> None:
        level.sweep += 1
        moved = level.moved[level.unknown].mean() if level.unknown.any() else 0
        if moved >= SETTLED and level.sweep < (FINE_SWEEPS if level.factor == 1 else COARSE_SWEEPS):
            return
        if level.factor == 1:
            self.finished = True
        else:
            self._level = self._make_level(level.factor // 2, level)
