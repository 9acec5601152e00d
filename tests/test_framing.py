"""Where crops lie and what they hold."""

import numpy as np
import pytest

from pipeline.face import LANDMARK_COUNT, Face
from pipeline.frame import Frame
from pipeline.framing import (
    CHIN,
    EYE_CORNERS,
    cropped,
    document_problems,
    for_document,
    head,
    head_and_shoulders,
    print_problems,
    scaled,
    square,
    whole,
    with_margin,
)
from pipeline.id_formats import CANADA, PASSPORT, UNITED_STATES

SHAPE = (1000, 800)


def face(x=400, eyes=350, chin=450):
    """Eyes level at height `eyes`, 60 pixels apart, the chin straight below their middle."""
    landmarks = np.zeros((LANDMARK_COUNT, 3), np.float32)
    landmarks[:, :2] = x, eyes
    for point, across in zip(EYE_CORNERS, (-30, -10, 10, 30), strict=True):
        landmarks[point, :2] = x + across, eyes
    landmarks[CHIN, :2] = x, chin
    return Face(landmarks, 1.0)


def bust():
    """Everything below the shoulders is person, from edge to edge at the bottom."""
    alpha = np.zeros(SHAPE, np.float32)
    alpha[250:600, 300:500] = 1
    alpha[600:, 100:700] = 1
    return alpha


def test_head_is_twice_as_high_as_the_eyes_are_above_the_chin():
    eyes, height = head(face())
    assert tuple(eyes) == (400, 350)
    assert height == 200


@pytest.mark.parametrize("id_format", [PASSPORT, UNITED_STATES, CANADA])
def test_document_has_the_head_and_the_eyes_where_the_rule_wants_them(id_format):
    """Measured in the crop, in millimetres: head 200 pixels high, eyes at row 350."""
    frame = for_document(id_format, face())
    millimetre = frame.height / id_format.size[1]
    assert frame.width / frame.height == pytest.approx(id_format.size[0] / id_format.size[1])
    assert id_format.head[0] <= 200 / millimetre <= id_format.head[1]
    eyes = (frame.top + frame.height - 350) / millimetre
    if id_format.eyes:
        assert id_format.eyes[0] <= eyes <= id_format.eyes[1]
    assert frame.top < 250  # the crown has some room
    assert frame.left + frame.width / 2 == pytest.approx(400)


def test_aims_lie_within_their_rules():
    for id_format in (PASSPORT, UNITED_STATES, CANADA):
        assert id_format.head[0] <= id_format.head_aim <= id_format.head[1]
        assert not id_format.eyes or id_format.eyes[0] <= id_format.eyes_aim <= id_format.eyes[1]
        assert id_format.eyes_aim > id_format.head_aim / 2
        assert id_format.eyes_aim + id_format.head_aim / 2 < id_format.size[1]


def test_document_problems_are_named():
    upright = for_document(PASSPORT, face())
    alpha = np.zeros(SHAPE, np.float32)
    alpha[500:, 10:790] = 1
    assert document_problems(upright, alpha, SHAPE, face()) == []
    low = face(eyes=900, chin=1000)
    alpha[:950] = 0
    (problem,) = document_problems(for_document(PASSPORT, low), alpha, SHAPE, low)
    assert "shoulders" in problem
    alpha[500:, 10:790] = 1
    tilted = face()
    tilted.landmarks[33, :2], tilted.landmarks[263, :2] = (370, 340), (430, 360)
    (problem,) = document_problems(upright, alpha, SHAPE, tilted)
    assert "18 degrees" in problem


def test_a_document_asks_for_a_face_that_looks_at_the_camera():
    turned = face()
    turned.landmarks[263, 2] = 60 * np.tan(np.radians(20))
    alpha = np.zeros(SHAPE, np.float32)
    (problem,) = document_problems(for_document(PASSPORT, face()), alpha, SHAPE, turned)
    assert "turned by 20 degrees" in problem


def test_a_document_asks_for_all_of_the_hair_in_the_crop():
    """Which the photo shows, as much of it as is above the crop and beside it."""
    frame = for_document(PASSPORT, face())
    top, right = round(frame.top), round(frame.left + frame.width)
    alpha = np.zeros(SHAPE, np.float32)
    alpha[top - 20 : 500, 350:450] = 1
    (problem,) = document_problems(frame, alpha, SHAPE, face())
    assert "upper edge of the crop" in problem
    alpha[: top + 1] = 0
    assert document_problems(frame, alpha, SHAPE, face()) == []
    alpha[300:500, 350 : right + 9] = 1
    (problem,) = document_problems(frame, alpha, SHAPE, face())
    assert "side of the crop" in problem


def test_a_crop_of_few_pixels_is_said_to_print_badly():
    """35 mm are 1.378 inches."""
    (problem,) = print_problems(Frame(0, 0, 207, 266), PASSPORT)
    assert "150 pixels to the inch" in problem
    assert print_problems(Frame(0, 0, 414, 532), PASSPORT) == []


def test_a_document_asks_for_the_whole_head():
    high = face(eyes=30, chin=130)
    frame = for_document(PASSPORT, high)
    alpha = np.zeros(SHAPE, np.float32)
    alpha[:, 300:500] = 1
    (problem,) = document_problems(frame, alpha, SHAPE, high)
    assert "top of it is cut off" in problem


