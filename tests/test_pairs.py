"""Photos with trimaps of their own."""

import io

import numpy as np
import pytest
from PIL import Image

from pipeline.image import ImageError
from pipeline.pairs import Pairing, load_trimap, normalised_trimap, pair_by_name


def small_trimap(levels: tuple[int, int, int] = (0, 128, 255)) -> np.ndarray:
    """Background left, a band of unknown, foreground right: (24, 32)."""
    trimap = np.full((24, 32), levels[0], np.uint8)
    trimap[:, 12:20] = levels[1]
    trimap[:, 20:] = levels[2]
    return trimap


@pytest.mark.parametrize(
    "names",
    [
        ("Image.jpg", "Trimap.png"),
        ("image1.jpg", "TRIMAP1.png"),
        ("anna_Image.heic", "anna-trimap.PNG"),
        ("my Image 3.jpeg", "myTrimap3.png"),
        ("IMG_1234.HEIC", "IMG_1234_trimap.png"),
        ("photos/Image 7.jpg", "masks/Trimap 7.png"),
        ("Jos\u00e9.jpg", "Jose\u0301-trimap.png"),
    ],
)
def test_names_that_are_otherwise_the_same_pair_up(names):
    assert pair_by_name(names).pairs == [(0, 1)]
    assert pair_by_name(names[::-1]).pairs == [(1, 0)]
    assert pair_by_name(names).problems == []


def test_signs_without_letters_tell_photos_apart():
    names = ["😀.jpg", "😎.jpg", "😎-trimap.png", "कि.jpg", "का.jpg", "कि-trimap.png"]
    pairing = pair_by_name(names)
    assert pairing.problems == []
    assert pairing.pairs == [(0, None), (1, 2), (3, 5), (4, None)]


def test_several_pairs_and_single_photos_come_in_the_order_of_the_photos():
    names = ["Trimap2.png", "Image1.jpg", "holiday.jpg", "Image2.jpg", "Trimap1.png"]
    assert pair_by_name(names).pairs == [(1, 4), (2, None), (3, 0)]


def test_signs_between_numbers_tell_photos_apart():
    names = ["IMG_1.2.jpg", "IMG_12.jpg", "IMG_12-trimap.png", "IMG 1-2 trimap.png"]
    assert pair_by_name(names) == Pairing([(0, 3), (1, 2)], [])


def test_folders_tell_photos_apart_where_their_names_do_not():
    names = ["a/Image1.jpg", "a/Trimap1.png", "b/Image1.jpg", "b/Trimap1.png", "c/Image1.jpg"]
    assert pair_by_name(names) == Pairing([(0, 1), (2, 3), (4, None)], [])
    pairing = pair_by_name(["a/Image1.jpg", "b/Image1.jpg", "c/Trimap1.png"])
    assert pairing.pairs == [(0, None), (1, None)] and "told apart" in pairing.problems[0]


def test_a_trimap_without_its_photo_is_named():
    pairing = pair_by_name(["Image1.jpg", "Trimap2.png"])
    assert pairing.pairs == [(0, None)]
    (problem,) = pairing.problems
    assert problem.startswith("Trimap2.png has no photo")


def test_files_that_cannot_be_told_apart_are_named_and_not_guessed():
    pairing = pair_by_name(["Image1.jpg", "image_1.png", "Trimap1.png"])
    assert pairing.pairs == [(0, None), (1, None)]
    (problem,) = pairing.problems
    assert "Image1.jpg and image_1.png and Trimap1.png" in problem


@pytest.mark.parametrize(
    "levels", [(0, 128, 255), (0, 127, 254), (0, 1, 2), (10, 90, 200), (0, 100, 200)]
)
def test_three_levels_of_any_value_are_understood(levels):
    np.testing.assert_array_equal(
        normalised_trimap(small_trimap(levels), (24, 32)), small_trimap()
    )


