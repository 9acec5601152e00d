"""What alpha the known colours around a pixel suggest, before the Laplacians smooth it.

The idea of sampling (Wang & Cohen, *Optimized Color Sampling for Robust Matting*, CVPR 2007;
Gastal & Oliveira, *Shared Sampling for Real-Time Alpha Matting*, Eurographics 2010) is to explain
a pixel as a mixture of a known foreground and a known background colour near it. Two readings of
the same samples are combined, because they fail in different places: a regression over all of
them, steady but blunt, and the best mixtures of pairs, sharp where one pair explains the pixel.
Where all these colours are one, as a white shirt's before a white wall, neither can tell, and the
boundary lies in the middle between the known sides.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.band import Band, unit_range
from pipeline.laplacian import (
    Energy,
    data_energy,
    nearest_neighbours,
    planes,
    scatter,
    solve_symmetric,
)

# Chosen on the alphamatting photos; of these, cross-validation covers MIXTURE_WEIGHT alone
# (`python -m benchmarks.knn choose`).
SAMPLES = 7  # known pixels of each kind for the regression
PAIRED = 6  # of them, how many of each kind are paired
POSITION_WEIGHT = 10.0  # one photo width counts as ten times black and white in one channel
# Unknown pixels in a square of this side share the samples of its first pixel: a third of the time
# for errors on the alphamatting photos that differ in the third digit.
SHARING = 2
RIDGE = 1e-3  # squared colour units of [0, 1]
REGRESSION_WEIGHT = 0.05
REGRESSION_FLOOR = 0.005
MIXTURE_WEIGHT = 0.0025
COLOR_NOISE = 0.02  # colour distance, RGB in [0, 1], at which a pair stops explaining a pixel
UNEXPLAINED = 0.03  # colour distance of the best pair at which mixtures are not trusted
DISAGREEMENT = 0.25  # variance of alpha over the good pairs at which they are not trusted
# Chosen by eye on CC0 portraits, a white shirt against a white wall and a dark head against black
# among them: the strongest that does not raise the errors on the alphamatting photos.
MIDDLE_WEIGHT = 0.5
ONE_COLOR = 0.018  # root mean square of colour differences, RGB in [0, 1], that tell nothing
AROUND = 12  # pixels to every side of which the greys must be one
SOFTNESS = 2.0  # pixels from the middle to full alpha


@dataclass(frozen=True, eq=False)
class ColorSamples:
    """The known colours nearest to each of n unknown pixels, RGB float32 in [0, 1].

    And what tells whether they can decide between foreground and background.
    """

    color: np.ndarray  # (3, n) of the unknown pixels themselves
    foreground: np.ndarray  # (3, k, n), nearest first
    background: np.ndarray  # (3, k, n), nearest first
    depth: np.ndarray  # (n,) pixels from the middle of the band, see `Band.depth`
    spread: np.ndarray  # (n,) mean square of what the greys around differ by from the pixel's own

    @classmethod
    def gather(cls, band: Band, workers: int) -> "ColorSamples":
        """Nearest in ``(RGB, POSITION_WEIGHT * position)``; both kinds must occur near the band."""
        first, square = band.blocks(SHARING)
        queries = _sample_space(band, band.unknown[first])
        nearest = []
        for known in band.known_nearby():
            references = _sample_space(band, known)
            _, found = nearest_neighbours(references, queries, SAMPLES, workers)
            nearest.append(planes(band.rgb(known[found[square].T])))
        return cls(planes(band.rgb(band.unknown)), *nearest, band.depth(), _spread_around(band))


def color_prior(samples: ColorSamples) -> tuple[Energy, np.ndarray]:
    """The pull of all estimates as an energy, and their weighted mean (n,) as a first guess."""
    alpha, apart = regression_estimate(samples)
    energy = data_energy(REGRESSION_WEIGHT * apart + REGRESSION_FLOOR, alpha)
    alpha, confidence = mixture_estimate(samples)
    energy += data_energy(MIXTURE_WEIGHT * confidence, alpha)
    alpha, confidence = middle_estimate(samples)
    energy += data_energy(MIDDLE_WEIGHT * confidence, alpha)
    return energy, energy.right_side / energy.matrix.diagonal()


def regression_estimate(samples: ColorSamples) -> tuple[np.ndarray, np.ndarray]:
    """Alpha by ridge regression of the label on colour, and how far the colours are apart.

    The known samples carry labels 1 and 0; alpha is the fit ``label = a . colour + b`` at the
    pixel's colour. This is the closed form of the known-to-unknown flow of Aksoy, Aydin &
    Pollefeys, *Designing Effective Inter-Pixel Information Flow*, CVPR 2017, section 3.2; so is
    the second value, the squared distance of the two mean colours per channel.

    Returns (n,) float32 alpha in [0, 1] and (n,) float32 in [0, 1].
    """
    foreground, background = samples.foreground, samples.background
    colors = np.concatenate([foreground, background], 1)
    mean = colors.mean(1, keepdims=True)
    share = foreground.shape[1] / colors.shape[1]
    covariance = scatter(colors - mean, RIDGE * colors.shape[1] / (2 * SAMPLES))
    slope = solve_symmetric(covariance, samples.color - mean[:, 0])
    label_scatter = (foreground - mean).sum(1) * (1 - share) - (background - mean).sum(1) * share
    alpha = share + (slope * label_scatter).sum(0)
    apart = foreground.mean(1) - background.mean(1)
    return np.clip(alpha, 0, 1), (apart**2).mean(0)


def mixture_estimate(samples: ColorSamples) -> tuple[np.ndarray, np.ndarray]:
    """Alpha as the mean over pairs (F, B) of ``(I - B) . (F - B) / |F - B|^2``, and its confidence.

    A pair counts by how well its mixture explains the colour, ``exp(-r^2 / (2 COLOR_NOISE^2))``,
    and by ``|F - B|^2``, the precision of its alpha. Confidence falls when no pair explains the
    pixel and when good pairs disagree.

    Returns (n,) float32 alpha in [0, 1] and (n,) float32 confidence in [0, 1].
    """
    color, foregrounds, backgrounds = samples.color, samples.foreground, samples.background
    n = color.shape[1]
    total, first, second = (np.full(n, 1e-12, np.float32) for _ in range(3))
    least_residual = np.full(n, np.inf, np.float32)
    for b in range(min(PAIRED, backgrounds.shape[1])):
        background = backgrounds[:, b]
        above = color - background
        above_squared = (above * above).sum(0)
        for f in range(min(PAIRED, foregrounds.shape[1])):
            span = foregrounds[:, f] - background
            span_squared = (span * span).sum(0)
            span_squared += np.float32(1e-4)
            projection = (above * span).sum(0)
            alpha = projection / span_squared
            np.clip(alpha, 0, 1, out=alpha)
            residual = above_squared + alpha * (alpha * span_squared - 2 * projection)
            np.minimum(least_residual, residual, out=least_residual)
            weight = np.exp(residual * np.float32(-0.5 / COLOR_NOISE**2)) * span_squared
            total += weight
            weight *= alpha
            first += weight
            weight *= alpha
            second += weight
    alpha = first / total
    variance = np.maximum(second / total - alpha**2, 0)
    explained = np.exp(least_residual * np.float32(-0.5 / UNEXPLAINED**2))
    return np.minimum(alpha, 1), explained * np.maximum(0, 1 - variance / DISAGREEMENT)


def middle_estimate(samples: ColorSamples) -> tuple[np.ndarray, np.ndarray]:
    """Alpha as a soft step in the middle of the band, and how sure it is that colours cannot tell.

    Confidence is ``exp(-(v / ONE_COLOR^2)^2)``, v the mean square of what the pixel's colour differs
    by from its samples of both kinds, and its grey from those around: the samples alone do not know
    of a dark collar's wearer beside it.

    Returns (n,) float32 alpha in [0, 1] and (n,) float32 confidence in [0, 1].
    """
    alpha = np.clip(0.5 + samples.depth / (2 * SOFTNESS), 0, 1)
    color = samples.color[:, None]
    sides = samples.foreground, samples.background
    v = samples.spread + sum(((side - color) ** 2).mean((0, 1)) for side in sides) / len(sides)
    return alpha, np.exp(-((v / ONE_COLOR**2) ** 2))


def _spread_around(band: Band) -> np.ndarray:
    """(n,) mean square of what the greys around differ by from each unknown pixel's own."""
    grey = (unit_range(band.colors) @ np.full(3, 1 / 3, np.float32)).reshape(band.shape)
    window = (2 * AROUND + 1,) * 2
    # Of a large photo only what the unknown pixels need is kept.
    mean = cv2.blur(grey, window).ravel()[band.unknown]
    mean_square = cv2.blur(grey**2, window).ravel()[band.unknown]
    own = grey.ravel()[band.unknown]
    return mean_square - 2 * mean * own + own**2


def _sample_space(band: Band, pixels: np.ndarray) -> np.ndarray:
    position = np.float32(POSITION_WEIGHT) * band.position(pixels)
    return np.concatenate([band.rgb(pixels), position], 1)
