"""The whole road of a photo."""

import subprocess
import sys

import cv2
import numpy as np
import pytest

from pipeline import matte
from pipeline.image import ImageError, load_image
from pipeline.matting import NO_BAND, NO_SIDE, NOBODY, STAGES
from pipeline.refine import LARGEST_CHANGE
from pipeline.samples import HOPPER
from pipeline.trimap import BACKGROUND, FOREGROUND, UNKNOWN, make_trimap


@pytest.fixture(scope="module")
def photo():
    return load_image(HOPPER.file)


@pytest.fixture(scope="module")
def result(photo):
    return matte(photo)


def test_every_intermediate_has_the_photos_size_and_its_type(photo, result):
    shape = photo.shape[:2]
    assert result.mask.shape == shape and result.mask.dtype == np.float32
    assert result.trimap.shape == shape and result.trimap.dtype == np.uint8
    assert result.alpha.shape == shape and result.alpha.dtype == np.float32
    assert result.foreground.shape == photo.shape and result.foreground.dtype == np.uint8
    assert result.face is result.faces[0]
    assert result.to_canonical.shape == (2, 3)


def test_alpha_keeps_what_the_trimap_knows(result):
    assert set(np.unique(result.trimap)) == {0, 128, 255}
    assert (result.alpha[result.trimap == 255] == 1).all()
    assert (result.alpha[result.trimap == 0] == 0).all()
    assert 0 <= result.alpha.min() and result.alpha.max() <= 1


def test_the_same_photo_gives_the_same_matte(photo, result):
    again = matte(photo)
    assert np.array_equal(again.alpha, result.alpha)
    assert np.array_equal(again.foreground, result.foreground)


def test_a_wider_band_leaves_more_unknown(photo, result):
    wide = matte(photo, band=25)
    assert (wide.trimap == 128).sum() > 1.5 * (result.trimap == 128).sum()


def test_a_mask_that_is_there_replaces_face_and_network(photo, result):
    narrow = matte(photo, mask=result.mask, hair=result.hair, face=result.face, band=4)
    stages = list(STAGES)
    assert list(narrow.timings) == stages[stages.index("trimap") :]
    assert np.array_equal(narrow.trimap, matte(photo, band=4).trimap)
    assert narrow.mask is result.mask and narrow.face is result.face


def test_with_a_mask_nothing_is_said_of_faces_that_nobody_looked_for():
    photo, mask = np.zeros((40, 30, 3), np.uint8), np.zeros((40, 30), np.float32)
    mask[10:, 8:22] = 1
    assert matte(photo, mask=mask).notes == []
    assert matte(photo, mask=0 * mask).notes == [NOBODY]


def test_with_a_mask_the_band_follows_the_hair_given(photo, result):
    hair = cv2.GaussianBlur(result.mask, (0, 0), 10)  # some way beyond the mask
    hairy = matte(photo, mask=result.mask, hair=hair, band=4, hair_reach=1)
    assert np.array_equal(hairy.trimap, make_trimap(result.mask, 4, hair, 1))
    for other in ({}, {"hair": hair}):
        less = matte(photo, mask=result.mask, band=4, **other)
        assert (less.trimap == 128).sum() < (hairy.trimap == 128).sum()


def test_a_mask_in_the_bars_around_the_picture_is_nobody(photo):
    barred = cv2.copyMakeBorder(photo, 60, 60, 0, 0, cv2.BORDER_CONSTANT)
    mask = np.zeros(barred.shape[:2], np.float32)
    mask[:40] = 1
    nobody = matte(barred, mask=mask)
    assert not nobody.found and nobody.notes == [NOBODY] and nobody.alpha.max() == 0


def test_an_own_trimap_replaces_the_stages_before_it(photo):
    trimap = np.zeros(photo.shape[:2], np.uint8)
    trimap[100:300, 100:300] = 128
    trimap[150:250, 150:250] = 255
    result = matte(photo, trimap=trimap)
    assert np.array_equal(result.trimap, trimap)
    stages = list(STAGES)
    assert list(result.timings) == stages[stages.index("matting") :]
    assert result.face is None and result.found and not result.notes
    assert (result.alpha[trimap == 0] == 0).all() and (result.alpha[trimap == 255] == 1).all()


def test_a_trimap_without_unknown_pixels_is_told(photo):
    trimap = np.zeros(photo.shape[:2], np.uint8)
    trimap[:50] = 255
    result = matte(photo, trimap=trimap)
    assert result.notes == [NO_BAND]
    assert np.array_equal(result.alpha, trimap / 255)


