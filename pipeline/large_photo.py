"""Large photos: solve at a lower resolution, refine the matte at the photo's own pixels.

He & Sun, *Fast Guided Filter*, 2015: within a small window alpha is a linear function of colour,
``alpha = a . I + b``. The coefficients vary slowly, so they are computed on the small photo and
applied to the colours of the full one: edges and hairs come back as sharp as the photo has them.
"""

import cv2
import numpy as np

from pipeline.band import unit_range
from pipeline.laplacian import planes, scatter, solve_symmetric
from pipeline.sampling import sample_at, scaled_size
from pipeline.trimap import BACKGROUND, FOREGROUND, UNKNOWN, unknown_pixels

GUIDE_RADIUS = 1  # small pixels: a wider window bends the line between colours
GUIDE_EPSILON = 1e-4  # squared colour units of [0, 1]

# A small pixel is known only if (nearly) all the photo's pixels under it are.
NEARLY_ALL = 0.98
# Unless less than this share of what is known would be left.
LEAST_KEPT = 0.5

PIXELS_AT_ONCE = 1 << 18


def reduced(image: np.ndarray, trimap: np.ndarray, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """The photo and its trimap at `scale` (0 < scale < 1) of their size."""
    size = scaled_size(trimap.shape, scale)
    small_trimap = np.full(size[::-1], UNKNOWN, np.uint8)
    covered = {
        label: cv2.resize(
            (trimap == label).view(np.uint8) * np.uint8(255), size, interpolation=cv2.INTER_AREA
        )
        for label in (FOREGROUND, BACKGROUND)
    }
    for label, other in ((FOREGROUND, BACKGROUND), (BACKGROUND, FOREGROUND)):
        known = covered[label] >= NEARLY_ALL * 255
        if np.count_nonzero(known) < LEAST_KEPT * covered[label].mean() / 255 * known.size:
            # Strokes thinner than a small pixel would be lost, and with them what was painted.
            known = (covered[label] > 0) & (covered[label] >= covered[other])
        small_trimap[known] = label
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA), small_trimap


def refined_to_full_size(
    image: np.ndarray,
    unknown: np.ndarray,
    small_image: np.ndarray,
    small_trimap: np.ndarray,
    small_alpha: np.ndarray,
) -> np.ndarray:
    """(n,) float32 alpha in [0, 1] of the n unknown pixels (H, W) bool, in scan order."""
    height, width = unknown.shape
    small_height, small_width = small_alpha.shape
    pixels = np.flatnonzero(unknown)
    parts = range(0, len(pixels), PIXELS_AT_ONCE)
    # Where a few unknown pixels were lost in the small trimap, they are asked for all the same.
    asked_for = unknown_pixels(small_trimap)
    for begin in parts:
        y, x = np.divmod(pixels[begin : begin + PIXELS_AT_ONCE], width)
        asked_for[y * small_height // height, x * small_width // width] = True
    coefficients = _line_coefficients(small_image, small_alpha, asked_for)
    alpha = np.empty(len(pixels), np.float32)
    flat = image.reshape(-1, 3)
    for begin in parts:
        part = pixels[begin : begin + PIXELS_AT_ONCE]
        y, x = np.divmod(part, width)
        small_x = ((x + 0.5) * (small_width / width) - 0.5).astype(np.float32)
        small_y = ((y + 0.5) * (small_height / height) - 0.5).astype(np.float32)
        here = sample_at(coefficients, small_x, small_y)
        color = unit_range(flat.take(part, 0))
        alpha[begin : begin + len(part)] = (here[:, :3] * color).sum(1) + here[:, 3]
    return np.clip(alpha, 0, 1, out=alpha)


def _line_coefficients(image: np.ndarray, alpha: np.ndarray, unknown: np.ndarray) -> np.ndarray:
    """(h, w, 4) float32 a and b of the guided filter, averaged over the windows of a pixel.

    Zero farther than a few pixels from the unknown ones, where nobody asks for them.
    """
    height, width = alpha.shape
    # One pixel for the bilinear sample and one for the average over windows.
    near = cv2.dilate(unknown.view(np.uint8), np.ones((5, 5), np.uint8))
    y, x = np.nonzero(near)
    windows = [
        np.clip(y + dy, 0, height - 1) * width + np.clip(x + dx, 0, width - 1)
        for dy in range(-GUIDE_RADIUS, GUIDE_RADIUS + 1)
        for dx in range(-GUIDE_RADIUS, GUIDE_RADIUS + 1)
    ]
    windows = np.stack(windows)
    count = len(windows)
    colors, alphas = planes(unit_range(image.reshape(-1, 3).take(windows, 0))), alpha.ravel()[windows]
    mean, mean_alpha = colors.mean(1), alphas.mean(0)
    colors -= mean[:, None]
    covariance_alpha = np.einsum("ckn,kn->cn", colors, alphas) / np.float32(count)
    slope = solve_symmetric(scatter(colors, GUIDE_EPSILON * count, 1 / count), covariance_alpha)
    coefficients = np.zeros((height, width, 4), np.float32)
    coefficients[y, x, :3] = slope.T
    coefficients[y, x, 3] = mean_alpha - (slope * mean).sum(0)
    return cv2.blur(coefficients, (2 * GUIDE_RADIUS + 1,) * 2, borderType=cv2.BORDER_REFLECT)
