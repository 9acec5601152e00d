"""The walk through one photo: the same numbers as the product, told and drawn truthfully."""

from dataclasses import replace
from functools import partial

import cv2
import numpy as np
import pytest
import scipy.sparse
import scipy.sparse.linalg

from pipeline import drawings, matte
from pipeline.image import ImageError, load_image
from pipeline.knn import CONTRAST, LEVELS, knn_matting
from pipeline.links import Links
from pipeline.recorded import RecordedStory
from pipeline.samples import HOPPER
from pipeline.step import Step
from pipeline.steps import steps
from pipeline.story import Neighbour
from pipeline.trimap import make_trimap
from pipeline.walk import Settings, Walk, walk, walk_on

NAMES = ["photo", "landmarks", "pose", "channels", "features", "fusion", "mask", "trimap"]
NAMES += ["neighbours", "system", "solution", "refinement", "alpha", "foreground", "composite"]
ABOUT_FACE = {"landmarks", "pose", "channels"}


def small_photo() -> np.ndarray:
    """A sample at half its size."""
    return np.ascontiguousarray(load_image(HOPPER.file)[::2, ::2])


@pytest.fixture(scope="module")
def walked() -> Walk:
    return walk(small_photo())


@pytest.fixture(scope="module")
def told(walked) -> list[Step]:
    return steps(walked)


def two_tone() -> tuple[np.ndarray, np.ndarray]:
    """A photo whose left half is dark and right half light, and its trimap."""
    image = np.full((30, 45, 3), (20, 60, 40), np.uint8)
    image[:, 22:] = 220, 190, 170
    trimap = np.full((30, 45), 128, np.uint8)
    trimap[:, :15], trimap[:, -15:] = 0, 255
    return image, trimap


def test_the_walk_gives_the_matte_of_the_product(walked):
    product = matte(small_photo())
    np.testing.assert_array_equal(walked.trimap, product.trimap)
    np.testing.assert_array_equal(walked.alpha, product.alpha)
    np.testing.assert_array_equal(walked.foreground, product.foreground)


def test_a_direct_solver_finds_the_same_alpha_in_the_recorded_system():
    image, trimap = two_tone()
    story = RecordedStory()
    alpha = knn_matting(image, trimap, story=story)
    matrix, right_side, start = story.system()
    assert start.shape == right_side.shape
    exact = scipy.sparse.linalg.spsolve(matrix.astype(float).tocsc(), right_side.astype(float))
    stretched = np.clip((exact - CONTRAST) / (1 - 2 * CONTRAST), 0, 1)
    assert np.abs(alpha[trimap == 128] - stretched).max() < 0.02


def test_more_iterations_come_closer_to_the_last_alpha(walked):
    errors = [np.abs(alpha - walked.solved).mean() for alpha in walked.early.values()]
    assert len(errors) >= 3
    assert errors == sorted(errors, reverse=True)


@pytest.mark.parametrize(
    ("change", "first"),
    [
        ({"band": 5}, "trimap"),
        ({"hair_reach": 2.0}, "trimap"),
        ({"features": "rgb"}, "neighbours"),
        ({"near": 4}, "neighbours"),
        ({"quality": "knn"}, "system"),
        ({"background": ((0, 0, 0), (9, 9, 9))}, "foreground"),
        ({}, None),
    ],
)
def test_a_change_repeats_the_walk_from_its_step_on(walked, told, change, first):
    settings = Settings(**change)
    assert walked.settings.first_change(settings) == first
    changed = walk_on(walked.packed(), settings)
    kept = [
        new.name for old, new in zip(told, steps(changed, told, first), strict=True) if new is old
    ]
    assert kept == (NAMES[: NAMES.index(first)] if first else NAMES)
    product = matte(
        walked.image,
        trimap=make_trimap(walked.mask, settings.band, walked.hair, settings.hair_reach),
        solve=partial(
            knn_matting,
            features=settings.features,
            levels=((settings.near, LEVELS[0][1]), *LEVELS[1:]),
            quality=settings.quality,
        ),
    )
    np.testing.assert_array_equal(changed.alpha, product.alpha)
    np.testing.assert_array_equal(changed.foreground, product.foreground)
    top = changed.result[0][changed.alpha[0] == 0]
    assert np.abs(top.astype(int) - settings.background[0]).max() <= 1


def test_nobody_is_said_in_words():
    with pytest.raises(ImageError, match="No person was found"):
        walk(np.zeros((64, 64, 3), np.uint8))


def test_another_band_follows_the_hair_that_was_seen(walked):
    everywhere = np.ones((3, 2), np.float32)
    changed = walk_on(replace(walked.packed(), hair=everywhere), Settings(band=5))
    np.testing.assert_array_equal(changed.trimap, make_trimap(walked.mask, 5, everywhere))
    assert (changed.trimap != make_trimap(walked.mask, 5)).any()


def test_every_step_has_words_formula_and_source(told):
    assert [step.name for step in told] == NAMES
    for step in told:
        assert step.words and step.equations and step.source, step.name
        for picture in step.pictures:
            height, width = load_image(picture.file).shape[:2]
            assert picture.proportion == pytest.approx(width / height)


