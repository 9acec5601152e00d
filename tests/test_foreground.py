"""The foreground estimate gives back the colours a composite was made of."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.foreground import estimate_foreground


def soft_disc(size: int = 96) -> np.ndarray:
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    return np.clip((0.35 * size - np.hypot(x, y)) / 12 + 0.5, 0, 1).astype(np.float32)


def composite(foreground, alpha, background) -> np.ndarray:
    mixed = alpha[..., None] * foreground + (1 - alpha[..., None]) * background
    return np.rint(mixed).astype(np.uint8)


@pytest.mark.parametrize("background", [(0, 255, 0), (255, 255, 255), (0, 0, 0)])
def test_a_subject_of_one_colour_loses_its_halo(background):
    alpha = soft_disc()
    skin = np.float32([200, 140, 110])
    image = composite(skin, alpha, np.float32(background))
    foreground = estimate_foreground(image, alpha)
    seen = alpha > 0.02
    halo_before = np.abs(image[seen].astype(float) - skin).max()
    halo_after = np.abs(foreground[seen].astype(float) - skin).max()
    assert halo_before > 100
    assert halo_after <= 3


def test_a_shaded_subject_keeps_its_shading():
    alpha = soft_disc()
    x = np.linspace(60, 220, alpha.shape[1], dtype=np.float32)
    subject = np.broadcast_to(np.stack([x, x * 0.6, 255 - x], 1), (*alpha.shape, 3))
    image = composite(subject, alpha, np.float32([20, 90, 220]))
    foreground = estimate_foreground(image, alpha)
    error = np.abs(foreground - subject)[alpha > 0.1]
    assert error.mean() <= 3


@pytest.mark.parametrize("background", [(0, 200, 0), (255, 255, 255)])
def test_strands_get_their_colours_from_what_is_more_than_they_are(background):
    """Thin pale strands beside each other say little of the subject: its core says more."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:160, :160]
    alpha = (np.hypot(x - 80, y - 80) < 35).astype(np.float32)
    for _ in range(60):
        begin = rng.uniform(20, 140, 2)
        strand = np.stack([begin, begin + rng.normal(0, 40, 2)]).astype(int).tolist()
        cv2.line(alpha, *strand, rng.uniform(0.4, 0.9), 1)
    alpha = cv2.GaussianBlur(alpha, (0, 0), 0.7)
    subject = np.stack([60 + x, 40 + 0.6 * x, 195 - x], axis=2)
    foreground = estimate_foreground(composite(subject, alpha, np.float32(background)), alpha)
    error = (alpha[..., None] * np.abs(foreground - subject))[alpha > 0.02]
    assert error.mean() <= 0.4


def test_the_photo_itself_where_alpha_is_one():
    alpha = soft_disc()
    image = np.random.default_rng(0).integers(0, 256, (*alpha.shape, 3), np.uint8)
    foreground = estimate_foreground(image, alpha)
    assert np.array_equal(foreground[alpha == 1], image[alpha == 1])


def test_empty_and_full_mattes():
    image = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    full = estimate_foreground(image, np.ones((20, 30), np.float32))
    assert np.array_equal(full, image)
    empty = estimate_foreground(image, np.zeros((20, 30), np.float32))
    assert empty.shape == image.shape


def test_a_matte_may_leave_its_range_by_rounding():
    image = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    alpha = np.full((20, 30), 1 + 1e-7, np.float32)
    assert np.array_equal(estimate_foreground(image, alpha), image)


@settings(max_examples=40)
@given(st.data())
def test_any_size_gives_a_picture_of_that_size_and_is_repeatable(data):
    height, width = data.draw(st.integers(1, 24)), data.draw(st.integers(1, 24))
    image = data.draw(arrays(np.uint8, (height, width, 3)))
    alpha = data.draw(arrays(np.float32, (height, width), elements=st.floats(0, 1, width=32)))
    foreground = estimate_foreground(image, alpha)
    assert foreground.shape == image.shape and foreground.dtype == np.uint8
    assert np.array_equal(foreground, estimate_foreground(image, alpha))
