"""How far a mask or an alpha matte is from the truth, as the literature counts it.

Matting errors follow Rhemann et al., *A Perceptually Motivated Online Benchmark for Image
Matting*, CVPR 2009: they are counted over the unknown pixels of the trimap, and SAD, Grad and
Conn are sums divided by 1000, as every published table gives them.

All functions take alpha mattes as (H, W) floats in [0, 1]; `region` is an (H, W) bool array of
the pixels that count (for matting: ``trimap == 128``), or None for all of them.
"""

import cv2
import numpy as np

GRADIENT_SIGMA = 1.4  # pixels; Rhemann et al., section 3.3
CONNECTIVITY_THETA = 0.15  # distances to the source region below this are ignored, section 3.3
CONNECTIVITY_LEVELS = 10  # thresholds from 0 to 1, as far apart as in the benchmark's own program


def foreground_iou(mask: np.ndarray, truth: np.ndarray) -> float:
    """Intersection over union of two (H, W) bool foregrounds; 1.0 where both are empty."""
    mask, truth = _same_shape(np.asarray(mask, bool), np.asarray(truth, bool))
    union = np.count_nonzero(mask | truth)
    return np.count_nonzero(mask & truth) / union if union else 1.0


def two_class_iou(mask: np.ndarray, truth: np.ndarray) -> float:
    """Mean of the foreground's and the background's intersection over union."""
    mask, truth = np.asarray(mask, bool), np.asarray(truth, bool)
    return (foreground_iou(mask, truth) + foreground_iou(~mask, ~truth)) / 2


def sum_of_absolute_differences(
    alpha: np.ndarray, truth: np.ndarray, region: np.ndarray | None = None
) -> float:
    """SAD, in thousands of pixels."""
    return float(np.abs(_differences(alpha, truth, region)).sum() / 1000)


def mean_squared_error(
    alpha: np.ndarray, truth: np.ndarray, region: np.ndarray | None = None
) -> float:
    """MSE in [0, 1]; 0.0 for an empty region."""
    return _mean(_differences(alpha, truth, region) ** 2)


def mean_absolute_difference(
    alpha: np.ndarray, truth: np.ndarray, region: np.ndarray | None = None
) -> float:
    """MAD in [0, 1]; 0.0 for an empty region."""
    return _mean(np.abs(_differences(alpha, truth, region)))


def gradient_error(
    alpha: np.ndarray, truth: np.ndarray, region: np.ndarray | None = None
) -> float:
    """Grad: squared difference of the gradient magnitudes, summed, in thousands.

    Gradients are taken with first derivatives of a Gaussian of GRADIENT_SIGMA pixels whose
    kernels have unit Euclidean norm, as in the benchmark's program.
    """
    alpha, truth = _same_shape(np.asarray(alpha, np.float64), np.asarray(truth, np.float64))
    return sum_of_squares(gradient_magnitude(alpha) - gradient_magnitude(truth), region)


def gradient_magnitude(alpha: np.ndarray) -> np.ndarray:
    """(H, W) float64 length of the smoothed gradient of alpha."""
    smooth, derivative = _gaussian_pair(GRADIENT_SIGMA)
    border = cv2.BORDER_REPLICATE
    alpha = np.asarray(alpha, np.float64)
    across = cv2.sepFilter2D(alpha, cv2.CV_64F, derivative, smooth, borderType=border)
    down = cv2.sepFilter2D(alpha, cv2.CV_64F, smooth, derivative, borderType=border)
    return np.hypot(across, down)


def connectivity_error(
    alpha: np.ndarray, truth: np.ndarray, region: np.ndarray | None = None
) -> float:
    """Conn: difference of the degrees of connectedness, summed, in thousands.

    A pixel's degree falls with the distance between its alpha and the highest threshold at which
    it still hangs together (4-connected) with the largest region that is opaque at that threshold
    in both mattes.
    """
    alpha, truth = _same_shape(np.asarray(alpha, np.float64), np.asarray(truth, np.float64))
    # Not steps added up: they would miss a matte's own 0.6 by the last digit.
    thresholds = np.arange(CONNECTIVITY_LEVELS + 1) / CONNECTIVITY_LEVELS
    connected_up_to = np.ones_like(alpha)
    undecided = np.ones(alpha.shape, bool)
    for lower, threshold in zip(thresholds[:-1], thresholds[1:]):
        both = (alpha >= threshold) & (truth >= threshold)
        lost = undecided & ~_largest_component(both)
        connected_up_to[lost] = lower
        undecided &= ~lost

    def degree(matte: np.ndarray) -> np.ndarray:
        distance = matte - connected_up_to
        return 1 - np.where(distance >= CONNECTIVITY_THETA, distance, 0)

    difference = np.abs(degree(alpha) - degree(truth))
    return float((difference if region is None else difference[region]).sum() / 1000)


def sum_of_squares(values: np.ndarray, region: np.ndarray | None = None) -> float:
    """Sum of the squares over the region, in thousands."""
    return float(((values if region is None else values[region]) ** 2).sum() / 1000)


# The four of Rhemann et al. 2009, by the names of their tables.
MATTE_ERRORS = {
    "SAD": sum_of_absolute_differences,
    "MSE": mean_squared_error,
    "Grad": gradient_error,
    "Conn": connectivity_error,
}


def _largest_component(mask: np.ndarray) -> np.ndarray:
    count, labels, statistics, _ = cv2.connectedComponentsWithStats(
        mask.astype(np.uint8), connectivity=4
    )
    if count < 2:
        return np.zeros(mask.shape, bool)
    return labels == 1 + statistics[1:, cv2.CC_STAT_AREA].argmax()


def _gaussian_pair(sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """A Gaussian and its derivative whose outer product has unit Euclidean norm."""
    # The kernel is cut where the Gaussian has fallen to a hundredth, as in the benchmark.
    half = int(np.ceil(sigma * np.sqrt(-2 * np.log(np.sqrt(2 * np.pi) * sigma * 0.01))))
    x = np.arange(-half, half + 1, dtype=np.float64)
    gaussian = np.exp(-(x**2) / (2 * sigma**2))
    derivative = x * gaussian
    return gaussian / np.linalg.norm(gaussian), derivative / np.linalg.norm(derivative)


def _differences(
    alpha: np.ndarray, truth: np.ndarray, region: np.ndarray | None
) -> np.ndarray:
    alpha, truth = _same_shape(np.asarray(alpha, np.float64), np.asarray(truth, np.float64))
    difference = alpha - truth
    return difference if region is None else difference[region]


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else 0.0


def _same_shape(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if first.shape != second.shape:
        raise ValueError(f"shapes differ: {first.shape} and {second.shape}")
    return first, second
