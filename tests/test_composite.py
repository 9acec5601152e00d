"""The compositing equation and the backgrounds."""

import tracemalloc

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pipeline.composite import (
    GAMMA,
    blurred,
    composite,
    cropped_to_fill,
    cutout,
    gradient,
    plain,
)
from pipeline.studio_sets import paper_sweep

SHAPE = (7, 5)
pictures = hnp.arrays(np.uint8, (*SHAPE, 3))
mattes = hnp.arrays(np.float32, SHAPE, elements=st.floats(0, 1, width=32))


def person_in_the_middle(height: int = 120, width: int = 90) -> np.ndarray:
    """An alpha of a soft-edged upright ellipse."""
    down, across = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    distance = np.hypot(down / 0.8, across / 0.5)
    return np.clip((1.1 - distance) / 0.2, 0, 1).astype(np.float32)


@given(pictures, mattes, pictures)
def test_composite_follows_the_equation(foreground, alpha, background):
    exact = alpha[..., None].astype(np.float64) * foreground
    exact += (1 - alpha[..., None].astype(np.float64)) * background
    assert np.abs(composite(foreground, alpha, background) - exact).max() <= 0.51


@given(pictures, pictures)
def test_composite_keeps_what_is_opaque_and_shows_what_is_behind(foreground, background):
    opaque, empty = np.ones(SHAPE, np.float32), np.zeros(SHAPE, np.float32)
    np.testing.assert_array_equal(composite(foreground, opaque, background), foreground)
    np.testing.assert_array_equal(composite(foreground, empty, background), background)


@given(pictures, mattes)
def test_person_on_her_own_colours_is_unchanged(picture, alpha):
    np.testing.assert_array_equal(composite(picture, alpha, picture), picture)


def test_composite_of_many_rows_is_that_of_each_row():
    random = np.random.default_rng(3)
    foreground, background = random.integers(0, 256, (2, 600, 4, 3), dtype=np.uint8)
    alpha = random.random((600, 4), dtype=np.float32)
    whole = composite(foreground, alpha, background)
    row = composite(foreground[577:578], alpha[577:578], background[577:578])
    np.testing.assert_array_equal(whole[577:578], row)


@given(pictures, mattes)
def test_cutout_has_straight_alpha_and_no_trace_of_the_old_background(foreground, alpha):
    picture = cutout(foreground, alpha)
    assert np.abs(picture[..., 3] - alpha.astype(np.float64) * 255).max() <= 0.51
    seen = picture[..., 3] > 0
    np.testing.assert_array_equal(picture[seen][:, :3], foreground[seen])
    assert (picture[~seen] == 0).all()


def test_plain_and_gradient_have_the_colours_asked_for():
    assert (plain((4, 6), (1, 2, 3)) == (1, 2, 3)).all()
    picture = gradient((101, 8), (0, 100, 200), (200, 100, 0))
    assert (picture[0] == (0, 100, 200)).all()
    assert (picture[-1] == (200, 100, 0)).all()
    assert np.abs(picture[50].astype(int) - 100).max() <= 1


def test_dithered_gradient_keeps_its_mean_between_two_levels():
    """Rounding alone would give one flat level; noise gives the right share of both."""
    picture = gradient((256, 256), (10, 10, 10), (11, 11, 11))
    assert abs(picture[:64].mean() - 10.125) < 0.03
    assert abs(picture[-64:].mean() - 10.875) < 0.03