def test_a_trimap_without_one_side_says_so():
    photo, trimap = np.zeros((6, 8, 3), np.uint8), np.full((6, 8), UNKNOWN, np.uint8)
    for label, missing in ((BACKGROUND, "person"), (FOREGROUND, "background")):
        trimap[0] = label
        result = matte(photo, trimap=trimap)
        assert result.notes == [NO_SIDE.format(missing)]
        assert (result.alpha[1:] == 0.5).all()


def test_a_photo_without_a_person_says_so():
    result = matte(np.full((120, 160, 3), 180, np.uint8))
    assert not result.found and result.notes == [NOBODY]
    assert not result.alpha.any()


def test_progress_tells_each_stage_in_order(photo):
    told = []
    matte(photo, progress=lambda stage, share: told.append((stage, share)))
    assert told == list(STAGES.items())


def test_progress_can_end_the_work(photo):
    class Cancelled(Exception):
        pass

    def cancel(stage, share):
        if stage == "matting":
            raise Cancelled

    with pytest.raises(Cancelled):
        matte(photo, progress=cancel)


@pytest.mark.parametrize(
    ("image", "trimap", "words"),
    [
        (None, None, "NumPy array; it is NoneType"),
        ([[[0, 0, 0]]], None, "NumPy array; it is list"),
        (np.zeros((4, 4), np.uint8), None, "RGB"),
        (np.zeros((4, 4, 4), np.uint8), None, "RGB"),
        (np.zeros((4, 4, 3), np.float32), None, "uint8"),
        (np.zeros((0, 4, 3), np.uint8), None, "photo must be"),
        (np.zeros((4, 4, 3), np.uint8), np.zeros((4, 5), np.uint8), "as high and wide"),
        (np.zeros((4, 4, 3), np.uint8), np.full((4, 4), 77, np.uint8), "only 0"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_in_words(image, trimap, words):
    with pytest.raises(ImageError, match=words):
        matte(image, trimap=trimap)


def test_a_mask_that_does_not_fit_is_refused_in_words(photo, result):
    with pytest.raises(ImageError, match="mask must be"):
        matte(photo, mask=result.mask[1:])
    with pytest.raises(ImageError, match="float32"):
        matte(photo, mask=result.trimap)
    for wrong in (result.mask * 255, result.mask - 1, result.mask * np.float32(np.nan)):
        with pytest.raises(ImageError, match="mask must lie in 0..1"):
            matte(photo, mask=wrong)


@pytest.mark.parametrize("width", [-1, np.nan, np.inf, "10", None, 1j])
@pytest.mark.parametrize("name", ["band", "hair_reach"])
def test_a_width_that_is_none_is_refused_in_words(photo, name, width):
    with pytest.raises(ImageError, match=f"{name} must be a number of zero or more"):
        matte(photo, **{name: width})


@pytest.mark.parametrize(
    "hair", [np.ones((4, 4), np.uint8), np.ones((4, 4, 1), np.float32), np.ones((0, 4), np.float32)]
)
def test_hair_of_another_kind_is_refused_in_words(photo, result, hair):
    with pytest.raises(ImageError, match="hair must be"):
        matte(photo, mask=result.mask, hair=hair)


def test_the_app_process_never_loads_tensorflow_or_mediapipe():
    """The whole road in a fresh process, with TensorFlow installed beside it."""
    program = (
        "import sys; from pipeline import matte; from pipeline.samples import HOPPER;"
        "from pipeline.image import load_image; matte(load_image(HOPPER.file));"
        "print([name for name in ('tensorflow', 'keras', 'mediapipe', 'matplotlib', 'streamlit')"
        " if name in sys.modules])"
    )
    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert finished.stdout.strip() == "[]"


def test_who_has_arrays_loads_no_reader_of_files():
    program = "import sys, pipeline.matting, pipeline.face3d; print('PIL' in sys.modules)"
    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert finished.stdout.strip() == "False"


def test_refinement_can_be_left_out(photo, result):
    """Known pixels stay what they are, and the unknown ones nearly so."""
    plain = matte(photo, refine=False)
    assert "refinement" not in plain.timings
    assert np.abs(result.alpha - plain.alpha).max() <= LARGEST_CHANGE + 1e-6
    assert (result.alpha != plain.alpha).any()