def test_without_a_face_its_steps_are_left_out(walked):
    faceless = replace(walked, face=None, to_canonical=None, channels=None)
    assert [step.name for step in steps(faceless)] == [
        name for name in NAMES if name not in ABOUT_FACE
    ]


def test_the_pose_is_told_with_the_photos_own_numbers(walked, told):
    pose = next(step for step in told if step.name == "pose")
    for value in walked.to_canonical.ravel():
        assert f"{value:+.5f}" in pose.equations[-1]


def test_the_numbers_of_the_system_are_the_matrix_own(walked, told):
    system = next(step for step in told if step.name == "system")
    facts = dict(system.facts)
    unknown = int((walked.trimap == 128).sum())
    assert facts["Unknowns"] == f"{unknown:,}"
    assert walked.matrix.shape == (unknown, unknown)
    assert facts["Non-zeros"] == f"{walked.matrix.nnz:,}"


def test_any_place_leads_to_the_nearest_pixel_of_the_band(walked):
    links = Links.of(walked)
    assert links.unknown[links.start[1], links.start[0]]
    assert links.nearest_unknown(*links.start) == links.start
    # On over what is no part of the band, and no farther than its end.
    rows, columns = np.nonzero(links.unknown)
    row = int(rows[len(rows) // 2])
    across = columns[rows == row]
    gaps = np.nonzero(np.diff(across) > 1)[0]
    before, after = int(across[gaps[0]]), int(across[gaps[0] + 1])
    x, y = links.next_unknown((before, row), (before + 1, row))
    assert x > before
    x, y = links.next_unknown((after, row), (after - 1, row))
    assert x < after
    last = int(columns.max()), int(rows[columns.argmax()])
    assert links.next_unknown(last, (last[0] + 1, last[1])) == last
    x, y = links.nearest_unknown(0, 0)
    rows, columns = np.nonzero(links.unknown)
    assert x**2 + y**2 == (rows**2 + columns**2).min()


def test_one_begins_to_look_in_the_hair(walked):
    hair = np.zeros(walked.mask.shape, np.float32)
    rows, columns = np.nonzero((walked.alpha > 0.2) & (walked.alpha < 0.8))
    hair[rows[-1], columns[-1]] = 1
    assert Links.of(replace(walked, hair=hair)).start == (columns[-1], rows[-1])


def test_neighbours_come_once_and_strongest_first(walked):
    links = Links.of(walked)
    neighbours = links.neighbours(links.start)
    weights = [each.affinity for each in neighbours]
    assert weights == sorted(weights, reverse=True)
    places = {(each.x, each.y) for each in neighbours}
    assert len(places) == len(neighbours) and links.start not in places


def test_signed_colours_are_dark_at_zero_and_full_at_the_limit():
    colours = drawings.signed(np.array([[-2.0, -1.0, 0.0, 1.0]]), 1.0)
    np.testing.assert_array_equal(
        colours[0], [drawings.BLUE, drawings.BLUE, drawings.DARK, drawings.GOLD]
    )


def test_sparsity_of_a_diagonal_matrix_is_a_diagonal():
    picture = drawings.sparsity(scipy.sparse.identity(40, format="csr"), 10)
    np.testing.assert_array_equal(picture, 255 * np.eye(10))


def test_the_fullest_square_is_found():
    values = np.zeros((50, 60), np.float32)
    values[20:30, 35:45] = 0.5
    assert drawings.fullest_square(values, 10) == (slice(20, 30), slice(35, 45))


def test_what_is_mixed_in_the_hair_counts_for_more(walked):
    hair = np.zeros(walked.mask.shape, np.float32)
    hair[:40] = 1
    mixed = replace(walked, hair=hair).mixed
    soft = (walked.alpha > 0) & (walked.alpha < 1)
    assert ((mixed > 0) == soft).all()
    of_one = mixed / np.maximum(walked.alpha * (1 - walked.alpha), 1e-9)
    assert of_one[:40][soft[:40]].min() > 10 * of_one[60:][soft[60:]].max()


def test_a_bright_mask_leaves_the_photo_as_it_is():
    image = small_photo()
    np.testing.assert_array_equal(
        drawings.kept_bright(image, np.ones(image.shape[:2], np.float32)), image
    )


def test_links_are_drawn_from_pixel_to_neighbour():
    image = np.zeros((60, 60, 3), np.uint8)
    picture = drawings.linked(image, (10, 30), [Neighbour(50, 30, 0.9)])
    assert picture[30, 30].any()
    assert not picture[10, 30].any()


def test_a_walk_between_bars_is_that_of_the_product_after_every_change():
    image = cv2.copyMakeBorder(small_photo(), 40, 50, 0, 0, cv2.BORDER_CONSTANT, value=(0, 0, 0))
    first = walk(image)
    plain = walk(small_photo())
    # The colours; the face may be found a little elsewhere.
    np.testing.assert_array_equal(first.layers.inputs[..., :3], plain.layers.inputs[..., :3])
    wider = walk_on(first.packed(), Settings(band=20))
    np.testing.assert_array_equal(wider.trimap, matte(image, band=20).trimap)
    again = walk_on(wider.packed(), Settings())
    np.testing.assert_array_equal(again.trimap, first.trimap)
    np.testing.assert_array_equal(again.alpha, first.alpha)
