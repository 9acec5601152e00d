"""The classroom's convolution, ReLU, pooling and transposed convolution, on paper's examples."""

import numpy as np

from pipeline.operations import (
    SIDE,
    convolution,
    max_pooling,
    pictures,
    relu,
    transposed_convolution,
)


def test_convolution_measures_the_slope_from_left_to_right():
    ramp = np.tile(np.arange(8, dtype=np.float32), (6, 1))
    # (-1 + 1) * ramp over two pixels, weighted (1 + 2 + 1) / 4
    assert np.allclose(convolution(ramp)[1:-1, 1:-1], 2)
    assert np.allclose(convolution(ramp.T)[1:-1, 1:-1], 0)


def test_relu_and_pooling_keep_the_largest_positive_values():
    values = np.float32([[-1, 2, 0, -3], [4, -5, -6, -7]])
    assert np.array_equal(max_pooling(values), [[4, 0]])
    assert np.array_equal(relu(values), [[0, 2, 0, 0], [4, 0, 0, 0]])


def test_transposed_convolution_of_one_value_is_its_stamp():
    value = np.zeros((3, 3), np.float32)
    value[1, 1] = 16
    stamp = np.outer([1, 3, 3, 1], [1, 3, 3, 1])
    assert np.allclose(transposed_convolution(value)[1:5, 1:5], stamp)
    # Within, the stamps of equal values add up to that value.
    assert np.allclose(transposed_convolution(np.ones((5, 5), np.float32))[1:-1, 1:-1], 1)


def test_pictures_show_all_four_of_them():
    photo = np.random.default_rng(1).integers(0, 256, (2 * SIDE, 2 * SIDE, 3), dtype=np.uint8)
    shown = pictures(photo)
    titles = ["Input", "Convolution", "ReLU", "Max pooling", "Transposed convolution"]
    assert [each.title for each in shown] == titles
    assert all(each.proportion == 1 and each.description for each in shown)
