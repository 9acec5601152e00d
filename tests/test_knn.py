"""KNN matting: exact on known pixels, right on simple photos, safe on every trimap."""

import doctest
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
import scipy.sparse
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import pipeline.knn
from pipeline.band import count_nearby
from pipeline.conjugate_gradient import conjugate_gradient
from pipeline.image import ImageError
from pipeline.knn import MOST_UNKNOWN, QUALITIES, SPREAD, knn_matting, solving_scale
from pipeline.large_photo import reduced
from pipeline.story import Story

# Distances closer than this are equal within float32.
TIE = 1e-6


def two_tone(height: int = 40, width: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A photo whose left half is dark and right half light, its trimap and its alpha."""
    truth = np.zeros((height, width), np.float32)
    truth[:, width // 2 :] = 1
    image = np.where(truth[..., None] > 0, [220, 190, 170], [20, 60, 40]).astype(np.uint8)
    trimap = np.full((height, width), 128, np.uint8)
    trimap[:, : width // 3], trimap[:, -width // 3 :] = 0, 255
    return image, trimap, truth


def noise(height: int, width: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Random colours and a random trimap."""
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 256, (height, width, 3), np.uint8)
    return image, rng.choice(np.uint8([0, 128, 255]), (height, width))


def assert_matte(alpha: np.ndarray, trimap: np.ndarray) -> None:
    assert alpha.shape == trimap.shape and alpha.dtype == np.float32
    assert 0 <= alpha.min() and alpha.max() <= 1  # false for NaN
    assert np.all(alpha[trimap == 0] == 0)
    assert np.all(alpha[trimap == 255] == 1)


@pytest.mark.parametrize("quality", QUALITIES)
def test_two_colours_give_a_clean_cut(quality):
    image, trimap, truth = two_tone()
    alpha = knn_matting(image, trimap, quality=quality)
    assert_matte(alpha, trimap)
    assert np.abs(alpha - truth).max() <= 0.02


def nearly_white(darker: int, boundary: int) -> tuple[np.ndarray, np.ndarray]:
    """Grain of one grey level on white, `darker` levels less right of a column, and its trimap."""
    rng = np.random.default_rng(0)
    image = 240 + rng.normal(0, 1, (40, 60, 3)).round()
    image[:, boundary:] -= darker
    trimap = np.full((40, 60), 128, np.uint8)
    trimap[:, :20], trimap[:, 40:] = 0, 255
    return image.astype(np.uint8), trimap


@pytest.mark.parametrize("quality", ["fast", "best"])
def test_where_colours_cannot_tell_the_boundary_lies_in_the_middle(quality):
    image, trimap = nearly_white(darker=0, boundary=30)
    alpha = knn_matting(image, trimap, quality=quality)
    assert_matte(alpha, trimap)
    assert alpha[:, :25].max() <= 0.1 and alpha[:, 35:].min() >= 0.9


@pytest.mark.parametrize("boundary", [24, 36])
def test_a_small_difference_in_colour_counts_more_than_the_middle(boundary):
    image, trimap = nearly_white(darker=30, boundary=boundary)
    alpha = knn_matting(image, trimap)
    assert alpha[:, : boundary - 2].max() <= 0.1 and alpha[:, boundary + 2 :].min() >= 0.9


@pytest.mark.parametrize("features", ["lab", "rgb", "hsv"])
def test_every_feature_space_cuts_two_colours(features):
    image, trimap, truth = two_tone()
    alpha = knn_matting(image, trimap, quality="knn", features=features)
    assert np.abs(alpha - truth).max() <= 0.02


def test_a_soft_edge_between_two_plain_colours_is_recovered():
    truth = np.tile(np.clip((np.arange(64) - 20) / 24, 0, 1), (40, 1)).astype(np.float32)
    image = truth[..., None] * [230, 200, 60] + (1 - truth[..., None]) * [10, 40, 120]
    trimap = np.full(truth.shape, 128, np.uint8)
    trimap[:, :16], trimap[:, 48:] = 0, 255
    alpha = knn_matting(np.rint(image).astype(np.uint8), trimap)
    # The contrast stretch moves a matte by 0.02 at most, rounding to 8 bits by 0.003.
    assert np.abs(alpha - truth).max() <= 0.03


def test_mirrored_photos_give_mirrored_mattes():
    image, trimap, _ = two_tone()
    image = cv2.GaussianBlur(image, (0, 0), 3)
    alpha = knn_matting(image, trimap)
    mirrored = knn_matting(image[:, ::-1], trimap[:, ::-1])
    assert np.abs(alpha - mirrored[:, ::-1]).max() <= 0.02


