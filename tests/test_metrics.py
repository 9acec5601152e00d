"""The matting errors against cases worked out by hand."""

import numpy as np
import pytest

from models import metrics


def test_foreground_iou_counts_pixels():
    mask = np.array([[1, 1, 0, 0]], bool)
    truth = np.array([[0, 1, 1, 0]], bool)
    assert metrics.foreground_iou(mask, truth) == pytest.approx(1 / 3)
    assert metrics.two_class_iou(mask, truth) == pytest.approx(1 / 3)


def test_two_class_iou_averages_both_classes():
    mask = np.array([[1, 1, 1, 0]], bool)
    truth = np.array([[1, 1, 0, 0]], bool)
    assert metrics.two_class_iou(mask, truth) == pytest.approx((2 / 3 + 1 / 2) / 2)


def test_empty_masks_agree():
    empty = np.zeros((3, 3), bool)
    assert metrics.foreground_iou(empty, empty) == 1
    assert metrics.foreground_iou(empty, ~empty) == 0


def test_differences_in_a_region():
    alpha = np.array([[0.5, 0.2, 1.0, 0.0]])
    truth = np.array([[0.0, 0.2, 0.0, 0.0]])
    region = np.array([[True, True, False, True]])
    assert metrics.sum_of_absolute_differences(alpha, truth) == pytest.approx(0.0015)
    assert metrics.sum_of_absolute_differences(alpha, truth, region) == pytest.approx(0.0005)
    assert metrics.mean_squared_error(alpha, truth, region) == pytest.approx(0.25 / 3)
    assert metrics.mean_absolute_difference(alpha, truth, region) == pytest.approx(0.5 / 3)
    nothing = np.zeros((1, 4), bool)
    assert metrics.mean_squared_error(alpha, truth, nothing) == 0


def test_gradient_of_a_ramp_follows_from_the_kernel():
    # The kernels are x g(x) / |x g| and g / |g|; on a ramp of slope s their response is
    # s * sum(x^2 g) / |x g| * sum(g) / |g|. They reach to 4 pixels: where g / (sigma sqrt(2 pi))
    # has fallen to 0.01, sigma sqrt(-2 ln(0.01 sigma sqrt(2 pi))) = 3.62.
    x = np.arange(-4, 5)
    gaussian = np.exp(-(x**2) / (2 * 1.4**2))
    response = (x**2 * gaussian).sum() / np.linalg.norm(x * gaussian)
    response *= gaussian.sum() / np.linalg.norm(gaussian)
    ramp = np.tile(np.arange(40) * 0.02, (30, 1))
    inner = np.zeros(ramp.shape, bool)
    inner[10:20, 10:30] = True
    assert metrics.gradient_magnitude(ramp)[inner] == pytest.approx(0.02 * response)
    expected = 200 * (0.02 * response) ** 2 / 1000
    assert metrics.gradient_error(ramp, np.zeros_like(ramp), inner) == pytest.approx(expected)
    assert metrics.gradient_error(ramp, ramp.T[:30, :30].repeat(2, 1)[:, :40]) > 0


def test_connectivity_of_a_detached_island():
    # The island is opaque in both, but it never hangs together with the larger region: its
    # connected level is 0, so its degree is 1 - 1 = 0 in the one where it is opaque and 1 in the
    # one where it is clear.
    truth = np.zeros((5, 9))
    truth[:, :4] = 1
    alpha = truth.copy()
    alpha[2, 7] = 1
    assert metrics.connectivity_error(truth, truth) == 0
    assert metrics.connectivity_error(alpha, truth) == pytest.approx(0.001)


def test_what_touches_at_a_corner_alone_is_not_connected():
    # Not connected at all, the pixel's degrees are 1 - 1 and 1 - 0.9; were it, up to 0.9, both were 1.
    truth = np.zeros((6, 6))
    truth[:4, :4] = 1
    alpha = truth.copy()
    alpha[4, 4], truth[4, 4] = 1, 0.9
    assert metrics.connectivity_error(alpha, truth) == pytest.approx(0.1 / 1000)


def test_connectivity_forgives_differences_below_theta():
    truth = np.ones((5, 5))
    alpha = truth.copy()
    alpha[2, 2] = 0.9  # connected up to 0.9: distance 0 in alpha, 0.1 < theta in the truth
    assert metrics.connectivity_error(alpha, truth) == 0
    alpha[2, 2] = 0.75  # connected up to 0.7: 0.05 in alpha is forgiven, 0.3 in the truth counts
    assert metrics.connectivity_error(alpha, truth) == pytest.approx(0.3 / 1000)


@pytest.mark.parametrize(("truth_there", "error"), [(0.849, 0), (0.851, 0.151)])
def test_connectivity_counts_distances_from_0_15(truth_there, error):
    """A pixel that alpha connects up to its own 0.7 is 0.149 and 0.151 beyond that in the truth."""
    truth = np.ones((5, 5))
    alpha = truth.copy()
    alpha[2, 2], truth[2, 2] = 0.7, truth_there
    assert metrics.connectivity_error(alpha, truth) == pytest.approx(error / 1000)


def test_a_perfect_matte_has_no_error():
    alpha = np.random.default_rng(0).random((20, 30))
    for error in (
        metrics.sum_of_absolute_differences,
        metrics.mean_squared_error,
        metrics.mean_absolute_difference,
        metrics.gradient_error,
        metrics.connectivity_error,
    ):
        assert error(alpha, alpha) == 0


def test_shapes_must_agree():
    with pytest.raises(ValueError, match="shapes differ"):
        metrics.sum_of_absolute_differences(np.zeros((2, 3)), np.zeros((3, 2)))
