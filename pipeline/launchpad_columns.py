"""A photo column by column on the board, as its 2018 predecessor took a signal of length 800."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipeline.launchpad import (
    FOREGROUND_CODE,
    UNKNOWN_CODE,
    JobRefused,
    Launchpad,
    Parameters,
    codes_from_trimap,
)
from pipeline.launchpad_report import Solution

COLUMN = Parameters(spatial=4)
TALLEST = 800
TOO_MUCH = (3, 4)
"""The refusals that a smaller part of the column may pass: unknown pixels, edges."""
PART = 90
"""Unknown pixels of one part; with the alpha of the others in its map, 115 fit a column of 800."""
ROUNDS = 3


@dataclass(frozen=True)
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
) -> Iterator[Column]:
    """Solves every column with unknown pixels, from left to right, yielding each.

    photo: (H, W, 3) uint8 with H up to 800, trimap: (H, W) uint8 0/128/255. A column with more
    unknown pixels than fit is solved in parts. Raises LaunchpadError, ImageError.
    """
    codes = codes_from_trimap(trimap)
    for x in np.flatnonzero((codes == UNKNOWN_CODE).any(0)):
        line = np.ascontiguousarray(photo[None, :, x])
        try:
            solutions = [board.matte_tile(line, codes[None, :, x], parameters=parameters)]
        except JobRefused as refusal:
            if refusal.status not in TOO_MUCH:
                raise
            solutions = _in_parts(board, line, codes[None, :, x], parameters)
        yield Column(int(x), solutions[-1].alpha[0], tuple(solutions))


def _in_parts(board, line, codes, parameters) -> list[Solution]:
    """Alternating Schwarz along the column: each part in turn, the others held at their latest."""
    unknown = np.flatnonzero(codes[0] == UNKNOWN_CODE)
    parts = np.array_split(unknown, -(-len(unknown) // PART))
    state = codes.copy()
    state[0, unknown] = FOREGROUND_CODE // 2
    solutions = []
    for _ in range(ROUNDS):
        for part in parts:
            state[0, unknown] = np.clip(state[0, unknown], 1, FOREGROUND_CODE - 1)
            state[0, part] = UNKNOWN_CODE
            solutions.append(board.matte_tile(line, state, parameters=parameters))
            state = solutions[-1].codes.copy()
    return solutions