def dense_knn(image: np.ndarray, trimap: np.ndarray, count: int, weight: float) -> np.ndarray:
    """KNN matting in float64 by brute force, written from the paper alone.

    Cases whose unknown pixels are not all linked to known ones, or whose last neighbours are
    equally near, have no unique solution and are passed over.
    """
    height, width = trimap.shape
    y, x = np.mgrid[:height, :width]
    position = np.stack([x / max(1, width - 1), y / max(1, height - 1)], -1).reshape(-1, 2)
    space = np.concatenate([image.reshape(-1, 3) / 255, weight * position], 1)
    labels = trimap.ravel()
    unknown = np.flatnonzero(labels == 128)
    n = len(labels)
    kernel = np.zeros((n, n))
    greatest = np.sqrt(3 + 2 * weight**2)
    for i in unknown:
        distance = np.linalg.norm(space - space[i], axis=1)
        nearest = [j for j in np.argsort(distance, kind="stable") if j != i]
        # Which of two equally near neighbours is taken is nobody's mistake.
        assume(len(nearest) <= count or np.diff(distance[nearest])[count - 1] > TIE)
        for j in nearest[:count]:
            kernel[i, j] = 1 - distance[j] / greatest
    affinity = (kernel + kernel.T) / 2
    known = labels != 128
    affinity[:, known] = kernel[:, known]
    laplacian = np.diag(affinity.sum(1)) - affinity
    alpha = (labels == 255).astype(float)
    inner = laplacian[np.ix_(unknown, unknown)]
    assume(len(unknown) and np.linalg.cond(inner) < 1e4)
    alpha[unknown] = np.linalg.solve(inner, affinity[unknown] @ alpha)
    return alpha.reshape(trimap.shape)


@settings(max_examples=25)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 10**6), st.integers(4, 8))
def test_knn_equals_a_dense_float64_solution(height, width, seed, count):
    image, trimap = noise(height, width, seed)
    trimap[0, 0], trimap[-1, -1] = 0, 255
    story = Story()
    with pytest.MonkeyPatch.context() as exact:
        exact.setattr(pipeline.laplacian, "SLACK", 0.0)
        exact.setattr(pipeline.knn, "TOLERANCE", 1e-6)
        alpha = knn_matting(
            image, trimap, quality="knn", features="rgb", levels=((count, 1.0),), story=story
        )
    assert_matte(alpha, trimap)
    reference = dense_knn(image, trimap, count, 1.0)
    assert np.abs(alpha - np.clip(reference, 0, 1)).max() <= 1e-3


@settings(max_examples=80)
@given(
    st.integers(1, 40), st.integers(1, 40), st.integers(0, 10**6), st.sampled_from(QUALITIES)
)
@example(1, 1, 0, "best")
@example(1, 9, 3, "best")
@example(9, 1, 3, "fast")
@example(2, 2, 5, "best")
@example(3, 3, 5, "knn")
def test_any_photo_and_trimap_give_a_matte_twice_the_same(height, width, seed, quality):
    image, trimap = noise(height, width, seed)
    alpha = knn_matting(image, trimap, quality=quality)
    assert_matte(alpha, trimap)
    assert np.array_equal(alpha, knn_matting(image, trimap, quality=quality, workers=1))


@pytest.mark.parametrize("quality", QUALITIES)
@pytest.mark.parametrize("known", [0, 255, None])
def test_a_trimap_that_says_nothing_gives_one_half_and_says_so(quality, known, caplog):
    trimap = np.full((12, 15), 128, np.uint8)
    if known is not None:
        trimap[:4] = known
    alpha = knn_matting(np.zeros((12, 15, 3), np.uint8), trimap, quality=quality)
    assert np.all(alpha[trimap == 128] == 0.5)
    assert "lacks foreground or background" in caplog.text


@pytest.mark.parametrize("quality", QUALITIES)
def test_nothing_unknown_gives_the_trimap(quality):
    image, trimap, _ = two_tone()
    trimap[trimap == 128] = 255
    assert_matte(knn_matting(image, trimap, quality=quality), trimap)


@pytest.mark.parametrize("quality", QUALITIES)
def test_one_colour_everywhere(quality):
    _, trimap, _ = two_tone()
    alpha = knn_matting(np.full((*trimap.shape, 3), 127, np.uint8), trimap, quality=quality)
    assert_matte(alpha, trimap)
    # Nothing but position can tell the sides apart.
    assert alpha[:, 21].mean() <= alpha[:, 38].mean()


def test_unlinked_pixels_take_the_nearest_known_label():
    # Twelve pixels of a colour of their own are each other's five nearest neighbours.
    image, trimap, _ = two_tone()
    trimap[trimap == 128] = 255
    image[4:7, 4:8] = 255, 0, 255
    trimap[4:7, 4:8] = 128
    alpha = knn_matting(image, trimap, quality="knn", levels=((5, 0.1),))
    assert np.all(alpha[4:7, 4:8] == 0)


