"""Feature maps as pictures: the liveliest channels side by side, or all in three colours."""

import cv2
import numpy as np

from pipeline.drawings import DARK, GOLD, PALE

GAP = 4  # pixels between two maps of a mosaic


def mosaic(maps: np.ndarray, columns: int, rows: int, width: int) -> np.ndarray:
    """The channels of (h, w, channels) that vary most, each from dark at its least to pale.

    Returns (H, W, 3) uint8, every map `width` pixels wide with its own pixels to be seen; places for
    which there is no channel stay dark.
    """
    height = round(width * maps.shape[0] / maps.shape[1])
    liveliest = np.argsort(-maps.std(axis=(0, 1)), kind="stable")[: columns * rows]
    shares = _between_extremes(maps)
    picture = np.full(
        (rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, 3), DARK, np.uint8
    )
    for place, channel in enumerate(liveliest):
        row, column = divmod(place, columns)
        top, left = row * (height + GAP), column * (width + GAP)
        tile = cv2.resize(shares[..., channel], (width, height), interpolation=cv2.INTER_NEAREST)
        picture[top : top + height, left : left + width] = glowing(tile)
    return picture


def glowing(values: np.ndarray) -> np.ndarray:
    """(H, W) numbers from dark at zero and below through gold to pale at their maximum."""
    share = np.clip(values / max(float(values.max()), 1e-9), 0, 1)[..., None]
    stops = np.float32([DARK, GOLD, PALE])
    lower = np.minimum((2 * share).astype(int), 1)[..., 0]
    within = 2 * share - lower[..., None]
    return np.rint(stops[lower] * (1 - within) + stops[lower + 1] * within).astype(np.uint8)


def in_three_colours(maps: np.ndarray) -> np.ndarray:
    """The three principal components of (h, w, channels) as red, green and blue: like pixels get
    like colours. Returns (h, w, 3) uint8.
    """
    height, width, channels = maps.shape
    values = maps.reshape(-1, channels).astype(np.float64)
    values -= values.mean(axis=0)
    _, directions = np.linalg.eigh(values.T @ values)
    components = values @ directions[:, :-4:-1]
    # A direction may come out either way round; the first pixel, a background corner, is dark.
    components *= np.where(components[0] > 0, -1, 1)
    share = _between_extremes(components.reshape(height, width, 3))
    return np.rint(255 * share).astype(np.uint8)


def _between_extremes(maps: np.ndarray) -> np.ndarray:
    """Each channel of (h, w, channels) from 0 to 1, whatever its sign; a few outliers are cut off."""
    low, high = np.percentile(maps, (1, 99), axis=(0, 1))
    return np.clip((maps - low) / np.maximum(high - low, 1e-9), 0, 1)
