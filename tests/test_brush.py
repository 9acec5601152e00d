"""Correcting a matte by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from pipeline.brush import Stroke, covered_by, margin_of, paint, solve_again, with_strokes
from pipeline.encode import encode_png
from pipeline.foreground import estimate_foreground
from pipeline.knn import knn_matting
from pipeline.refine import refine
from pipeline.stored import StoredMatte
from pipeline.trimap import BACKGROUND, FOREGROUND, UNKNOWN

SHAPE = (300, 400)


@pytest.fixture(scope="module")
def photo():
    """A red disc with a soft rim on a green ground, with a little noise."""
    down, across = np.mgrid[: SHAPE[0], : SHAPE[1]]
    true_alpha = np.clip((90 - np.hypot(down - 150, across - 200)) / 6, 0, 1)[..., None]
    image = true_alpha * (200, 40, 40) + (1 - true_alpha) * (30, 150, 60)
    noise = np.random.default_rng(1).normal(0, 3, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def finished(photo):
    down, across = np.mgrid[: SHAPE[0], : SHAPE[1]]
    distance = np.hypot(down - 150, across - 200)
    trimap = np.full(SHAPE, UNKNOWN, np.uint8)
    trimap[distance < 78] = FOREGROUND
    trimap[distance > 98] = BACKGROUND
    alpha = knn_matting(photo, trimap)
    foreground = estimate_foreground(photo, alpha)
    return SimpleNamespace(mask=alpha, trimap=trimap, alpha=alpha, foreground=foreground)


def stroke(points, radius, label):
    return Stroke(np.float32(points), radius, label)


def distance_to(changed):
    """Exact distance of every pixel to the nearest changed one, by looking at all of them."""
    rows, columns = np.nonzero(changed)
    down, across = np.mgrid[: SHAPE[0], : SHAPE[1]]
    nearest = np.full(SHAPE, np.inf)
    for row, column in zip(rows[::7], columns[::7]):
        nearest = np.minimum(nearest, np.hypot(down - row, across - column))
    return nearest


@pytest.mark.parametrize("radius", [0.5, 3.3, 12])
def test_stroke_covers_what_is_within_its_radius_of_the_line(radius):
    """The line from (20, 30) to (60, 30): a bar with two half discs."""
    covered = covered_by(stroke([(20, 30), (60, 30)], radius, FOREGROUND), (80, 90))
    down, across = np.mgrid[:80, :90]
    beyond = np.maximum(0, np.maximum(20 - across, across - 60))
    np.testing.assert_array_equal(covered, np.hypot(beyond, down - 30) <= radius)


def test_single_point_paints_a_disc_and_what_lies_outside_the_photo_is_cut_off():
    covered = covered_by(stroke([(-2, 5)], 6, FOREGROUND), (40, 30))
    down, across = np.mgrid[:40, :30]
    np.testing.assert_array_equal(covered, np.hypot(across + 2, down - 5) <= 6)
    assert not covered_by(stroke([(-90, 5)], 6, FOREGROUND), (40, 30)).any()


def test_painting_changes_only_the_stroke():
    trimap = np.full(SHAPE, BACKGROUND, np.uint8)
    keep = stroke([(100, 100), (160, 140), (150, 200)], 14, FOREGROUND)
    painted = paint(trimap, keep)
    covered = covered_by(keep, SHAPE)
    assert (painted[~covered] == BACKGROUND).all()
    assert (trimap == BACKGROUND).all()
    assert set(np.unique(painted[covered])) == {UNKNOWN, FOREGROUND}


@pytest.mark.parametrize("label, ground", [(FOREGROUND, BACKGROUND), (BACKGROUND, FOREGROUND)])
def test_rim_is_unknown_only_where_the_stroke_meets_its_opposite(label, ground):
    """The left half has the stroke's own label, so there is no edge to look for there."""
    trimap = np.full(SHAPE, ground, np.uint8)
    trimap[:, :200] = label
    painted = paint(trimap, stroke([(200, 150)], 30, label))
    down, across = np.nonzero(painted == UNKNOWN)
    assert len(down)
    distance = np.hypot(down - 150, across - 200)
    # Next to the ground: at the disc's rim, or at the line between the halves above and below. The
    # rim is 10 pixels wide at 600x800, so 5 here, and a pixel has its own width.
    assert (distance > 30 - 5 - 1).all()
    assert (across > 200 - 5 - 1).all()
    assert painted[150, 200] == label


def test_unsure_paints_unknown_everywhere():
    painted = paint(np.zeros(SHAPE, np.uint8), stroke([(50, 50)], 10, UNKNOWN))
    np.testing.assert_array_equal(
        painted == UNKNOWN, covered_by(stroke([(50, 50)], 10, UNKNOWN), SHAPE)
    )


def test_matte_changes_where_it_was_painted_and_nowhere_else(photo, finished):
    trimap = paint(finished.trimap, stroke([(200, 60), (215, 40)], 12, FOREGROUND))
    alpha, foreground = solve_again(photo, finished, trimap)
    changed = trimap != finished.trimap
    assert (alpha[trimap == FOREGROUND] == 1).all()
    assert (alpha[trimap == BACKGROUND] == 0).all()
    far = distance_to(changed) > 2 * margin_of(SHAPE) + 8
    assert far.mean() > 0.5
    np.testing.assert_array_equal(alpha[far], finished.alpha[far])
    np.testing.assert_array_equal(foreground[far], finished.foreground[far])