@pytest.mark.parametrize("shape", [(40, 30), (30, 40), (200, 20), (300, 300)])
def test_picture_fills_any_frame_from_its_middle(shape):
    """Left half red, right half blue: the seam stays in the middle and nothing is squeezed."""
    picture = np.zeros((100, 160, 3), np.uint8)
    picture[:, :80, 0] = picture[:, 80:, 2] = 255
    filled = cropped_to_fill(picture, shape)
    assert filled.shape == (*shape, 3)
    quarter = max(1, shape[1] // 4)
    assert (filled[:, :quarter] == (255, 0, 0)).all()
    assert (filled[:, -quarter:] == (0, 0, 255)).all()


def test_picture_of_the_right_size_fills_as_it_is():
    picture = np.random.default_rng(4).integers(0, 256, (30, 40, 3), dtype=np.uint8)
    np.testing.assert_array_equal(cropped_to_fill(picture, (30, 40)), picture)


def test_blur_of_one_colour_is_that_colour_whatever_the_subject_wears():
    alpha = person_in_the_middle()
    green, red = np.array((20, 160, 60)), np.array((250, 10, 10))
    photo = np.round(alpha[..., None] * red + (1 - alpha[..., None]) * green).astype(np.uint8)
    assert np.abs(blurred(photo, alpha).astype(int) - green).max() <= 1


def test_blur_brings_colours_only_from_the_nearer_side():
    alpha = person_in_the_middle()
    photo = np.zeros((120, 90, 3), np.uint8)
    photo[:, :45, 0] = photo[:, 45:, 2] = 200
    photo[alpha > 0] = (0, 255, 0)
    blur = blurred(photo, alpha)
    assert blur[..., 1].max() <= 2
    assert (blur[:, :20, 0] > blur[:, :20, 2]).all()
    assert (blur[:, -20:, 2] > blur[:, -20:, 0]).all()


def test_blur_spreads_a_point_of_light_over_a_disc():
    photo = np.zeros((201, 201, 3), np.uint8)
    photo[100, 100] = 255
    blur = blurred(photo, np.zeros((201, 201), np.float32), radius=0.05)
    down, across = np.mgrid[-100:101, -100:101]
    distance = np.hypot(down, across)
    assert (blur[distance < 9, 0] > 5).all()
    assert (blur[distance > 12] == 0).all()


def test_blur_of_a_photo_without_background_is_still_a_picture():
    photo = np.full((40, 30, 3), 90, np.uint8)
    blur = blurred(photo, np.ones((40, 30), np.float32))
    assert np.abs(blur.astype(int) - 90).max() <= 1


def test_blur_of_a_large_photo_is_that_of_its_light():
    """Of a photo larger than the blur is computed at, and not by a whole number."""
    darker_above = np.linspace(0, 155, 1000)[:, None, None]
    noise = np.random.default_rng(8).uniform(0, 100, (1000, 700, 3))
    photo = (darker_above + noise).astype(np.uint8)
    # A box as wide as the disc sees much the same light as it.
    mean = 255 * cv2.blur((photo / 255) ** GAMMA, (51, 51)) ** (1 / GAMMA)
    blur = blurred(photo, np.zeros((1000, 700), np.float32))
    assert np.abs(blur - mean)[30:-30, 30:-30].max() < 3


@pytest.mark.parametrize("make", [
    lambda photo, alpha: blurred(photo, alpha),
    lambda photo, alpha: gradient(alpha.shape, (0, 0, 0), (255, 255, 255)),
    lambda photo, alpha: paper_sweep(alpha.shape),
])  # fmt: skip
def test_no_background_holds_a_whole_photo_as_floats(make):
    shape = 3000, 2000
    photo, alpha = np.zeros((*shape, 3), np.uint8), np.zeros(shape, np.float32)
    tracemalloc.start()
    background = make(photo, alpha)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2.5 * background.nbytes


@pytest.mark.parametrize(("scaled", "meant"), [(1.0005, 1.0), (-0.0005, 0.0)])
def test_an_alpha_that_scaling_moved_beside_0_to_1_is_what_it_was_meant_to_be(scaled, meant):
    """As `estimate_foreground` takes it."""
    white, black = (np.full((3, 4, 3), level, np.uint8) for level in (255, 0))
    beside, exact = (np.full((3, 4), value, np.float32) for value in (scaled, meant))
    for made in (lambda alpha: composite(white, alpha, black), lambda alpha: cutout(white, alpha)):
        np.testing.assert_array_equal(made(beside), made(exact))
