"""Finished photos kept small."""

from types import SimpleNamespace

import numpy as np
import pytest

from pipeline.composite import composite
from pipeline.encode import encode_png
from pipeline.stored import StoredMatte, StoredPicture
from tests.pictures import smooth_picture


@pytest.fixture
def photo():
    return np.random.default_rng(5).integers(0, 256, (60, 80, 3), dtype=np.uint8)


@pytest.fixture
def finished(photo):
    """A soft-edged subject whose colours differ from the photo's at the edge only."""
    across = np.linspace(-0.5, 1.5, 80, dtype=np.float32)
    alpha = np.repeat(np.clip(across, 0, 1)[None], 60, axis=0)
    foreground = photo.copy()
    foreground[(alpha > 0) & (alpha < 1)] = (1, 2, 3)
    trimap = np.where(alpha == 0, 0, np.where(alpha == 1, 255, 128)).astype(np.uint8)
    return SimpleNamespace(mask=alpha, trimap=trimap, alpha=alpha, foreground=foreground)


def test_unpacked_is_what_was_packed(photo, finished):
    hair = finished.alpha[::2, ::2] / 2
    stored = StoredMatte.of(encode_png(photo), photo, finished, hair)
    unpacked = stored.unpack()
    np.testing.assert_array_equal(unpacked.image, photo)
    np.testing.assert_array_equal(unpacked.trimap, finished.trimap)
    np.testing.assert_array_equal(unpacked.foreground, finished.foreground)
    np.testing.assert_allclose(unpacked.alpha, finished.alpha, atol=0.5 / 65535 + 1e-7)
    np.testing.assert_allclose(unpacked.mask, finished.mask, atol=0.5 / 255 + 1e-7)
    np.testing.assert_allclose(stored.unpack_hair(), hair, atol=0.5 / 255 + 1e-7)
    assert StoredMatte.of(encode_png(photo), photo, finished).unpack_hair() is None
    assert (unpacked.alpha[finished.alpha == 0] == 0).all()
    assert (unpacked.alpha[finished.alpha == 1] == 1).all()


def test_colours_of_the_old_background_are_not_kept(photo, finished):
    finished.foreground[:, 0] = 255 - photo[:, 0]  # where alpha is 0
    stored = StoredMatte.of(encode_png(photo), photo, finished)
    np.testing.assert_array_equal(stored.unpack().foreground[:, 0], photo[:, 0])


def test_reduced_pictures_show_the_reduced_composite(photo, finished):
    whole = StoredMatte.of(encode_png(photo), photo, finished).unpack()
    small = whole.reduced(40)
    assert small.alpha.shape == (30, 40)
    black = np.zeros_like(whole.image)
    expected = composite(whole.foreground, whole.alpha, black).astype(float)
    expected = expected.reshape(30, 2, 40, 2, 3).mean(axis=(1, 3))
    shown = composite(small.foreground, small.alpha, np.zeros_like(small.image))
    assert np.abs(shown - expected).max() <= 2


def test_a_reduced_trimap_is_moved_to_no_side(photo, finished):
    finished.trimap = np.random.default_rng(6).choice(np.uint8([0, 128, 255]), (60, 80))
    turned = SimpleNamespace(**vars(finished) | {"trimap": finished.trimap[::-1, ::-1]})
    small = [
        StoredMatte.of(encode_png(photo), photo, each).unpack().reduced(48).trimap
        for each in (finished, turned)
    ]
    np.testing.assert_array_equal(small[1], small[0][::-1, ::-1])


def test_small_pictures_are_not_enlarged(photo, finished):
    whole = StoredMatte.of(encode_png(photo), photo, finished).unpack()
    assert whole.reduced(80) is whole


@pytest.mark.parametrize("size", [(1500, 2000), (1440, 2560), (400, 6000), (48, 64)])
@pytest.mark.parametrize("shape", [(1280, 960), (720, 1280)])
def test_a_picture_behind_people_on_the_screen_needs_its_file_no_more(size, shape, monkeypatch):
    stored = StoredPicture.of(encode_png(smooth_picture(*size)))
    whole = stored.covering(shape, (0.5, 0.5), 2.0)
    monkeypatch.setattr("pipeline.stored.load_image", lambda file: pytest.fail("it was read again"))
    whole[:] = 0  # what is made of it is one's own
    assert stored.covering(shape, (0.5, 0.5), 2.0).any()
    if size[0] >= shape[0] or size[0] < 400:
        stored.covering(shape, (0.5, 0.5), 1.0)


def test_a_picture_behind_people_keeps_its_detail_where_it_is_seen():
    picture = np.random.default_rng(0).integers(0, 256, (1500, 2500, 3), dtype=np.uint8)
    stored = StoredPicture.of(encode_png(picture))
    found = stored.covering((1500, 1000), (0.0, 0.0), 1.0)
    np.testing.assert_array_equal(found, picture[:, :1000])