@pytest.mark.parametrize(("label", "expected"), [(0, 0), (255, 1)])
@pytest.mark.parametrize("quality", QUALITIES)
def test_a_hole_takes_after_what_surrounds_it(quality, label, expected):
    image, trimap, _ = two_tone()
    column = 8 if label == 0 else 52
    trimap[trimap == 128] = 255
    trimap[15:19, column : column + 3] = 128
    alpha = knn_matting(image, trimap, quality=quality)
    assert np.abs(alpha[15:19, column : column + 3] - expected).max() <= 0.02


def test_more_neighbours_than_pixels():
    image, trimap, _ = two_tone(4, 6)
    assert_matte(knn_matting(image, trimap, levels=((100, 1.0),)), trimap)


def test_colours_of_every_kind_give_the_same_matte():
    image, trimap, _ = two_tone()
    alpha = knn_matting(image, trimap)
    opaque = np.full((*trimap.shape, 1), 255, np.uint8)
    for same in (
        np.concatenate([image, opaque], 2),
        image.astype(np.uint16) * 257,
        (image.astype(np.uint16) * 257).astype(">u2"),
        image / np.float32(255),
    ):
        # The last bit of a colour may decide between neighbours that are equally near.
        assert np.abs(knn_matting(same, trimap) - alpha).max() <= 0.02
    grey = image[..., 0]
    assert np.array_equal(knn_matting(grey, trimap), knn_matting(np.dstack([grey] * 3), trimap))


@pytest.mark.parametrize("quality", QUALITIES)
def test_a_large_photo_comes_back_at_its_own_size(quality):
    image, trimap, truth = two_tone(600, 900)
    alpha = knn_matting(image, trimap, quality=quality, most_unknown=5_000)
    assert_matte(alpha, trimap)
    assert np.abs(alpha - truth).mean() <= 0.005


def test_a_large_photo_s_matte_lies_where_the_photo_does():
    """What looks the same from left and right gets a matte that does, for all its small pixels."""
    image = np.full((300, 600, 3), 120, np.uint8)
    trimap = np.full(image.shape[:2], 128, np.uint8)
    trimap[:, :150], trimap[:, 450:] = 0, 255
    alpha = knn_matting(image, trimap, most_unknown=1_000)
    np.testing.assert_allclose(alpha, 1 - alpha[:, ::-1], atol=0.03)


@pytest.mark.parametrize("quality", QUALITIES)
def test_known_pixels_too_small_for_the_smaller_photo(quality):
    image, trimap = noise(90, 90, 4)
    trimap[:] = 128
    trimap[20, 30], trimap[60, 70] = 0, 255
    assert_matte(knn_matting(image, trimap, quality=quality, most_unknown=300), trimap)


def test_thin_strokes_on_a_large_photo_are_not_lost():
    image, _, truth = two_tone(600, 900)
    trimap = np.full(truth.shape, 128, np.uint8)
    # Three pixels high, where the smaller photo's pixels are a dozen high.
    trimap[295:298, 60:840] = np.where(truth[295:298, 60:840] > 0.5, 255, 0)
    alpha = knn_matting(image, trimap, most_unknown=4_000)
    assert_matte(alpha, trimap)
    assert np.abs(alpha - truth).mean() <= 0.03


def test_thin_strokes_side_by_side_on_a_large_photo_are_both_kept():
    trimap = np.full((900, 1200), 128, np.uint8)
    trimap[451:453, 100:1100], trimap[453:455, 100:1100] = 255, 0
    _, small = reduced(np.zeros((900, 1200, 3), np.uint8), trimap, 0.3)
    assert all(np.count_nonzero(small == side) >= 299 for side in (0, 255))


@pytest.mark.parametrize("apart", [1, 60])
def test_unknown_pixels_far_apart_are_solved_at_a_lower_resolution(apart):
    """As many together are not: their neighbours are few."""
    unknown = np.zeros((1000, 1500), bool)
    unknown[20 : 20 + 16 * apart : apart, 20:-20] = True
    scale = solving_scale(unknown, MOST_UNKNOWN)
    nearby = count_nearby(unknown)
    exact = np.count_nonzero(cv2.dilate(unknown.view(np.uint8), np.ones((41, 41), np.uint8)))
    assert nearby == pytest.approx(exact, rel=0.25)
    assert (scale == 1) == (apart == 1)
    assert nearby * scale**2 <= SPREAD * MOST_UNKNOWN


def test_single_unknown_pixels_on_a_large_photo_are_as_sure_as_their_surroundings():
    """Specks on one-coloured ground, where the smaller photo's pixels are eight times as large."""
    image, trimap, truth = two_tone(600, 900)
    specks = np.zeros(truth.shape, bool)
    specks[40::97, 13::61] = True
    specks &= trimap != 128
    trimap[specks] = 128
    alpha = knn_matting(image, trimap, most_unknown=1_500)
    assert np.abs(alpha - truth)[specks].max() <= 0.05


