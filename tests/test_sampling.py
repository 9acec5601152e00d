"""Looking at an image through an affine map."""

import cv2
import numpy as np
import pytest

from pipeline.sampling import enlarged_rows, nearest, sample_affine, then

IDENTITY = np.array([[1.0, 0, 0], [0, 1, 0]])


def ramp(height, width):
    """An image whose value is its own position: red is x, green is y."""
    y, x = np.mgrid[:height, :width]
    return np.dstack([x, y, np.zeros_like(x)]).astype(np.uint8)


def test_identity_returns_the_image():
    image = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)
    assert np.array_equal(sample_affine(image, IDENTITY, (40, 30)), image)


@pytest.mark.parametrize("factor", [1, 2, 3, 4, 6])
def test_shrinking_keeps_positions(factor):
    """A pixel centre lands where the map says, whatever reduction happens before."""
    image = ramp(240, 240)
    side = 240 // factor
    shift = factor / 2 - 0.5
    to_image = np.array([[factor, 0, shift], [0, factor, shift]], float)
    small = sample_affine(image, to_image, (side, side)).astype(float)
    expected = np.arange(side) * factor + shift
    inner = slice(1, -1)
    assert np.abs(small[inner, inner, 0] - expected[None, inner]).max() <= 1
    assert np.abs(small[inner, inner, 1] - expected[inner, None]).max() <= 1


def test_shrinking_averages_instead_of_skipping():
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::2] = 200
    to_image = np.array([[8.0, 0, 3.5], [0, 8.0, 3.5]])
    # Cells of five columns hold two or three bright ones: 80 or 120. Skipping gives 0 or 200.
    assert np.abs(sample_affine(stripes, to_image, (8, 8)).astype(int) - 100).max() <= 20


def test_outside_the_image_is_the_border():
    image = np.full((20, 20, 3), 9, np.uint8)
    far = np.array([[4.0, 0, 500], [0, 4.0, 500]])
    sampled = sample_affine(image, far, (5, 5), border_value=(1, 2, 3))
    assert (sampled == (1, 2, 3)).all()


def test_maps_apply_in_order():
    first = np.array([[2.0, 0, 1], [0, 2, 1]])
    second = np.array([[0.0, -1, 0], [1, 0, 5]])
    point = np.array([3.0, 4.0, 1.0])
    expected = second @ [*(first @ point), 1.0]
    assert np.allclose(then(first, second) @ point, expected)


def test_a_long_strip_is_sampled_too():
    strip = np.zeros((4, 40_000), np.uint8)
    strip[:, 39_000:] = 200
    to_image = np.array([[1.0, 0, 38_990], [0, 1.0, 0]])
    assert sample_affine(strip, to_image, (20, 4))[0].tolist() == 10 * [0] + 10 * [200]


@pytest.mark.parametrize("length", [7, 32_767, 32_768, 40_000, 65_500])
def test_the_nearest_pixels_are_taken_of_a_strip_of_any_length(length):
    strip = np.arange(2 * length, dtype=np.int32).reshape(2, length)
    for new in (1, length // 3, length - 2, length, 2 * length):
        picked = nearest(strip, (1, new))
        centres = (np.arange(new) + 0.5) * (length / new)
        assert np.abs(picked[0] % length + 0.5 - centres).max() <= 0.5 + 1e-9
        assert (picked >= length).all()  # of the two rows the second begins at the new one's centre


@pytest.mark.parametrize("small", [(1, 1), (7, 1), (1, 9), (30, 40), (36, 120), (101, 203)])
def test_a_picture_enlarged_in_strips_has_no_seams(small):
    picture = np.random.default_rng(1).random((*small, 3), dtype=np.float32)
    shape = 101, 203
    whole = cv2.resize(picture, shape[::-1], interpolation=cv2.INTER_LINEAR)
    strips = [enlarged_rows(picture, shape, slice(at, min(at + 16, 101))) for at in range(0, 101, 16)]
    np.testing.assert_allclose(np.vstack(strips), whole, atol=1e-5)
