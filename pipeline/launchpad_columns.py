"""A photo column by column on the board, as its 2018 predecessor took a signal of length 800."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from pipeline.image_error import ImageError
from pipeline.launchpad import TOO_MUCH, JobRefused, Launchpad
from pipeline.launchpad_bytes import COLUMN, MOST_SPATIAL, Parameters, codes_from_trimap
from pipeline.launchpad_report import FOREGROUND_CODE, UNKNOWN_CODE, Solution
from pipeline.launchpad_tiles import shrink

ROUNDS = 6
SLACK_BYTES = 8  # what rounding up the parts of the arena can take


@dataclass(frozen=True, eq=False)
class Column:
    """One column done: where, its alpha (H,) float32, and the jobs it took."""

    x: int
    alpha: np.ndarray
    solutions: tuple[Solution, ...]


def sweep_columns(
    board: Launchpad,
    photo: np.ndarray,
    trimap: np.ndarray,
    parameters: Parameters = COLUMN,
    first: int = 0,
) -> Iterator[Column]:
    """Solves every column with unknown pixels, from left to right, yielding each.

    photo: (H, W, 3) uint8 with H up to 800, trimap: (H, W) uint8 0/128/255. A column with more
    unknown pixels than fit is solved in parts, where 4 H + 84 bytes fit (firmware/README.md). After an interruption, `first` = x + 1 of the last
    column that came goes on where it stopped. Raises LaunchpadError, ImageError.
    """
    if photo.shape[:2] != trimap.shape:
        raise ImageError("The trimap has to be as large as the photo.")
    codes = codes_from_trimap(trimap)
    for x in np.flatnonzero((codes == UNKNOWN_CODE).any(0)):
        if x < first:
            continue
        line = np.ascontiguousarray(photo[None, :, x])
        try:
            solutions = [board.matte_tile(line, codes[None, :, x], parameters=parameters)]
        except JobRefused as refusal:
            if refusal.status not in TOO_MUCH:
                raise
            solutions = _in_parts(board, line, codes[None, :, x], parameters)
        yield Column(int(x), solutions[-1].alpha[0], tuple(solutions))


def _in_parts(board, line, codes, parameters) -> list[Solution]:
    """Alternating Schwarz along the column: each part in turn, the others held at their latest.

    It starts from the column at a fraction of its length, in one job; in every other round the
    parts are shifted by half a part.
    """
    unknown = np.flatnonzero(codes[0] == UNKNOWN_CODE)
    size = _part_size(board.info().arena_bytes, codes.size, parameters.neighbours)
    solutions = [_shortened(board, line, codes, size, parameters)]
    state = codes.copy()
    short = solutions[0].codes[0].astype(float)
    centres = (np.arange(len(short)) + 0.5) * codes.size / len(short) - 0.5
    state[0, unknown] = np.round(np.interp(unknown, centres, short))
    for round_ in range(ROUNDS):
        offset = size // 2 if round_ % 2 else 0
        for start in range(-offset, len(unknown), size):
            part = unknown[max(start, 0) : start + size]
            state[0, unknown] = np.clip(state[0, unknown], 1, FOREGROUND_CODE - 1)
            state[0, part] = UNKNOWN_CODE
            solutions.append(board.matte_tile(line, state, parameters=parameters))
            state = solutions[-1].codes.copy()
    return solutions


def _part_size(arena_bytes: int, pixels: int, neighbours: int) -> int:
    """Unknown pixels that fit whatever their graph, with a byte of map a pixel.

    The three limits of firmware/README.md: of the search, of merging its finds, and of the solver.
    """
    searched = (arena_bytes - 3 * pixels - pixels // 8 - SLACK_BYTES) // (6 + neighbours)
    merged = (arena_bytes - pixels - SLACK_BYTES) // (11 + 2 * neighbours)
    solved = arena_bytes // (17 + 2 * neighbours)
    return min(searched, merged, solved)


def _shortened(board, line, codes, size, parameters) -> Solution:
    """The column at so small a fraction of its length that one job can hold its unknown pixels.

    Where unknown pixels are strewn among known ones there are hardly fewer in a shorter column.
    """
    factor = 2
    small, labels = shrink(line, codes, factor)
    while np.count_nonzero(labels == UNKNOWN_CODE) > size:
        factor *= 2
        small, labels = shrink(line, codes, factor)
    spatial = min(factor * parameters.spatial, MOST_SPATIAL)
    return board.matte_tile(small, labels, parameters=replace(parameters, spatial=spatial))
