"""Training samples keep picture, truth and portrait channels together."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from models.augment import ROOM, Augmentation, about_someone, sample
from models.photos import HELD_OUT_SCENES, Portrait, scene_split
from models.recipe import MEANS, RECIPES
from pipeline.align import CHANNEL_UNIT, POINTS, portrait_prior
from pipeline.face import Face

SIZE = (96, 128)
BARE = Augmentation(background=0.0)


@pytest.fixture
def portrait():
    """A bright disk, the person, on dark ground."""
    mask = cv2.circle(np.zeros((400, 300), np.uint8), (150, 200), 90, 255, -1)
    image = np.where(mask[..., None], np.uint8(220), np.uint8(40)).repeat(3, axis=2)
    return Portrait("disk", image, mask, np.full_like(mask, 255), None)


@pytest.fixture
def plain_camera(monkeypatch):
    """Samples keep the photo's own colours."""
    monkeypatch.setattr("models.augment._other_camera", lambda image, rng: image)


def test_truth_follows_the_picture_in_any_pose(portrait, plain_camera):
    """A picture of its own mask stays one, as far as the photo reaches."""
    portrait.mask[200:, 150:] = 0  # now no turn and no mirror image looks as the disk does
    portrait = replace(portrait, image=portrait.mask[..., None].repeat(3, axis=2))
    rng = np.random.default_rng(0)
    for _ in range(30):
        inputs, truth = sample(portrait, SIZE, [], BARE, rng)
        assert inputs.shape == (128, 96, 6)
        assert truth.shape == (128, 96, 2)
        person, known = truth[..., 0], truth[..., 1] > 0
        assert person[known].max() > 0.99
        # Half a pixel beside each other, the two would differ by half along the outline.
        np.testing.assert_allclose(grey(inputs)[known], 255 * person[known], atol=6)


def grey(inputs):
    """The first channel of what a network is given, 0 to 255."""
    return inputs[..., 0] * 128 + 127


def test_the_person_is_laid_over_the_new_ground(portrait, plain_camera):
    portrait.image[:] = 220
    ground = np.full((300, 300, 3), 40, np.uint8)
    rng = np.random.default_rng(1)
    for _ in range(10):
        inputs, truth = sample(portrait, SIZE, [ground], replace(BARE, background=1.0), rng)
        person, off_the_edge = truth[..., 0], truth[..., 1] == 1
        wanted = np.where(person > 0.5, 220, 40)
        np.testing.assert_allclose(grey(inputs)[off_the_edge], wanted[off_the_edge], atol=4)


def test_the_boundary_counts_three_times_and_what_is_not_known_not_at_all(monkeypatch):
    """Of 128 rows: four pixels to either side of it at 256 are two here."""
    monkeypatch.setattr("models.augment._random_pose", lambda *_: (np.eye(2, 3), False))
    mask, known = np.zeros((2, 128, 96), np.uint8)
    mask[:, :48] = 255
    known[64:] = 255
    half = Portrait("half", np.dstack([mask] * 3), mask, known, None)
    _, truth = sample(half, SIZE, [], BARE, np.random.default_rng(0))
    counts = np.zeros((128, 96))
    counts[64:] = 1
    counts[64:, 46:50] = 3
    np.testing.assert_array_equal(truth[..., 1], counts)


def test_without_a_face_the_portrait_channels_are_zero(portrait):
    inputs, _ = sample(portrait, SIZE, [], BARE, np.random.default_rng(2))
    assert not inputs[..., 3:].any()


def test_portrait_channels_follow_the_picture_in_any_pose():
    """Masks that grow from left to right and from top to bottom say where a sample's pixels lie."""
    middle, unit = (150, 200), 40
    face = face_at(0, 0)
    face.landmarks[list(POINTS), :2] = middle + unit * portrait_prior().pose
    exact = replace(BARE, wide=0.0, no_face=0.0, channel_noise=0.0)
    ramps = np.mgrid[:400, :300][::-1] * np.float32(255 / 400)
    seen = set()
    for seed in range(20):
        samples = []
        for ramp in ramps:
            mask = np.rint(ramp).astype(np.uint8)
            image = mask[..., None].repeat(3, axis=2)
            portrait = Portrait("ramp", image, mask, np.full_like(mask, 255), face)
            samples.append(sample(portrait, SIZE, [], exact, np.random.default_rng(seed)))
        place = np.dstack([truth[..., 0] * 400 for _, truth in samples])
        inside = np.s_[52:76, 36:60]
        x_axis, y_axis = (np.diff(place[inside], axis=axis).mean((0, 1)) for axis in (1, 0))
        mirrored = np.linalg.det([x_axis, y_axis]) < 0
        canonical = (place[inside] - middle) / unit * ((-1, 1) if mirrored else (1, 1))
        channels = samples[0][0][inside][..., 3:5]
        np.testing.assert_allclose(channels * CHANNEL_UNIT, canonical, atol=0.1)
        seen.add(bool(mirrored))
    assert seen == {False, True}


def face_at(x: float, y: float) -> Face:
    return Face(np.full((468, 3), (x, y, 0), np.float32), 1.0)


def test_a_scene_is_shown_around_one_of_its_people():
    mask = np.zeros((300, 400), np.uint8)
    people = {(40, 60): (30, 40), (260, 150): (60, 80)}  # left, top: width, height
    for (left, top), (width, height) in people.items():
        mask[top : top + height, left : left + width] = 255
    scene = Portrait("two", mask[..., None].repeat(3, 2), mask, mask | 255, face_at(290, 190))
    rng = np.random.default_rng(0)
    shown = [about_someone(scene, rng) for _ in range(40)]
    assert {int((each.mask > 0).sum()) for each in shown} == {30 * 40, 60 * 80}
    for each in shown:
        assert each.image.shape[:2] == each.mask.shape == each.known.shape
        np.testing.assert_array_equal(each.image[..., 0], each.mask)
        rows, columns = np.nonzero(each.mask)
        height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
        assert max(each.mask.shape[0] / height, each.mask.shape[1] / width) <= ROOM[1] + 0.1
        # The larger one's face moves along; the smaller one's picture is without it.
        if height == 80:
            x, y = each.face.landmarks[0, :2]
            assert (x - columns[0], y - rows[0]) == (290 - 260, 190 - 150)
        else:
            assert each.face is None


def test_a_scene_with_nobody_large_enough_is_shown_whole(portrait):
    empty = replace(portrait, mask=portrait.mask * 0)
    assert about_someone(empty, np.random.default_rng(0)) is empty


def test_scenes_kept_for_measuring_are_never_trained_on(portrait):
    scenes = [replace(portrait, name=str(number)) for number in range(306)]
    train, held_out = scene_split(scenes)
    assert len(held_out) == HELD_OUT_SCENES
    assert {each.name for each in train}.isdisjoint(each.name for each in held_out)
    assert len(train) + len(held_out) == len(scenes)
    assert [each.name for each in held_out] == [each.name for each in scene_split(scenes)[1]]
    assert all(RECIPES[name].hold_out_scenes for name in MEANS["portrait_fcn_plus"])
