"""The head that a 3D face is made of: its part of the photo, at no more pixels than are seen."""

import cv2
import numpy as np
import pytest

from pipeline.face import find_faces
from pipeline.head import LONGEST_SIDE, head_of
from pipeline.image import ImageError, load_image
from pipeline.samples import COLLINS


@pytest.fixture(scope="module")
def portrait() -> np.ndarray:
    return load_image(COLLINS.file)


def in_a_wide_photo(portrait: np.ndarray, height: int) -> np.ndarray:
    """The portrait, so many pixels high, in the middle of a grey photo of 4000 x 3000."""
    width = round(portrait.shape[1] * height / portrait.shape[0])
    photo = np.full((3000, 4000, 3), 128, np.uint8)
    small = cv2.resize(portrait, (width, height), interpolation=cv2.INTER_AREA)
    photo[1000 : 1000 + height, 1800 : 1800 + width] = small
    return photo


def test_a_photo_that_is_small_enough_stays_whole(portrait):
    alpha = np.zeros(portrait.shape[:2], np.float32)
    head = head_of(portrait, alpha)
    assert max(portrait.shape) <= LONGEST_SIDE
    assert head.image is portrait and head.alpha is alpha and head.remarks == []
    np.testing.assert_array_equal(head.face.landmarks, find_faces(portrait)[0].landmarks)


def test_a_small_face_in_a_large_photo_keeps_its_pixels(portrait):
    photo = in_a_wide_photo(portrait, 330)
    (face,) = find_faces(photo)
    assert face.height < 160  # reduced with the photo less than 60 would be left
    alpha = photo[..., 0].astype(np.float32) / 255
    head = head_of(photo, alpha)
    assert head.face.height == pytest.approx(face.height, abs=0.01)
    assert max(head.image.shape) < 1000
    middle = head.face.landmarks[:, :2].mean(axis=0).astype(int)
    there = face.landmarks[:, :2].mean(axis=0).astype(int)
    left, top = there - middle
    rows, columns = slice(top, top + head.image.shape[0]), slice(left, left + head.image.shape[1])
    np.testing.assert_array_equal(head.image, photo[rows, columns])
    np.testing.assert_array_equal(head.alpha, alpha[rows, columns])
    assert head.image.base is None and head.alpha.base is None  # the photo can be let go


def test_a_large_face_is_reduced_with_its_landmarks(portrait):
    """Where the reduced picture is searched anew they are found at the same places."""
    photo = in_a_wide_photo(portrait, 2000)
    head = head_of(photo, np.ones(photo.shape[:2], np.float32))
    assert max(head.image.shape) == LONGEST_SIDE
    assert head.alpha.shape == head.image.shape[:2]
    (again,) = find_faces(head.image)
    apart = np.linalg.norm((head.face.landmarks - again.landmarks)[:, :2], axis=1)
    assert np.median(apart) <= 0.01 * again.height


def test_what_cannot_be_fitted_is_refused_in_words(portrait):
    with pytest.raises(ImageError, match="No face was found"):
        head_of(np.full((300, 300, 3), 200, np.uint8))
    with pytest.raises(ImageError, match="pixels high"):
        head_of(cv2.resize(portrait, None, fx=0.14, fy=0.14, interpolation=cv2.INTER_AREA))
