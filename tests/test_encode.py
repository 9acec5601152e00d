"""Results as files, read back by an independent reader."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from pipeline.encode import (
    encode_jpeg,
    encode_png,
    encode_webp,
    is_commands_png,
    with_commands_mark,
    with_print_size,
)


def read(data: bytes) -> tuple[str, np.ndarray]:
    with Image.open(io.BytesIO(data)) as image:
        return image.mode, np.asarray(image)


@pytest.mark.parametrize(
    ("shape", "mode"), [((9, 7), "L"), ((9, 7, 3), "RGB"), ((9, 7, 4), "RGBA")]
)
def test_png_keeps_every_value(shape, mode):
    pixels = np.random.default_rng(6).integers(0, 256, shape, dtype=np.uint8)
    found, read_back = read(encode_png(pixels))
    assert found == mode
    np.testing.assert_array_equal(read_back, pixels)


@pytest.mark.parametrize("encode", [encode_png, encode_jpeg])
def test_colours_say_that_they_are_srgb(encode):
    picture = np.full((20, 30, 3), (180, 120, 60), np.uint8)
    for size in (lambda data: data, lambda data: with_print_size(data, 300)):
        with Image.open(io.BytesIO(size(encode(picture)))) as image:
            profile = image.info.get("icc_profile")
            if profile is None:  # PNG's own word for it
                assert image.info["srgb"] == ImageCms.Intent.RELATIVE_COLORIMETRIC
            else:
                described = ImageCms.getProfileDescription(io.BytesIO(profile))
                assert "sRGB" in described
            assert np.abs(np.asarray(image).astype(int) - picture).max() <= 2


def test_what_a_command_wrote_is_known_again_and_what_the_app_gave_away_is_not(tmp_path):
    file = tmp_path / "anna.png"
    pixels = np.full((20, 30, 3), (180, 120, 60), np.uint8)
    for size in (lambda data: data, lambda data: with_print_size(data, 300)):
        of_app = size(encode_png(pixels))
        for data, of_command in ((of_app, False), (with_commands_mark(of_app), True)):
            file.write_bytes(data)
            assert is_commands_png(file) == of_command
            np.testing.assert_array_equal(read(data)[1], pixels)
    Image.open(file).save(file)
    assert not is_commands_png(file)
    jpeg = encode_jpeg(pixels)
    assert with_commands_mark(jpeg) == jpeg


def test_alpha_has_no_colour_space():
    with Image.open(io.BytesIO(encode_png(np.zeros((20, 30), np.float32)))) as image:
        assert "srgb" not in image.info


def test_alpha_is_rounded_to_the_nearest_of_256_levels():
    alpha = np.linspace(0, 1, 1000, dtype=np.float32).reshape(10, 100)
    _, levels = read(encode_png(alpha))
    assert np.abs(levels - alpha * 255.0).max() <= 0.501
    assert levels[0, 0] == 0
    assert levels[-1, -1] == 255


def test_jpeg_shows_white_and_not_black_where_nothing_is():
    picture = np.zeros((32, 32, 4), np.uint8)
    picture[:, 16:] = (200, 30, 30, 255)
    mode, pixels = read(encode_jpeg(picture, quality=100))
    assert mode == "RGB"
    assert (pixels[:, :8] >= 253).all()
    assert np.abs(pixels[:, 24:].astype(int) - (200, 30, 30)).max() <= 4


@pytest.mark.parametrize(
    "pixels", [np.zeros((4, 4, 2), np.uint8), np.zeros((4, 4), np.uint16), np.zeros((4, 4, 3))]
)
def test_other_pixels_are_refused(pixels):
    for encode in (encode_png, encode_jpeg):
        with pytest.raises(ValueError, match="expected"):
            encode(pixels)


def test_a_picture_too_long_for_its_format_is_refused():
    with pytest.raises(ValueError, match="16384 x 2 pixels"):
        encode_webp(np.zeros((2, 16384, 3), np.uint8))


@pytest.mark.parametrize("encode", [encode_png, encode_jpeg])
@pytest.mark.parametrize("unknown", [None, 0.4, 65536, np.inf, np.nan])
def test_a_density_that_says_nothing_is_not_written(encode, unknown):
    data = encode(np.zeros((20, 30, 3), np.uint8))
    assert with_print_size(data, unknown) == data
