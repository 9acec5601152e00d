"""The affine alignment to the canonical pose and the portrait channels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.align import (
    CHANNEL_LIMIT,
    CHANNEL_UNIT,
    POINTS,
    align,
    alignment_points,
    fit_affine,
    portrait_channels,
    portrait_prior,
)
from pipeline.face import LANDMARK_COUNT, Face

coefficients = st.floats(-5, 5).map(lambda value: round(value, 3))


def face_with(points):
    """A face whose 49 alignment points lie where given."""
    landmarks = np.zeros((LANDMARK_COUNT, 3), np.float32)
    landmarks[list(POINTS), :2] = points
    return Face(landmarks, 1.0)


@given(st.lists(coefficients, min_size=6, max_size=6))
def test_a_known_affine_map_is_recovered(values):
    known = np.array(values).reshape(2, 3)
    source = np.random.default_rng(3).uniform(-10, 10, (49, 2))
    target = source @ known[:, :2].T + known[:, 2]
    assert np.allclose(fit_affine(source, target), known, atol=1e-9)


def test_noise_is_averaged_as_least_squares_does():
    """The residual of a least-squares fit is orthogonal to the system's columns."""
    rng = np.random.default_rng(5)
    source = rng.uniform(0, 100, (49, 2))
    target = rng.uniform(0, 100, (49, 2))
    fitted = fit_affine(source, target)
    system = np.hstack([source, np.ones((49, 1))])
    residual = target - system @ fitted.T
    assert np.allclose(system.T @ residual, 0, atol=1e-7)


def test_the_49_points_are_distinct_mesh_points():
    assert len(set(POINTS)) == 49
    assert max(POINTS) < LANDMARK_COUNT


def test_canonical_pose_has_unit_size_and_is_symmetric():
    pose = portrait_prior().pose
    assert np.allclose(pose.mean(axis=0), 0, atol=1e-5)
    assert np.sqrt((pose**2).sum(axis=1).mean()) == pytest.approx(1, abs=1e-5)
    assert np.allclose(np.sort(pose[:, 0]), np.sort(-pose[:, 0]), atol=1e-5)


def test_a_face_in_canonical_pose_aligns_to_itself():
    pose = portrait_prior().pose
    to_canonical = align(face_with(pose * 80 + [300, 350]))
    assert np.allclose(to_canonical, [[1 / 80, 0, -300 / 80], [0, 1 / 80, -350 / 80]], atol=1e-4)


def test_alignment_points_are_pixels_of_the_mesh():
    points = np.random.default_rng(0).uniform(0, 500, (49, 2)).astype(np.float32)
    assert np.array_equal(alignment_points(face_with(points)), points)


def test_position_channels_are_canonical_coordinates():
    to_canonical = np.array([[0.01, 0, -1.0], [0, 0.02, -2.0]])
    channels = portrait_channels(to_canonical, (150, 200))
    assert channels[100, 50, 0] == pytest.approx((0.01 * 50 - 1) / CHANNEL_UNIT)
    assert channels[100, 50, 1] == pytest.approx((0.02 * 100 - 2) / CHANNEL_UNIT)


def test_mean_mask_is_person_on_the_face_and_background_beside_the_head():
    to_canonical = np.array([[0.02, 0, -4.0], [0, 0.02, -4.0]])
    mean_mask = portrait_channels(to_canonical, (400, 400))[..., 2]
    assert mean_mask[200, 200] > 0.98
    assert mean_mask[20, 20] < 0.05
    assert 0 <= mean_mask.min() and mean_mask.max() <= 1


def test_far_away_the_channels_stay_bounded():
    channels = portrait_channels(np.array([[1.0, 0, 900], [0, 1.0, -900]]), (8, 8))
    assert np.abs(channels).max() <= CHANNEL_LIMIT


def test_without_a_face_the_channels_are_zero():
    assert not portrait_channels(None, (4, 5)).any()
    assert portrait_channels(None, (4, 5)).shape == (4, 5, 3)