@pytest.mark.parametrize("label, place", [(FOREGROUND, (75, 37)), (BACKGROUND, (66, 37))])
def test_a_small_photo_is_solved_as_if_it_were_solved_as_a_whole(label, place):
    """A disc in 75x100 pixels, mostly unknown: known pixels reach as far as in large photos."""
    down, across = np.mgrid[:75, :100]
    distance = np.hypot(down - 37, across - 50)
    true_alpha = np.clip((22 - distance) / 6, 0, 1)[..., None]
    image = true_alpha * (200, 40, 40) + (1 - true_alpha) * (30, 150, 60)
    image += np.random.default_rng(2).normal(0, 12, image.shape)
    image = np.clip(image, 0, 255).astype(np.uint8)
    trimap = np.where(distance < 12, FOREGROUND, np.where(distance > 32, BACKGROUND, UNKNOWN))
    trimap = trimap.astype(np.uint8)
    alpha = refine(image, trimap, knn_matting(image, trimap))
    before = SimpleNamespace(mask=alpha, trimap=trimap, alpha=alpha, foreground=image)
    painted = paint(trimap, stroke([place], 4, label))
    whole = refine(image, painted, knn_matting(image, painted))
    assert np.abs(alpha - whole).max() > 0.9
    assert np.abs(solve_again(image, before, painted)[0] - whole).max() < 0.25


def test_unsure_on_what_was_right_finds_it_again(photo, finished):
    """The disc's edge is plain to see, so it comes out as before wherever one asks again."""
    trimap = paint(finished.trimap, stroke([(290, 150)], 30, UNKNOWN))
    alpha, foreground = solve_again(photo, finished, trimap)
    assert np.abs(alpha - finished.alpha).mean() < 0.002
    assert np.abs(alpha - finished.alpha).max() < 0.35
    seen = alpha > 0.5
    assert np.abs(foreground[seen].astype(int) - (200, 40, 40)).mean() < 6


def test_wrongly_removed_part_comes_back(photo, finished):
    """Half of the disc lost: keeping its middle and doubting its rim gives the true matte back."""
    lost = finished.trimap.copy()
    lost[:, 200:] = BACKGROUND
    alpha = knn_matting(photo, lost)
    broken = SimpleNamespace(
        mask=alpha, trimap=lost, alpha=alpha, foreground=estimate_foreground(photo, alpha)
    )
    angles = np.radians(np.arange(-95, 96, 5))
    rim = np.stack([200 + 88 * np.cos(angles), 150 + 88 * np.sin(angles)], axis=1)
    trimap = paint(lost, stroke(rim, 14, UNKNOWN))
    trimap = paint(trimap, stroke([(205, 150)], 74, FOREGROUND))
    repaired, _ = solve_again(photo, broken, trimap)
    assert np.abs(broken.alpha - finished.alpha).mean() > 0.08
    assert np.abs(repaired - finished.alpha).mean() < 0.003


def test_where_nobody_was_found_the_order_of_strokes_does_not_matter(photo):
    """The rim may be painted before there is a person to solve it from."""
    nobody = SimpleNamespace(
        mask=np.zeros(SHAPE, np.float32),
        trimap=np.zeros(SHAPE, np.uint8),
        alpha=np.zeros(SHAPE, np.float32),
        foreground=photo,
    )
    angles = np.radians(np.arange(0, 361, 5))
    rim = np.stack([200 + 87 * np.cos(angles), 150 + 87 * np.sin(angles)], axis=1)
    around, inside = stroke(rim, 14, UNKNOWN), stroke([(200, 150)], 75, FOREGROUND)
    found = []
    for strokes in ((around, inside), (inside, around)):
        stored = StoredMatte.of(encode_png(photo), photo, nobody)
        for each in strokes:
            stored, after = with_strokes(stored, [each])
        found.append(after.alpha[paint(nobody.trimap, around) == UNKNOWN])
    assert np.abs(found[0] - found[1]).mean() < 0.005


def test_without_a_change_everything_stays(photo, finished):
    alpha, foreground = solve_again(photo, finished, finished.trimap.copy())
    np.testing.assert_array_equal(alpha, finished.alpha)
    np.testing.assert_array_equal(foreground, finished.foreground)


def test_stored_photo_is_repainted_and_its_original_left_alone(photo, finished):
    stored = StoredMatte.of(encode_png(photo), photo, finished)
    before = stored.unpack()
    packed, after = with_strokes(stored, [stroke([(20, 20)], 9, FOREGROUND)])
    np.testing.assert_allclose(packed.unpack().alpha, after.alpha, atol=1e-5)
    np.testing.assert_array_equal(packed.unpack().trimap, after.trimap)
    assert after.alpha[20, 20] == 1
    np.testing.assert_array_equal(after.image, photo)
    np.testing.assert_array_equal(after.mask, before.mask)
    assert stored.unpack().alpha[20, 20] == 0
