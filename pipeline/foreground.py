"""The subject's own colours, freed of the background that shines through hair and edges.

A pixel is the mixture ``I = alpha F + (1 - alpha) B``. Pasting I itself on a new background
leaves a halo of the old one; F does not. F and B are found from coarse to fine as in Germer,
Uelwer, Conrad & Harmeling, *Fast Multi-Level Foreground Estimation*, ICPR 2020, but only where
alpha is neither 0 nor 1: elsewhere one of the two is the photo itself.
"""

import cv2
import numpy as np

from pipeline.arrays import ALPHA_ROUNDING, check_picture, check_shares
from pipeline.sampling import scaled_size

# Equation 3 of the paper: neighbours are pulled together with this weight, and more strongly
# across an edge of alpha, where the photo tells F and B apart least.
REGULARIZATION = 1e-5
EDGE_WEIGHT = 0.1

# Ours: a neighbour's F counts in proportion to its alpha (its B to 1 - alpha) plus this much.
# Halves the paper's error on known composites (benchmarks/foreground.py).
LEAST_TRUST = 0.03

COARSEST = 2  # pixels of the longer side where averages start the descent
SMALL = 64  # pixels of the longer side; sweeps on smaller levels cost next to nothing
SWEEPS_SMALL = 10
SWEEPS = 2
# Pixels of a level from which one sweep must do: the last levels of a phone's photo begin close to
# their solution and take most of the time.
LARGE = 4_000_000
PIXELS_AT_ONCE = 1 << 16

# Alphas this close to 0 and 1 are noise of a solver, not transparency: half an 8-bit step.
OPAQUE = 1 - 0.5 / 255
EMPTY = 0.5 / 255


