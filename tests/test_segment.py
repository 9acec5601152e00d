"""The people of a photo."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

import pipeline.segment
from pipeline.face import Face, find_faces
from pipeline.image import load_image
from pipeline.mending import follow_edges, with_whole_faces, without_patches
from pipeline.samples import SAMPLES
from pipeline.segment import (
    HAIR_CLASS,
    SHARPNESS,
    Frame,
    look,
    network_input,
    network_size,
    segment,
    whole_frame,
)


@pytest.fixture(scope="module")
def photos():
    return {sample.file.stem: load_image(sample.file) for sample in SAMPLES}


@pytest.fixture(scope="module")
def astronaut(photos):
    return photos["eileen_collins"]


def test_the_whole_frame_holds_the_photo_in_the_networks_proportions():
    frame = whole_frame((300, 900, 3), (192, 256))
    assert frame.width / frame.height == pytest.approx(192 / 256)
    assert (frame.left, frame.width) == (0, 900)
    assert frame.top == pytest.approx((300 - 1200) / 2)


def test_a_frame_maps_its_corners_to_the_photo():
    to_photo = Frame(10, 20, 96, 128).to_photo((192, 256))
    # The outer edge of the first pixel lies half a pixel before its centre, in both pictures.
    assert np.allclose(to_photo @ [-0.5, -0.5, 1], [9.5, 19.5])
    assert np.allclose(to_photo @ [191.5, 255.5, 1], [105.5, 147.5])


def test_channels_are_zero_without_a_face(astronaut):
    size = network_size()
    inputs = network_input(astronaut, whole_frame(astronaut.shape, size), None, size)
    assert inputs.shape == (size[1], size[0], 6) and inputs.dtype == np.float32
    assert not inputs[..., 3:].any() and inputs[..., :3].any()


def test_beyond_the_photo_one_look_sees_its_edge_and_the_other_in_the_mirror_grey(monkeypatch):
    red = np.zeros((300, 300, 3), np.uint8)
    red[..., 0] = 255
    _, height = size = network_size()
    seen = replace_network(monkeypatch, np.zeros(size[::-1], np.float32))
    look(red, whole_frame(red.shape, size), None)
    plain, mirrored = (inputs[..., :3] * 128 + 127 for inputs in seen)
    assert (plain == [255, 0, 0]).all()
    assert (mirrored[0] == 127).all() and (mirrored[height // 2] == [255, 0, 0]).all()


def test_a_look_is_the_mean_of_the_photo_and_the_mirror_image_turned_back(monkeypatch):
    """A network that says which column it sees, of an image of its own."""
    width, height = size = network_size()
    columns = np.broadcast_to(np.arange(width, dtype=np.float32) ** 2, (height, width))
    replace_network(monkeypatch, columns)
    photo = np.zeros((height, width, 3), np.uint8)
    person, hair = look(photo, whole_frame(photo.shape, size), None)
    mean = (columns + columns[:, ::-1]) / 2
    np.testing.assert_allclose(person, SHARPNESS * mean, rtol=1e-5)
    # The class scores are the column for hair and 0 for the five others.
    np.testing.assert_allclose(hair, mean - np.log(5), rtol=1e-5)


def test_in_the_mirror_image_left_is_right_in_the_channels_too(monkeypatch, astronaut):
    width, height = size = network_size()
    seen = replace_network(monkeypatch, np.zeros((height, width), np.float32))
    (face,) = find_faces(astronaut)
    look(astronaut, whole_frame(astronaut.shape, size), face)
    plain, mirrored = (inputs[..., 3:] for inputs in seen)
    assert plain.any()
    np.testing.assert_array_equal(mirrored, plain[:, ::-1] * np.float32([-1, 1, 1]))


def test_a_closer_look_counts_for_more_than_the_first(monkeypatch, astronaut):
    """A network that is as sure of nobody in the whole as of somebody in what is closer."""
    (face,) = find_faces(astronaut)
    face = replace(face, landmarks=face.landmarks / 4 + np.float32([100, 100, 0]))
    plain = np.full((600, 450, 3), 128, np.uint8)
    width, height = network_size()
    looks = []

    def network(inputs):
        looks.append(inputs)
        logit = np.full((height, width, 1), -1 if len(looks) <= 2 else 1, np.float32)
        return [logit, np.zeros((height, width, 6), np.float32)]

    network.input_size = height, width
    monkeypatch.setattr("pipeline.segment.loaded_network", lambda path: network)
    people = segment(plain, [face])
    (left, top), (right, bottom) = np.array(face.box, int).reshape(2, 2)
    assert len(people.frames) == 2 and people.found
    assert people.mask[top:bottom, left:right].min() > 0.5
    assert people.mask[-50:, -50:].max() < 0.5


def replace_network(monkeypatch, answer):
    """Let the network's logit and its score of hair be `answer` (h, w); returns what it is shown."""
    seen = []
    scores = np.zeros((*answer.shape, 6), np.float32)
    scores[..., HAIR_CLASS] = answer

    def network(inputs):
        seen.append(inputs)
        return [answer[..., None], scores]

    network.input_size = answer.shape
    monkeypatch.setattr("pipeline.segment.loaded_network", lambda path: network)
    return seen