@pytest.mark.parametrize("levels", [(0, 254, 255), (0, 231, 255)])
def test_a_level_that_strayed_is_no_level_of_its_own(levels):
    expected = small_trimap((0, 255, 255))
    np.testing.assert_array_equal(normalised_trimap(small_trimap(levels), (24, 32)), expected)


def test_jpeg_noise_does_not_change_a_trimap_away_from_its_edges():
    file = io.BytesIO()
    Image.fromarray(small_trimap()).save(file, "JPEG", quality=80)
    trimap = load_trimap(file.getvalue(), (24, 32))
    away = np.ones(32, bool)
    away[8:24] = False
    away[14:18] = True
    np.testing.assert_array_equal(trimap[:, away], small_trimap()[:, away])
    assert set(np.unique(trimap)) <= {0, 128, 255}


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_what_nobody_painted_on_a_layer_of_its_own_is_unknown(mode):
    painted = np.zeros((24, 32, 4), np.uint8)
    painted[:, :8] = (0, 0, 0, 255)
    painted[:, 20:] = 255
    file = io.BytesIO()
    Image.fromarray(painted).convert(mode).save(file, "PNG")
    expected = np.full((24, 32), 128, np.uint8)
    expected[:, :8], expected[:, 20:] = 0, 255
    np.testing.assert_array_equal(load_trimap(file.getvalue(), (24, 32)), expected)


def test_a_trimap_of_another_size_is_scaled():
    trimap = normalised_trimap(small_trimap(), (48, 64))
    np.testing.assert_array_equal(trimap, small_trimap().repeat(2, 0).repeat(2, 1))


def test_scaling_moves_a_trimap_to_no_side():
    trimap = np.random.default_rng(4).choice(np.uint8([0, 128, 255]), (24, 30))
    scaled = normalised_trimap(trimap, (32, 40))
    mirrored = normalised_trimap(trimap[::-1, ::-1], (32, 40))
    np.testing.assert_array_equal(mirrored, scaled[::-1, ::-1])


def test_a_black_and_white_mask_passes():
    mask = small_trimap((0, 255, 255))
    np.testing.assert_array_equal(normalised_trimap(mask, (24, 32)), mask)


def test_colour_of_the_same_value_in_all_channels_is_grey():
    trimap = np.repeat(small_trimap()[..., None], 3, axis=2)
    np.testing.assert_array_equal(normalised_trimap(trimap, (24, 32)), small_trimap())


@pytest.mark.parametrize(
    ("trimap", "words"),
    [
        (small_trimap().T, "on its side"),
        (small_trimap()[:, 4:], "does not fit"),
        (np.tile(np.arange(64, 128, dtype=np.uint8), (24, 1)), "many shades"),
        (np.full((24, 32, 3), (200, 10, 10), np.uint8), "in colour"),
        (np.zeros((24, 32), np.uint8), "no white part"),
        (np.full((24, 32), 128, np.uint8), "no white part"),
        (np.full((24, 32), 255, np.uint8), "no black part"),
        (small_trimap((0, 127, 128)), "no white part"),
        (small_trimap((0, 128, 129)), "no white part"),
        (small_trimap((128, 254, 255)), "no black part"),
    ],
)
def test_what_is_no_trimap_for_this_photo_is_refused_in_words(trimap, words):
    with pytest.raises(ImageError, match=words):
        normalised_trimap(trimap, (24, 32))


@pytest.mark.parametrize("levels", [(0, 1, 2), (0, 128, 255), (0, 32896, 65535)])
def test_a_trimap_of_sixteen_bits_says_what_one_of_eight_says(levels):
    """Programs for labelling write labels or levels of 8 bits into files for 16."""
    deep = np.array(levels, np.uint16)[np.searchsorted((0, 128, 255), small_trimap())]
    file = io.BytesIO()
    Image.fromarray(deep).save(file, "PNG")
    np.testing.assert_array_equal(load_trimap(file.getvalue(), (24, 32)), small_trimap())