def estimate_foreground(image: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """The foreground colours F of a photo given its alpha matte.

    image: (H, W, 3) uint8 RGB. alpha: (H, W) float in [0, 1].

    Returns (H, W, 3) uint8 RGB. Equal to the photo where alpha is 1; where alpha is 0 the nearby
    foreground's colours, so that scaling a cut-out brings no old background back.

    Raises ImageError if the two do not have these shapes, types and ranges.

    >>> import numpy as np
    >>> image = np.full((2, 3, 3), 100, np.uint8)
    >>> estimate_foreground(image, np.ones((2, 3), np.float32))[0, 0]
    array([100, 100, 100], dtype=uint8)
    """
    image, alpha = _checked(image, alpha)
    sizes = _sizes(alpha.shape)
    foreground, background = _coarsest(image, alpha, sizes[0])
    for width, height in sizes:
        # Picking pixels, not averaging them, keeps I = alpha F + (1 - alpha) B true.
        level_image = _picked(image, (width, height))
        level_alpha = _picked(alpha, (width, height))
        foreground = cv2.resize(foreground, (width, height), interpolation=cv2.INTER_LINEAR)
        background = cv2.resize(background, (width, height), interpolation=cv2.INTER_LINEAR)
        opaque, empty = level_alpha >= OPAQUE, level_alpha <= EMPTY
        cv2.copyTo(level_image, opaque.view(np.uint8), foreground)
        cv2.copyTo(level_image, empty.view(np.uint8), background)
        # In place, as each array of a phone's photo counts at the peak of memory.
        mixed = np.logical_not(np.logical_or(opaque, empty, out=empty), out=empty)
        # One pixel further, so that F goes on into the background and B behind the subject.
        mixed = cv2.dilate(mixed.view(np.uint8), np.ones((3, 3), np.uint8))
        mixed = np.flatnonzero(mixed).astype(np.int32)
        for _ in range(_sweeps(width, height)):
            for parity in (0, 1):
                half = mixed[(mixed % width + mixed // width) % 2 == parity]
                for begin in range(0, len(half), PIXELS_AT_ONCE):
                    pixels = half[begin : begin + PIXELS_AT_ONCE]
                    _relax(level_image, level_alpha, pixels, foreground, background)
    return cv2.copyTo(image, opaque.view(np.uint8), foreground)


def _sweeps(width: int, height: int) -> int:
    if max(width, height) <= SMALL:
        return SWEEPS_SMALL
    return SWEEPS if width * height < LARGE else 1


def _relax(
    image: np.ndarray,
    alpha: np.ndarray,
    pixels: np.ndarray,
    foreground: np.ndarray,
    background: np.ndarray,
) -> None:
    """Set F and B of the given flat pixels to their best values for fixed neighbours.

    The 2x2 system of equation 4: the mixture must give the photo's colour, and F and B must be
    like those of the four neighbours. Solved by starting from the neighbours' means and sharing
    what the mixture then lacks.
    """
    height, width = alpha.shape
    image, alpha = image.reshape(-1, 3), alpha.ravel()
    flat_foreground, flat_background = foreground.reshape(-1, 3), background.reshape(-1, 3)
    y, x = np.divmod(pixels, np.int32(width))
    # `take` reads rows of three in two thirds of the time that indexing needs.
    share = alpha.take(pixels)
    rest = 1 - share
    foreground_mean = np.zeros((len(pixels), 3), np.float32)
    background_mean = np.zeros((len(pixels), 3), np.float32)
    foreground_total = np.zeros(len(pixels), np.float32)
    background_total = np.zeros(len(pixels), np.float32)
    for neighbour in (
        pixels - (x > 0),
        pixels + (x < width - 1),
        pixels - width * (y > 0),
        pixels + width * (y < height - 1),
    ):
        its_share = alpha.take(neighbour)
        pull = REGULARIZATION + EDGE_WEIGHT * np.abs(share - its_share)
        weight = pull * (its_share + LEAST_TRUST)
        foreground_total += weight
        foreground_mean += weight[:, None] * flat_foreground.take(neighbour, 0)
        weight = pull * (1 - its_share + LEAST_TRUST)
        background_total += weight
        background_mean += weight[:, None] * flat_background.take(neighbour, 0)
    foreground_mean /= foreground_total[:, None]
    background_mean /= background_total[:, None]
    residual = image.take(pixels, 0) - share[:, None] * foreground_mean
    residual -= rest[:, None] * background_mean
    foreground_step = share / foreground_total
    background_step = rest / background_total
    residual /= (1 + share * foreground_step + rest * background_step)[:, None]
    flat_foreground[pixels] = _bytes(foreground_mean + foreground_step[:, None] * residual)
    flat_background[pixels] = _bytes(background_mean + background_step[:, None] * residual)


def _coarsest(
    image: np.ndarray, alpha: np.ndarray, size: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Averages of the photo weighted by alpha and by 1 - alpha, at the coarsest size."""
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    share = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)[..., None]
    averages = []
    for weight in (share, 1 - share):
        whole = (weight * small).sum((0, 1)) / max(float(weight.sum()), EMPTY)
        # A cell with little of its own falls back on the average over the whole photo.
        averages.append(_bytes((weight * small + 0.01 * whole) / (weight + 0.01)))
    return averages[0], averages[1]


def _sizes(shape: tuple[int, int]) -> list[tuple[int, int]]:
    """(width, height) of the levels, coarsest first, each twice the one before."""
    levels = max(0, int(np.log2(max(shape) / COARSEST)))
    return [scaled_size(shape, 1 / 2**level) for level in range(levels, -1, -1)]


def _picked(values: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    if values.shape[1::-1] == size:
        return values
    return cv2.resize(values, size, interpolation=cv2.INTER_NEAREST)


def _bytes(colors: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(colors), 0, 255).astype(np.uint8)


def _checked(image: np.ndarray, alpha: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    image, alpha = np.asarray(image), np.asarray(alpha)
    check_picture("photo", image)
    check_shares("alpha matte", alpha, image.shape[:2], rounding=ALPHA_ROUNDING)
    if alpha.min() < 0 or alpha.max() > 1:
        alpha = np.clip(alpha, 0, 1)
    # No copies where none are needed: a phone's photo has 50 MB of alpha.
    return np.ascontiguousarray(image), np.ascontiguousarray(alpha, np.float32)
