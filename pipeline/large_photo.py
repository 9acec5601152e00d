"""Large photos: solve at a lower resolution, refine the matte at the photo's own pixels.

He & Sun, *Fast Guided Filter*, 2015: within a small window alpha is a linear function of colour,
``alpha = a . I + b``. The coefficients vary slowly, so they are computed on the small photo and
applied to the colours of the full one: edges and hairs come back as sharp as the photo has them.
"""

import cv2
import numpy as np

from pipeline.band import unit_range
from pipeline.laplacian import solve_symmetric
from pipeline.trimap import BACKGROUND, FOREGROUND, UNKNOWN

GUIDE_RADIUS = 1  # small pixels: a wider window bends the line between colours
GUIDE_EPSILON = 1e-4  # squared colour units of [0, 1]

# A small pixel is known only if (nearly) all the photo's pixels under it are.
NEARLY_ALL = 0.98

PIXELS_AT_ONCE = 1 << 18


def reduced(image: np.ndarray, trimap: np.ndarray, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """The photo and its trimap at `scale` (0 < scale < 1) of their size."""
    height, width = trimap.shape
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small_trimap = np.full(size[::-1], UNKNOWN, np.uint8)
    for label in (FOREGROUND, BACKGROUND):
        covered = (trimap == label).view(np.uint8) * np.uint8(255)
        covered = cv2.resize(covered, size, interpolation=cv2.INTER_AREA)
        small_trimap[covered >= NEARLY_ALL * 255] = label
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA), small_trimap


def refined_to_full_size(
    image: np.ndarray, unknown: np.ndarray, small_image: np.ndarray, small_alpha: np.ndarray
) -> np.ndarray:
    """(n,) float32 alpha in [0, 1] of the n unknown pixels (H, W) bool, in scan order."""
    coefficients = _line_coefficients(unit_range(small_image), small_alpha)
    height, width = unknown.shape
    small_height, small_width = small_alpha.shape
    pixels = np.flatnonzero(unknown)
    alpha = np.empty(len(pixels), np.float32)
    flat = image.reshape(-1, 3)
    for begin in range(0, len(pixels), PIXELS_AT_ONCE):
        part = pixels[begin : begin + PIXELS_AT_ONCE]
        y, x = np.divmod(part, width)
        small_x = ((x + 0.5) * (small_width / width) - 0.5).astype(np.float32)
        small_y = ((y + 0.5) * (small_height / height) - 0.5).astype(np.float32)
        here = _sampled(coefficients, small_x, small_y)
        color = unit_range(flat[part])
        alpha[begin : begin + len(part)] = (here[:, :3] * color).sum(1) + here[:, 3]
    return np.clip(alpha, 0, 1, out=alpha)


def _line_coefficients(guide: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """(h, w, 4) float32 a and b of the guided filter, averaged over the windows of a pixel."""
    size = (2 * GUIDE_RADIUS + 1,) * 2

    def average(values: np.ndarray) -> np.ndarray:
        return cv2.blur(values, size, borderType=cv2.BORDER_REFLECT)

    mean, mean_alpha = average(guide), average(alpha)
    covariance_alpha = average(guide * alpha[..., None]) - mean * mean_alpha[..., None]
    red, green, blue = cv2.split(guide)
    mean_red, mean_green, mean_blue = cv2.split(mean)
    matrix = [
        (average(first * second) - mean_first * mean_second + diagonal).astype(np.float64)
        for first, second, mean_first, mean_second, diagonal in (
            (red, red, mean_red, mean_red, GUIDE_EPSILON),
            (red, green, mean_red, mean_green, 0),
            (red, blue, mean_red, mean_blue, 0),
            (green, green, mean_green, mean_green, GUIDE_EPSILON),
            (green, blue, mean_green, mean_blue, 0),
            (blue, blue, mean_blue, mean_blue, GUIDE_EPSILON),
        )
    ]
    slope = solve_symmetric(*matrix, covariance_alpha)
    offset = mean_alpha - (slope * mean).sum(-1)
    return average(np.dstack([slope, offset]))


def _sampled(values: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(n, channels) bilinear samples of (h, w, channels) at n positions."""
    # cv2.remap takes no side longer than 32767, so the positions are folded into rows.
    columns = min(len(x), 1024)
    missing = -len(x) % columns
    x, y = (np.pad(line, (0, missing)).reshape(-1, columns) for line in (x, y))
    sampled = cv2.remap(values, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return sampled.reshape(-1, values.shape[2])[: x.size - missing]