@pytest.mark.parametrize("beside", [-2, 2])
def test_a_boundary_beside_the_photos_edge_moves_onto_it(beside):
    """An edge between columns 79 and 80, and a soft boundary some pixels to one side of it."""
    photo = np.full((120, 160, 3), 60, np.uint8)
    photo[:, 80:] = 200
    person = np.zeros((120, 160), np.float32)
    person[:, 80 + beside :] = 1
    person = cv2.GaussianBlur(person, (0, 0), 3)
    on_edge = boundary_column(follow_edges(person, photo))
    assert boundary_column(person) == pytest.approx(79.5 + beside, abs=0.1)
    assert abs(on_edge - 79.5) <= 0.5
    on_plain = boundary_column(follow_edges(person, np.full_like(photo, 60)))
    assert on_plain == pytest.approx(79.5 + beside, abs=0.1)


def boundary_column(person):
    """Where the middle row crosses one half."""
    return np.interp(0.5, person[len(person) // 2], np.arange(person.shape[1]))


def test_samples_show_their_person(photos):
    for image in photos.values():
        faces = find_faces(image)
        people = segment(image, faces)
        assert people.found
        assert people.mask.shape == image.shape[:2] and people.mask.dtype == np.float32
        assert 0 <= people.mask.min() and people.mask.max() <= 1
        x, y = faces[0].landmarks[:, :2].round().astype(int).T
        assert people.mask[y, x].mean() > 0.95


@pytest.mark.parametrize("bar", [0, 60])
def test_hair_is_told_from_face_and_clothes(astronaut, bar):
    """Also where a white bar lies above and below the photo, which is enlarged to three times."""
    photo = cv2.resize(astronaut, None, fx=3, fy=3)
    framed = cv2.copyMakeBorder(photo, 3 * bar, 3 * bar, 0, 0, cv2.BORDER_CONSTANT, value=(255,) * 3)
    people = segment(framed, find_faces(framed))
    assert people.hair.dtype == np.float32 and max(people.hair.shape) < max(people.mask.shape)
    hair = cv2.resize(people.hair, (512, 512 + 2 * bar))
    assert hair.min() >= 0 and hair.max() <= 1
    assert hair[bar + 40 : bar + 70, 190:260].mean() > 0.9
    assert hair[bar + 90 : bar + 160, 200:255].mean() < 0.1  # brows to mouth
    assert hair[bar + 200 :].max() < 0.3


def test_the_mask_turns_over_with_the_photo(photos):
    # Not exactly: the photo and its mirror image are looked at with other ground beyond their edges.
    photo = photos["grace_hopper"]
    mask = segment(photo, find_faces(photo)).mask
    mirrored = np.ascontiguousarray(photo[:, ::-1])
    other = segment(mirrored, find_faces(mirrored)).mask[:, ::-1]
    both, either = ((mask > 0.5) & (other > 0.5)).sum(), ((mask > 0.5) | (other > 0.5)).sum()
    assert both / either > 0.98


def test_a_small_person_in_a_wide_photo_is_looked_at_closer(astronaut):
    scene = np.full((900, 1600, 3), (80, 110, 150), np.uint8)
    small = cv2.resize(astronaut, (300, 300), interpolation=cv2.INTER_AREA)
    scene[600:, 1000:1300] = small
    people = segment(scene, find_faces(scene))
    assert people.found and len(people.frames) > 1
    assert people.mask[640:700, 1110:1150].mean() > 0.9
    assert people.mask[:, :700].max() < 0.2


def test_a_face_on_a_long_strip_keeps_its_patch():
    """16000 x 400 pixels are reduced to 1024 x 26: by 15.6 across and by 15.4 down."""
    probability = np.zeros((26, 1024), np.float32)
    probability[:, 100:900] = 1
    probability[10:16, 976:983] = 1
    face = Face(np.full((468, 3), (15_300, 200, 0), np.float32), 1.0)
    kept = without_patches(probability, [face], (400, 16_000))
    np.testing.assert_array_equal(kept, probability)
    assert not without_patches(probability, [], (400, 16_000))[10:16, 976:983].any()


def oval_face(x, y, across, down):
    """A face whose landmarks lie on an oval about (x, y) with these radii."""
    angle = np.linspace(0, 2 * np.pi, 468, endpoint=False)
    oval = np.stack([x + across * np.cos(angle), y + down * np.sin(angle), 0 * angle], 1)
    return Face(landmarks=oval.astype(np.float32), score=1.0)


def test_what_is_held_before_the_face_belongs_to_the_person():
    """A hole over the face is filled with its unsure rim; the one under an arm stays."""
    probability = np.zeros((200, 100), np.float32)
    probability[20:, 10:90] = 0.95
    probability[38:62, 38:62] = 0.7
    probability[40:60, 40:60] = 0.1
    probability[150:170, 15:25] = 0.1
    # The photo is twice as large as the probabilities.
    face = oval_face(100, 100, 50, 60)
    whole = with_whole_faces(probability, [face], (400, 200, 3))
    assert (whole[38:62, 38:62] == 1).all()
    rest = np.ones(probability.shape, bool)
    rest[38:62, 38:62] = False
    assert (whole[rest] == probability[rest]).all()


def test_ground_within_arms_around_the_head_stays():
    """It touches the face's outline, lies mostly beside it, and its rim is unsure."""
    probability = np.full((200, 100), 0.95, np.float32)
    probability[:20] = probability[:, :5] = probability[:, 95:] = 0.02
    probability[58:102, 70:92] = 0.7
    probability[60:100, 72:90] = 0.03
    face = oval_face(50, 80, 24, 30)
    whole = with_whole_faces(probability, [face], (200, 100, 3))
    np.testing.assert_array_equal(whole, probability)
    # What the network is less sure of, as dark hair, is filled all the same.
    probability[60:100, 72:90] = 0.3
    assert (with_whole_faces(probability, [face], (200, 100, 3))[58:102, 70:92] == 1).all()


def test_nobody_is_found_in_pictures_of_nothing():
    rng = np.random.default_rng(0)
    for image in (
        np.zeros((240, 320, 3), np.uint8),
        np.full((400, 300, 3), 200, np.uint8),
        rng.integers(0, 256, (300, 300, 3), dtype=np.uint8),
        cv2.resize(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8), (640, 480)),
    ):
        people = segment(image, [])
        assert not people.found
        assert not people.mask.any()


def test_things_that_fill_a_photo_as_people_do_are_not_people():
    data = pytest.importorskip("skimage.data", reason="the photographs come with scikit-image")
    for name in ("coffee", "clock", "rocket", "coins", "brick"):
        image = getattr(data, name)()
        image = np.dstack([image] * 3) if image.ndim == 2 else image[..., :3]
        assert find_faces(image) == [], name
        assert not segment(np.ascontiguousarray(image), []).found, name


def test_a_person_without_a_visible_face_is_found(astronaut):
    """Her face taken out of the photo; what is left is a body in a space suit."""
    hidden = astronaut.copy()
    hidden[60:180, 170:280] = cv2.blur(astronaut[60:180, 170:280], (99, 99))
    assert find_faces(hidden) == []
    assert segment(hidden, []).found


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (2, 3), (5000, 20)])
def test_odd_shapes_come_back_in_their_shape(shape):
    assert segment(np.full((*shape, 3), 120, np.uint8), []).mask.shape == shape


def test_a_face_without_a_person_in_the_mask_is_nobody(astronaut, monkeypatch):
    """As of a face on a poster that the network sees through."""
    nobody = np.full(network_size()[::-1], -4, np.float32)
    monkeypatch.setattr(pipeline.segment, "look", lambda *_: (nobody, nobody))
    found = segment(astronaut, find_faces(astronaut))
    assert not found.found and not found.mask.any() and not found.hair.any()
