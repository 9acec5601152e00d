"""Making people look as if they stood where they were put: the place's light, their shadow."""

import cv2
import numpy as np

from pipeline.sampling import scaled_size

# Statistics and shadows have no fine detail, so they are computed on small copies.
SMALL_SIDE = 256
ROWS_AT_ONCE = 256

# At full strength so much of the difference is made up, and never more than so many units of
# CIELAB: skin that is turned further looks painted.
LIGHTNESS_SHARE, COLOUR_SHARE = 0.35, 0.5
MOST_LIGHTNESS, MOST_COLOUR = 14.0, 10.0
LEAST_CONTRAST, MOST_CONTRAST = 0.85, 1.15

# The shadow on a wall behind, in shares of the picture's height: it falls to the right and down.
SHADOW_OFFSET = (0.025, 0.02)
SHADOW_SOFTNESS = 0.03
SHADOW_DARKNESS = 0.55
# Where the feet can be seen: a flat ellipse under them, so wide beside the person's lower part.
CONTACT_SHARE = 0.04
CONTACT_WIDTH, CONTACT_HEIGHT = 0.6, 0.16


def match_light(
    foreground: np.ndarray, alpha: np.ndarray, background: np.ndarray, strength: float
) -> np.ndarray:
    """The foreground's colours, moved a little towards those of its new background.

    Mean and spread of each channel in a perceptual space, as in Reinhard, Ashikhmin, Gooch &
    Shirley, *Color Transfer between Images*, 2001, equations 10 and 11, in CIELAB and held back.

    foreground, background: (H, W, 3) uint8 RGB. alpha: (H, W) float in [0, 1]. strength: 0, the
    foreground as it is, to 1.

    Returns (H, W, 3) uint8 RGB.
    """
    if strength == 0 or not (alpha > 0.5).any():
        return foreground
    small = _small_size(alpha.shape)
    weight = cv2.resize(alpha.astype(np.float32), small, interpolation=cv2.INTER_AREA)
    person = _statistics(cv2.resize(foreground, small, interpolation=cv2.INTER_AREA), weight)
    place = _statistics(
        cv2.resize(background, small, interpolation=cv2.INTER_AREA), np.ones_like(weight)
    )
    share = np.float32([LIGHTNESS_SHARE, COLOUR_SHARE, COLOUR_SHARE])
    most = np.float32([MOST_LIGHTNESS, MOST_COLOUR, MOST_COLOUR])
    shift = strength * np.clip(share * (place[0] - person[0]), -most, most)
    contrast = np.clip(place[1][0] / max(person[1][0], 1e-3), LEAST_CONTRAST, MOST_CONTRAST)
    # Only lightness: a plain background has no spread of colour that a person should take on.
    scale = np.float32([1 + strength * LIGHTNESS_SHARE * (contrast - 1), 1, 1])
    matched = np.empty_like(foreground)
    for start in range(0, len(foreground), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        lab = _lab(foreground[rows])
        lab = (lab - person[0]) * scale + person[0] + shift
        matched[rows] = np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB) * 255 + 0.5, 0, 255)
    return matched


def cast_shadow(background: np.ndarray, alpha: np.ndarray, strength: float) -> np.ndarray:
    """The background with the person's soft shadow on it, and a dark place where feet stand.

    background: (H, W, 3) uint8 RGB. alpha: (H, W) float in [0, 1]. strength: 0, none, to 1.

    Returns (H, W, 3) uint8 RGB, nowhere lighter than the background.
    """
    if strength == 0:
        return background
    height, width = alpha.shape
    small = _small_size(alpha.shape)
    shape = cv2.resize(alpha.astype(np.float32), small, interpolation=cv2.INTER_AREA)
    across, down = (share * small[1] for share in SHADOW_OFFSET)
    moved = cv2.warpAffine(
        shape, np.float32([[1, 0, across], [0, 1, down]]), small, borderMode=cv2.BORDER_REPLICATE
    )
    moved[:, : int(np.ceil(across))] = 0
    shadow = cv2.GaussianBlur(moved, (0, 0), max(0.5, SHADOW_SOFTNESS * small[1]))
    shadow = np.maximum(shadow, _contact(shape))
    shadow = cv2.resize(shadow, (width, height), interpolation=cv2.INTER_LINEAR)
    result = np.empty_like(background)
    for start in range(0, height, ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        left = 1 - strength * SHADOW_DARKNESS * np.clip(shadow[rows], 0, 1)
        result[rows] = background[rows] * left[..., None] + 0.5  # rounded, not cut off
    return result


def _contact(alpha: np.ndarray) -> np.ndarray:
    """A soft ellipse under whoever stands free of the lower edge; nothing under a bust."""
    height, width = alpha.shape
    rows = np.flatnonzero((alpha > 0.5).any(1))
    if not len(rows) or rows[-1] >= height - 2:
        return np.zeros_like(alpha)
    bottom = rows[-1]
    lowest = alpha[max(0, int(bottom - CONTACT_SHARE * height)) : bottom + 1].max(0) > 0.5
    columns = np.flatnonzero(lowest)
    middle, half = (columns[0] + columns[-1]) / 2, (columns[-1] - columns[0] + 1) / 2
    reach = max(2.0, half * (1 + CONTACT_WIDTH))
    x = (np.arange(width, dtype=np.float32) - middle)[None, :] / reach
    y = (np.arange(height, dtype=np.float32) - bottom)[:, None] / (CONTACT_HEIGHT * 2 * reach)
    return np.exp(-3 * (x**2 + y**2)).astype(np.float32)


def _statistics(image: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weighted mean and standard deviation of the CIELAB channels, (3,) float32 each."""
    lab = _lab(image).reshape(-1, 3)
    weight = weight.reshape(-1, 1) / weight.sum()
    mean = (weight * lab).sum(0)
    return mean, np.sqrt((weight * (lab - mean) ** 2).sum(0))


def _lab(image: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)


def _small_size(shape: tuple[int, int]) -> tuple[int, int]:
    scale = min(1.0, SMALL_SIDE / max(shape))
    return scaled_size(shape, scale)
