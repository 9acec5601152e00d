"""Training samples keep picture, truth and portrait channels together."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from models.augment import Augmentation, sample
from models.photos import HELD_OUT_SCENES, Portrait, scene_split

SIZE = (96, 128)
BARE = Augmentation(background=0.0)


@pytest.fixture
def portrait():
    """A bright disk, the person, on dark ground."""
    mask = cv2.circle(np.zeros((400, 300), np.uint8), (150, 200), 90, 255, -1)
    image = np.where(mask[..., None], np.uint8(220), np.uint8(40)).repeat(3, axis=2)
    return Portrait("disk", image, mask, np.full_like(mask, 255), None)


def test_truth_follows_the_picture_in_any_pose(portrait):
    rng = np.random.default_rng(0)
    for _ in range(30):
        inputs, truth = sample(portrait, SIZE, [], BARE, rng)
        assert inputs.shape == (128, 96, 6)
        assert truth.shape == (128, 96, 2)
        person, weight = truth[..., 0], truth[..., 1]
        grey = inputs[..., :3].mean(axis=2)
        inner, outer = (person > 0.99) & (weight == 1), (person < 0.01) & (weight == 1)
        if inner.any() and outer.any():
            assert grey[inner].mean() > grey[outer].mean() + 0.1


def test_without_a_face_the_portrait_channels_are_zero(portrait):
    inputs, _ = sample(portrait, SIZE, [], BARE, np.random.default_rng(2))
    assert not inputs[..., 3:].any()


def test_scenes_kept_for_measuring_are_never_trained_on(portrait):
    scenes = [replace(portrait, name=str(number)) for number in range(306)]
    train, held_out = scene_split(scenes)
    assert len(held_out) == HELD_OUT_SCENES
    assert {each.name for each in train}.isdisjoint(each.name for each in held_out)
    assert len(train) + len(held_out) == len(scenes)
    assert [each.name for each in held_out] == [each.name for each in scene_split(scenes)[1]]
