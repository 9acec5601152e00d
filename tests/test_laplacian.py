"""The closed-form Laplacian against the paper's own formula in double precision."""

import numpy as np
import pytest

from pipeline.band import Band
from pipeline.knn import knn_matting
from pipeline.laplacian import color_line_energy

EPSILON = 1e-5
SIDE = 14


def pictures():
    rng = np.random.default_rng(0)
    grey = rng.integers(0, 256, (SIDE, SIDE, 1), np.uint8)
    return {
        "colour": rng.integers(0, 256, (SIDE, SIDE, 3), np.uint8),
        "grey": grey.repeat(3, 2),
        "black and white": np.where(grey > 128, 255, 0).astype(np.uint8).repeat(3, 2),
        "one dot": np.uint8([[[255 * (x == y == 7)] * 3 for x in range(SIDE)] for y in range(SIDE)]),
        "flat": np.full((SIDE, SIDE, 3), 77, np.uint8),
    }


def reference(image):
    """Levin et al. 2008, equation 12, on all windows: (n, n) float64."""
    colors = image.reshape(-1, 3) / 255
    index = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    laplacian = np.zeros((SIDE * SIDE, SIDE * SIDE))
    for y in range(SIDE - 2):
        for x in range(SIDE - 2):
            window = index[y : y + 3, x : x + 3].ravel()
            centered = colors[window] - colors[window].mean(0)
            covariance = centered.T @ centered / 9 + EPSILON / 9 * np.eye(3)
            affinity = (1 + centered @ np.linalg.solve(covariance, centered.T)) / 9
            laplacian[np.ix_(window, window)] += np.eye(9) - affinity
    return laplacian


@pytest.mark.parametrize("picture", pictures())
def test_it_is_the_papers_on_colours_that_tell_apart_and_on_grey_ones(picture):
    image = pictures()[picture]
    band = Band.around_unknown(image, np.full(image.shape[:2], 128, np.uint8))
    energy = color_line_energy(band, EPSILON)
    expected = reference(image)
    np.testing.assert_allclose(energy.matrix.toarray(), expected, atol=5e-6)
    # Only constants cost nothing; what costs less than nothing would have no solution.
    assert np.linalg.eigvalsh(energy.matrix.toarray().astype(np.float64))[0] > -1e-6


@pytest.mark.parametrize("quality", ["fast", "best"])
def test_white_dots_on_black_have_a_matte(quality):
    image = np.zeros((60, 120, 3), np.uint8)
    image[14:48:5, 14:58:5] = 255
    trimap = np.zeros((60, 120), np.uint8)
    trimap[:, 100:], trimap[10:50, 10:60] = 255, 128
    alpha = knn_matting(image, trimap, quality=quality)
    assert alpha.min() == 0 and alpha[trimap == 128].max() <= 0.01
