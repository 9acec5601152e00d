"""What alpha the known colours around a pixel suggest, before the Laplacians smooth it.

The idea of sampling (Wang & Cohen, *Optimized Color Sampling for Robust Matting*, CVPR 2007;
Gastal & Oliveira, *Shared Sampling for Real-Time Alpha Matting*, 2010) is to explain a pixel as a
mixture of a known foreground and a known background colour near it.
"""

import numpy as np

from pipeline.band import Band
from pipeline.laplacian import nearest_neighbours, scatter, solve_symmetric


def ridge_prior(
    band: Band, samples: int, position_weight: float, regularization: float, workers: int
) -> tuple[np.ndarray, np.ndarray]:
    """Alpha by ridge regression of the label on colour, and how much to trust it.

    For every unknown pixel the `samples` nearest known foreground and background pixels in
    ``(RGB, position_weight * position)`` carry labels 1 and 0; alpha is the regression
    ``label = a . colour + b`` evaluated at the pixel. Trust is the mean squared difference per
    channel between the two mean colours: where they look alike, colour says nothing.

    Returns (n,) float32 alpha in [0, 1] and (n,) float32 trust in [0, 1].
    """
    queries = _sample_space(band, band.unknown, position_weight)
    sides = []
    for known in band.known_nearby():
        references = _sample_space(band, known, position_weight)
        sides.append(band.rgb(known[nearest_neighbours(references, queries, samples, workers)[1]]))
    foreground, background = sides
    colors = np.concatenate(sides, 1)
    mean = colors.mean(1, keepdims=True)
    share = foreground.shape[1] / colors.shape[1]
    centered = colors - mean
    covariance = scatter(centered, regularization * colors.shape[1] / 2 / samples)
    slope = solve_symmetric(*covariance, band.rgb(band.unknown) - mean[:, 0])
    label_scatter = (foreground - mean).sum(1) * (1 - share) - (background - mean).sum(1) * share
    alpha = share + (slope * label_scatter).sum(1)
    apart = foreground.mean(1) - background.mean(1)
    return np.clip(alpha, 0, 1), (apart**2).mean(1)


def _sample_space(band: Band, pixels: np.ndarray, position_weight: float) -> np.ndarray:
    position = np.float32(position_weight) * band.position(pixels)
    return np.concatenate([band.rgb(pixels), position], 1)