def test_a_strip_longer_than_opencv_maps_is_solved():
    """OpenCV looks up places only in pictures of less than 32767 pixels a side."""
    image, trimap = noise(8, 60_000, 5)
    trimap[:, 40:-40] = 128
    assert_matte(knn_matting(image, trimap, quality="fast", most_unknown=300_000), trimap)


def test_threads_do_not_disturb_each_other():
    cases = [noise(40, 50, seed) for seed in range(6)]
    alone = [knn_matting(*case) for case in cases]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(lambda case: knn_matting(*case), cases))
    assert all(np.array_equal(a, b) for a, b in zip(alone, together))


def test_the_arrays_given_are_left_alone():
    image, trimap = noise(20, 20, 2)
    before = image.copy(), trimap.copy()
    knn_matting(image, trimap)
    assert np.array_equal(image, before[0]) and np.array_equal(trimap, before[1])


def test_the_story_tells_neighbours_residuals_and_steps():
    image, trimap, _ = two_tone()
    image += np.random.default_rng(0).integers(0, 30, image.shape, np.uint8)
    story = Story()
    alpha = knn_matting(image, trimap, story=story)
    assert np.array_equal(alpha, knn_matting(image, trimap))
    assert story.unknowns == (trimap == 128).sum()
    assert story.nonzeros > story.unknowns
    assert story.residuals[-1] <= pipeline.knn.TOLERANCE < story.residuals[0]
    assert all(step.seconds > 0 for step in story.steps)
    assert sum(step.kept_bytes for step in story.steps) > 0
    neighbours = story.neighbours(25, 20)
    assert all((n.x < 30) and 0 < n.affinity <= 1 for n in neighbours[:10])
    assert (25, 20) not in [(n.x, n.y) for n in neighbours]
    assert [n.affinity for n in neighbours] == sorted([n.affinity for n in neighbours])[::-1]


def test_the_story_refuses_pixels_it_cannot_tell_of():
    image, trimap, _ = two_tone()
    story = Story()
    knn_matting(image, trimap, story=story)
    with pytest.raises(LookupError, match="not in the unknown band"):
        story.neighbours(0, 0)
    fast = Story()
    knn_matting(image, trimap, quality="fast", story=fast)
    with pytest.raises(LookupError, match="no neighbours"):
        fast.neighbours(25, 20)


GREY_TRIMAP = np.zeros((4, 5), np.uint8)


@pytest.mark.parametrize(
    ("image", "trimap", "words"),
    [
        (np.zeros((4, 5, 3), np.uint8), np.zeros((5, 4), np.uint8), "same size"),
        (np.zeros((4, 5, 3), np.uint8), np.zeros((4, 5, 3), np.uint8), "single grey channel"),
        (np.zeros((4, 5, 3), np.uint8), np.zeros((4, 5)), "single grey channel"),
        (np.zeros((4, 5, 2), np.uint8), GREY_TRIMAP, "red, green and blue"),
        (np.zeros((4, 5, 3), np.int64), GREY_TRIMAP, "8 or 16 bits"),
        (np.full((4, 5, 3), np.nan), GREY_TRIMAP, "between 0 and 1"),
        (np.full((4, 5, 3), 200.0), GREY_TRIMAP, "between 0 and 1"),
        (np.zeros((0, 5, 3), np.uint8), np.zeros((0, 5), np.uint8), "no pixels"),
    ],
)
def test_bad_input_is_refused_in_words(image, trimap, words):
    with pytest.raises(ImageError, match=words):
        knn_matting(image, trimap)


@pytest.mark.parametrize(
    "options", [{"quality": "good"}, {"features": "xyz"}, {"levels": ()}, {"levels": ((0, 1.0),)}, {"most_unknown": 0}]
)
def test_unknown_options_are_refused(options):
    image, trimap, _ = two_tone()
    with pytest.raises(ValueError):
        knn_matting(image, trimap, **options)


def test_the_docstring_tells_the_truth():
    assert doctest.testmod(pipeline.knn).failed == 0


def test_residuals_are_told_before_every_iteration_and_after_the_last():
    """Whether the solver came to its end or was stopped."""
    matrix = scipy.sparse.diags([-1.0, 2.5, -1.0], [-1, 0, 1], (60, 60), "csr")
    right_side = np.random.default_rng(0).normal(size=60)
    for most in (3, 200):
        residuals = []
        conjugate_gradient(matrix, right_side, np.zeros(60), 1e-6, most, residuals)
        assert residuals[0] == pytest.approx(1)
        assert len(residuals) == 4 if most == 3 else residuals[-1] <= 1e-6
