"""Bars of one colour around a photo: found, and nobody in them."""

import cv2
import numpy as np
import pytest

from pipeline import matte
from pipeline.bars import picture_area
from pipeline.encode import encode_jpeg
from pipeline.image import load_image
from pipeline.samples import HOPPER, SAMPLES
from pipeline.trimap import BACKGROUND, UNKNOWN

PHOTO = load_image(HOPPER.file)
HEIGHT, WIDTH = PHOTO.shape[:2]


def framed(image, top, bottom, left, right, color):
    return cv2.copyMakeBorder(
        image, top, bottom, left, right, cv2.BORDER_CONSTANT, value=(color, color, color)
    )


def limits(image):
    rows, columns = picture_area(image)
    return rows.start, rows.stop, columns.start, columns.stop


@pytest.mark.parametrize("color", [0, 128, 255])
@pytest.mark.parametrize(
    "bars", [(60, 60, 0, 0), (0, 0, 90, 90), (40, 0, 0, 0), (30, 80, 50, 20), (0, 0, 0, 70)]
)
def test_bars_are_found_to_the_pixel(bars, color):
    top, bottom, left, right = bars
    found = limits(framed(PHOTO, *bars, color))
    assert found == (top, top + HEIGHT, left, left + WIDTH)


@pytest.mark.parametrize("color", [0, 255])
@pytest.mark.parametrize("quality", [50, 85])
def test_bars_are_found_under_jpeg_compression(color, quality):
    found = limits(load_image(encode_jpeg(framed(PHOTO, 61, 75, 0, 0, color), quality)))
    assert np.abs(np.subtract(found, (61, 61 + HEIGHT, 0, WIDTH))).max() <= 1


def test_a_frame_within_a_screenshots_bars_is_found():
    inner = framed(PHOTO, 20, 20, 20, 20, 255)
    assert limits(framed(inner, 100, 90, 0, 0, 0)) == (120, 120 + HEIGHT, 20, 20 + WIDTH)


def test_a_plain_wall_around_a_person_is_no_bar():
    wall = np.full((400, 300, 3), 240, np.uint8)
    cv2.ellipse(wall, (150, 400), (60, 250), 0, 0, 360, (90, 60, 40), -1)
    assert limits(wall) == (0, 400, 0, 300)


@pytest.mark.parametrize("sample", SAMPLES)
def test_photos_without_bars_are_looked_at_whole(sample):
    image = load_image(sample.file)
    assert limits(image) == (0, image.shape[0], 0, image.shape[1])


def test_a_picture_of_one_colour_has_no_bars():
    assert limits(np.full((64, 80, 3), 7, np.uint8)) == (0, 64, 0, 80)


def slow_changes(size):
    """As of a sky or a studio's ground: ramps, and a soft step from one plain half to another."""
    ramp = np.linspace(0, 255, size)
    step = 255 / (1 + np.exp(-np.linspace(-12, 12, size)))
    for values in (ramp, step, np.minimum(ramp, 120)):
        yield np.repeat(np.rint(values).astype(np.uint8)[:, None, None], size, 1).repeat(3, 2)


@pytest.mark.parametrize("size", [60, 100, 400])
def test_a_slow_change_of_colour_is_no_bar(size):
    for image in slow_changes(size):
        assert limits(image) == limits(image.transpose(1, 0, 2)) == (0, size, 0, size)


@pytest.mark.parametrize("size", range(1, 60))
def test_something_is_left_of_the_smallest_picture(size):
    for image in slow_changes(size):
        top, bottom, left, right = limits(image)
        assert 0 <= top < bottom <= size and 0 <= left < right <= size


def test_the_person_between_bars_is_the_person_of_the_photo_and_nobody_is_in_them():
    plain, between = matte(PHOTO), matte(framed(PHOTO, 70, 90, 0, 0, 255))
    picture = np.s_[70 : 70 + HEIGHT]
    np.testing.assert_allclose(between.mask[picture], plain.mask, atol=0.02)
    for beyond in (between.mask, between.alpha, between.trimap):
        assert not beyond[:70].any() and not beyond[70 + HEIGHT :].any()
    # Cut off by the bar as by the end of a photo: not softened along it.
    known = plain.trimap[-1] != UNKNOWN
    assert (between.trimap[picture][-1] == plain.trimap[-1])[known].mean() > 0.98
    assert BACKGROUND in between.trimap[picture]
    assert np.abs(between.alpha[picture] - plain.alpha).mean() < 0.01
