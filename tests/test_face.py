"""Finding faces in real photographs: the samples that come with the project."""

import cv2
import numpy as np
import pytest

from pipeline.face import (
    LANDMARK_COUNT,
    LEFT_EYE,
    RIGHT_EYE,
    Face,
    _without_repeats,
    find_faces,
)
from pipeline.image import load_image
from pipeline.samples import SAMPLES


@pytest.fixture(scope="module")
def astronaut():
    """512 x 512; her face is some 130 pixels high, about (224, 115)."""
    (sample,) = [sample for sample in SAMPLES if "collins" in sample.file.stem]
    return load_image(sample.file)


def turned(image, degrees):
    """Turn about the centre, clockwise for positive angles."""
    height, width = image.shape[:2]
    to_turned = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    return cv2.warpAffine(image, to_turned, (width, height), borderMode=cv2.BORDER_REPLICATE)


def test_the_face_is_found_where_it_is(astronaut):
    (face,) = find_faces(astronaut)
    assert face.landmarks.shape == (LANDMARK_COUNT, 3)
    left, top, right, bottom = face.box
    assert 150 < left < 190 and 250 < right < 300
    assert 40 < top < 90 and 160 < bottom < 210
    assert face.height == pytest.approx(bottom - top)
    assert abs(np.degrees(face.roll)) < 15


@pytest.mark.parametrize("degrees", [-45, -30, 30, 45])
def test_tilted_faces_are_found_with_their_angle(astronaut, degrees):
    upright = np.degrees(find_faces(astronaut)[0].roll)
    (face,) = find_faces(turned(astronaut, degrees))
    assert np.degrees(face.roll) == pytest.approx(upright + degrees, abs=6)


def test_landmarks_turn_with_the_photo(astronaut):
    (upright,) = find_faces(astronaut)
    (tilted,) = find_faces(turned(astronaut, 20))
    to_turned = cv2.getRotationMatrix2D((256, 256), -20, 1.0)
    expected = upright.landmarks[:, :2] @ to_turned[:, :2].T + to_turned[:, 2]
    eyes = upright.landmarks[[RIGHT_EYE, LEFT_EYE], :2]
    between_eyes = np.linalg.norm(eyes[1] - eyes[0])
    error = np.linalg.norm(tilted.landmarks[:, :2] - expected, axis=1) / between_eyes
    assert np.median(error) < 0.05


def test_a_face_of_5_percent_of_the_height_is_found(astronaut):
    head = cv2.resize(astronaut[20:276, 96:352], (0, 0), fx=0.5, fy=0.5)
    scene = np.full((1400, 1900, 3), 90, np.uint8)
    scene[600:728, 1200:1328] = head
    faces = find_faces(scene)
    assert len(faces) == 1
    assert 0.03 < faces[0].height / 1400 < 0.06
    assert 1200 < faces[0].landmarks[1, 0] < 1328


def test_a_face_of_a_fifth_of_a_panorama_s_height_is_found(astronaut):
    """Sixteen times as wide as high, the photo at its right end."""
    small = cv2.resize(astronaut, (500, 500), interpolation=cv2.INTER_AREA)
    panorama = np.full((500, 8000, 3), 127, np.uint8)
    panorama[:, 6900:7400] = small
    (face,) = find_faces(panorama)
    left, _, right, _ = face.box
    assert 6900 < left < right < 7400


def test_two_people_come_largest_first(astronaut):
    small = cv2.resize(astronaut, (320, 320), interpolation=cv2.INTER_AREA)
    scene = np.full((512, 832, 3), 90, np.uint8)
    scene[:, 320:] = astronaut
    scene[192:, :320] = small
    first, second = find_faces(scene)
    assert first.height > second.height
    assert first.landmarks[1, 0] > 320 > second.landmarks[1, 0]


def test_nothing_is_found_where_nobody_is():
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    assert find_faces(noise) == []
    assert find_faces(np.zeros((40, 900, 3), np.uint8)) == []
    assert find_faces(np.zeros((1, 1, 3), np.uint8)) == []


def boxed(left, top, right, bottom):
    """A face with this box."""
    landmarks = np.zeros((LANDMARK_COUNT, 3), np.float32)
    landmarks[:, :2] = left, top
    landmarks[-1, :2] = right, bottom
    return Face(landmarks, 1.0)


def test_faces_cheek_to_cheek_are_two_and_one_found_twice_is_one():
    large = boxed(0, 0, 100, 120)
    beside, again = boxed(60, 0, 160, 110), boxed(4, 5, 99, 118)
    assert _without_repeats([again, beside, large]) == [large, beside]
