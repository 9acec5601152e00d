"""The trimap of a mask."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pipeline.trimap import BACKGROUND, FOREGROUND, LEAST_HAIR, UNKNOWN, band_width, make_trimap


def test_the_band_reaches_as_far_as_asked_to_either_side():
    """A vertical boundary between columns 299 and 300 of a 600x800 portrait."""
    mask = np.zeros((800, 600), np.float32)
    mask[:, 300:] = 1
    row = make_trimap(mask, band=10)[400]
    assert np.flatnonzero(row == UNKNOWN).tolist() == list(range(290, 310))
    assert (row[:290] == BACKGROUND).all() and (row[310:] == FOREGROUND).all()


def test_the_distance_is_euclidean():
    """Around a single corner, the unknown area is a quarter of a disc."""
    mask = np.zeros((800, 600), np.float32)
    mask[400:, 300:] = 1
    trimap = make_trimap(mask, band=20)
    for dy, dx in ((12, 16), (14, 14), (16, 12)):
        assert trimap[400 - dy, 300 - dx] == UNKNOWN
    assert trimap[400 - 15, 300 - 15] == BACKGROUND


def test_the_band_grows_with_the_photo():
    assert band_width((800, 600), 10) == pytest.approx(10)
    assert band_width((4000, 3000), 10) == pytest.approx(50)


def test_unsure_areas_near_the_boundary_are_unknown():
    mask = np.zeros((800, 600), np.float32)
    mask[:, 300:] = 1
    mask[100:120, 275:300] = 0.3  # a lock of hair beyond the band
    mask[100:120, 20:40] = 0.3  # far away: a mistake of the network
    trimap = make_trimap(mask, band=10)
    assert (trimap[100:120, 275:300] == UNKNOWN).all()
    assert (trimap[100:120, 20:40] == BACKGROUND).all()


@pytest.fixture
def person_and_hair():
    """A boundary between columns 299 and 300; above row 400 hair goes on to column 399."""
    mask, hair = np.zeros((2, 800, 600), np.float32)
    mask[:, :300] = 1
    hair[:400, 200:400] = 2 * LEAST_HAIR
    return mask, hair


def unknown_ends(trimap, row):
    """The first and the last unknown column."""
    unknown = np.flatnonzero(trimap[row] == UNKNOWN)
    return unknown[0], unknown[-1]


def test_where_hair_is_the_band_reaches_out_further_but_not_in(person_and_hair):
    mask, hair = person_and_hair
    trimap = make_trimap(mask, 10, hair)
    assert unknown_ends(trimap, 200) == (290, 379)  # eight bands
    assert unknown_ends(trimap, 700) == (290, 309)
    assert (make_trimap(mask, 10, hair / 3) == make_trimap(mask, 10)).all()


@pytest.mark.parametrize("hair_reach, last", [(0, 314), (0.6, 320), (3, 344)])
def test_beyond_hair_the_band_goes_on_for_as_many_widths_as_asked(person_and_hair, hair_reach, last):
    """To column 314 there is hair, within the eight widths that the band follows it."""
    mask, hair = person_and_hair
    hair[:, 315:] = 0
    assert unknown_ends(make_trimap(mask, 10, hair, hair_reach), 200) == (290, last)


def test_hair_may_come_in_another_size(person_and_hair):
    mask, hair = person_and_hair
    small = hair[::4, ::4]
    assert unknown_ends(make_trimap(mask, 10, small), 200) == (290, 379)
    large = np.kron(mask, np.ones((5, 5), np.float32))
    first, last = unknown_ends(make_trimap(large, 10, small), 1000)
    assert (first, last) == (pytest.approx(1450, abs=4), pytest.approx(1899, abs=4))


def test_a_mask_of_nobody_or_of_nothing_else_has_no_band():
    assert (make_trimap(np.zeros((9, 7), np.float32)) == BACKGROUND).all()
    assert (make_trimap(np.ones((9, 7), np.float32)) == FOREGROUND).all()


def test_band_zero_keeps_a_hard_mask():
    mask = np.zeros((40, 40), np.float32)
    mask[10:30, 10:30] = 1
    trimap = make_trimap(mask, band=0)
    assert set(np.unique(trimap)) == {BACKGROUND, FOREGROUND}


def test_a_band_wider_than_the_person_or_the_ground_leaves_its_middle():
    """Columns 30 to 39 of 200 are the person, then its opposite; a third of five pixels stays."""
    mask = np.zeros((300, 200), np.float32)
    mask[:, 30:40] = 1
    for person, label in ((mask, FOREGROUND), (1 - mask, BACKGROUND)):
        row = make_trimap(person, band=60)[150]
        assert np.flatnonzero(row == label).tolist() == [33, 34, 35, 36]
        assert (row[10:30] == UNKNOWN).all() and (row[120:] == 255 - label).all()


def test_where_the_mask_is_nowhere_sure_its_middle_is_taken():
    mask = np.zeros((90, 60), np.float32)
    mask[20:60, 20:40] = 0.7
    trimap = make_trimap(mask)
    assert trimap[40, 30] == FOREGROUND and trimap[21, 21] == UNKNOWN


def test_large_masks_get_the_band_in_proportion():
    """12 MP: the boundary between columns 1499 and 1500, a band of 50 pixels to either side."""
    mask = np.zeros((4000, 3000), np.float32)
    mask[:, 1500:] = 1
    unknown = np.flatnonzero(make_trimap(mask, band=10)[2000] == UNKNOWN)
    assert unknown[0] == pytest.approx(1450, abs=4) and unknown[-1] == pytest.approx(1549, abs=4)


def test_the_band_of_a_large_mask_is_moved_to_no_side():
    mask = np.zeros((2000, 2000), np.float32)
    mask[700:, 620:1700] = 1
    turned = make_trimap(np.ascontiguousarray(mask[::-1, ::-1]))
    np.testing.assert_array_equal(turned, make_trimap(mask)[::-1, ::-1])


def test_a_negative_band_is_refused():
    with pytest.raises(ValueError, match="negative"):
        make_trimap(np.zeros((4, 4), np.float32), band=-1)


@settings(max_examples=40)
@given(
    arrays.arrays(np.float32, st.tuples(st.integers(1, 30), st.integers(1, 30)),
                  elements=st.floats(0, 1, width=32)),
    st.floats(0, 200),
)
def test_known_pixels_agree_with_the_mask(mask, band):
    trimap = make_trimap(mask, band)
    assert trimap.shape == mask.shape and trimap.dtype == np.uint8
    assert (mask[trimap == FOREGROUND] >= 0.5).all()
    assert (mask[trimap == BACKGROUND] < 0.5).all()