def test_a_document_asks_for_both_shoulders():
    beside = face(x=100)
    frame = for_document(PASSPORT, beside)
    assert frame.left < -1
    alpha = np.zeros(SHAPE, np.float32)
    alpha[500:, 5:400] = 1
    assert document_problems(frame, alpha, SHAPE, beside) == []
    alpha[500:, :5] = 1
    (problem,) = document_problems(frame, alpha, SHAPE, beside)
    assert "a shoulder is cut off" in problem


@pytest.mark.parametrize("x", [80, 400, 790])
def test_portrait_keeps_within_the_sides_and_the_bottom(x):
    frame = head_and_shoulders(SHAPE, face(x=x))
    assert frame.left >= 0 and frame.left + frame.width <= SHAPE[1] + 1
    assert frame.top + frame.height <= SHAPE[0] + 1
    assert frame.width / frame.height == pytest.approx(0.8, abs=0.01)
    assert frame.top < 250


def test_square_is_the_largest_and_holds_the_face():
    frame = square(SHAPE, bust(), face())
    assert (frame.width, frame.height, frame.left) == (800, 800, 0)
    assert frame.top < 250 and frame.top + 800 > 450
    far_down = square(SHAPE, bust(), face(eyes=900, chin=980))
    assert far_down.top == 200


def test_square_without_a_face_holds_the_person():
    alpha = np.zeros((50, 100), np.float32)
    alpha[:, 70:90] = 1
    frame = square((500, 1000), alpha, None)
    assert (frame.width, frame.height) == (500, 500)
    assert frame.left == 500  # the middle of the person is at 800, but the photo ends at 1000


def test_margin_is_left_out_where_the_photo_cuts_the_person_off():
    frame = with_margin(whole(SHAPE), 0.1, bust(), SHAPE)
    assert (frame.left, frame.top) == (-100, -100)
    assert frame.left + frame.width == 900
    assert frame.top + frame.height == 1000


def test_margin_of_a_crop_ends_where_the_photo_cuts_the_person_off():
    alpha = np.zeros(SHAPE, np.float32)
    alpha[600:, :400] = 1
    frame = with_margin(Frame(30, 200, 500, 600), 0.5, alpha, SHAPE)
    assert (frame.left, frame.top) == (0, -100)
    assert frame.left + frame.width == 530 + 300
    assert frame.top + frame.height == 1000


@pytest.mark.parametrize("margin", [0.1, 0.5])
def test_margin_keeps_the_shape_of_a_crop_that_has_one(margin):
    """The lower edge cuts the person off, so all of the height comes on top."""
    frame = with_margin(Frame(0, 200, 800, 800), margin, bust(), SHAPE, keep_shape=True)
    side = 800 * (1 + 2 * margin)
    assert (frame.width, frame.height) == (side, side)
    assert frame.top + frame.height == 1000
    assert frame.left == -800 * margin


def test_margin_that_keeps_the_shape_is_no_more_than_there_is_room_for():
    alpha = np.ones(SHAPE, np.float32)
    assert with_margin(whole(SHAPE), 0.5, alpha, SHAPE, keep_shape=True) == whole(SHAPE)
    frame = with_margin(Frame(100, 200, 400, 400), 0.5, alpha, SHAPE, keep_shape=True)
    assert (frame.left, frame.top, frame.width, frame.height) == (0, 0, 800, 800)


def test_crop_of_another_size_shows_the_same():
    frame = Frame(-40, 20, 200, 100)
    half = scaled(frame, 0.5)
    assert (half.left, half.top, half.width, half.height) == (-20, 10, 100, 50)
    assert scaled(Frame(0, 0, 3, 3), 0.1).width == 1


def test_crop_within_the_photo_is_its_pixels():
    pixels = np.random.default_rng(1).integers(0, 256, (30, 40, 3), dtype=np.uint8)
    np.testing.assert_array_equal(cropped(pixels, Frame(5, 10, 20, 15)), pixels[10:25, 5:25])


def test_crop_beyond_the_photo_is_filled():
    pixels = np.arange(12, dtype=np.float32).reshape(3, 4)
    frame = Frame(-2, 1, 7, 4)
    filled = cropped(pixels, frame, beyond=0)
    assert filled.shape == (4, 7)
    np.testing.assert_array_equal(filled[:2, 2:6], pixels[1:])
    assert filled[:, :2].sum() == filled[2:].sum() == filled[:, 6].sum() == 0
    mirrored = cropped(pixels, frame, beyond=None)
    np.testing.assert_array_equal(mirrored[0], [5, 4, 4, 5, 6, 7, 7])
    np.testing.assert_array_equal(mirrored[3], mirrored[0])
    np.testing.assert_array_equal(mirrored[2], mirrored[1])


def test_crop_beside_the_photo_is_empty():
    pixels = np.full((10, 10, 3), 9, np.uint8)
    assert (cropped(pixels, Frame(50, 50, 4, 6)) == 0).all()
    counted = np.arange(12).reshape(3, 4)
    assert (cropped(counted, Frame(50, 50, 4, 6), beyond=None) == np.full((6, 4), 11)).all()
    assert (cropped(counted, Frame(-9, 1, 4, 1), beyond=None) == 4).all()
