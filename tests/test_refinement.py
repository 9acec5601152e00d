"""The refinement of the matte: network, tiles, training patches and loss."""

import os

import cv2
import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
keras = pytest.importorskip("keras", reason="networks are built with requirements-dev.txt")

from models.patches import Patches  # noqa: E402
from models.refinement import refinement  # noqa: E402
from models.refinement_loss import LEAK, refinement_loss  # noqa: E402
from models.synthetic_mattes import BAND, WIDENING, synthetic_matte, widened_trimap  # noqa: E402
from models.train_refinement import (  # noqa: E402
    RIM,
    loss_target,
    sample,
    validation_figures,
)
from pipeline.refine import (  # noqa: E402
    INNER,
    LARGEST_CHANGE,
    MARGIN,
    STRIDE,
    TILE,
    network_input,
    place_in_band,
    refine,
    residual,
    tiles,
)


def as_network(model):
    """A Keras model called as a LiteRT network is."""
    return lambda inputs: [np.asarray(model(inputs[None], training=False))[0]]


@pytest.fixture(scope="module")
def untrained():
    keras.utils.set_random_seed(0)
    return refinement()


@pytest.fixture(scope="module")
def arbitrary(untrained):
    """A network that changes everything: all weights random."""
    model = keras.models.clone_model(untrained)
    rng = np.random.default_rng(0)
    last = model.get_layer("residual")
    last.set_weights([rng.normal(0, 0.1, value.shape) for value in last.get_weights()])
    return model


@pytest.fixture(scope="module")
def scene():
    """A disc before noise, with a band of 12 pixels and an alpha that is not the truth."""
    rng = np.random.default_rng(1)
    image = rng.integers(0, 256, (301, 437, 3), np.uint8)
    y, x = np.mgrid[:301, :437]
    distance = np.hypot(y - 140, x - 230)
    trimap = np.full(distance.shape, 128, np.uint8)
    trimap[distance < 90], trimap[distance > 114] = 255, 0
    alpha = np.clip((114 - distance) / 24, 0, 1).astype(np.float32)
    return image, trimap, alpha


def test_the_network_is_light(untrained):
    assert 60_000 <= untrained.count_params() <= 200_000


def test_an_untrained_network_changes_nothing(untrained, scene):
    assert not residual(*scene, network=as_network(untrained)).any()


def test_no_input_matters_beyond_the_margin(arbitrary):
    rng = np.random.default_rng(2)
    side = 2 * MARGIN + 5 * STRIDE
    base = rng.uniform(-1, 1, (1, side, side, 5)).astype(np.float32)
    for offset in range(STRIDE):
        place = MARGIN + STRIDE + offset
        poked = base.copy()
        poked[0, place, place] += 5
        change = np.abs(np.asarray(arbitrary(poked)) - np.asarray(arbitrary(base)))[0, :, :, 0]
        rows, columns = np.nonzero(change)
        assert max(np.abs(rows - place).max(), np.abs(columns - place).max()) <= MARGIN


def test_tiles_give_the_same_as_one_whole_pass(arbitrary, scene):
    image, trimap, alpha = scene
    unknown = trimap == 128
    tiled = residual(image, trimap, alpha, network=as_network(arbitrary))
    padding = (2 * MARGIN, 2 * MARGIN + 3) * 2
    whole = network_input(
        *(
            cv2.copyMakeBorder(array, *padding, cv2.BORDER_REPLICATE)
            for array in (image, alpha, place_in_band(trimap))
        )
    )
    whole = whole[: whole.shape[0] // 4 * 4, : whole.shape[1] // 4 * 4]
    expected = as_network(arbitrary)(whole)[0][2 * MARGIN :, 2 * MARGIN :, 0][:301, :437]
    assert np.abs(expected[unknown]).max() > 0.01
    np.testing.assert_allclose(tiled[unknown], expected[unknown], atol=1e-4)


def test_the_tiles_cover_every_unknown_pixel_and_lie_on_the_strides():
    rng = np.random.default_rng(3)
    unknown = rng.random((500, 333)) < 0.001
    covered = np.zeros((500 + INNER, 333 + INNER), bool)
    for y, x in tiles(unknown):
        assert y % STRIDE == 0 and x % STRIDE == 0
        assert unknown[y : y + INNER, x : x + INNER].any()
        covered[y : y + INNER, x : x + INNER] = True
    assert covered[:500, :333][unknown].all()
    assert TILE == INNER + 2 * MARGIN and INNER % STRIDE == 0


def test_the_place_in_the_band_is_the_share_of_the_way_across():
    """Known background up to column 10, foreground from column 30: linear between."""
    trimap = np.full((40, 50), 128, np.uint8)
    trimap[:, :11], trimap[:, 30:] = 0, 255
    place = place_in_band(trimap)
    assert (place[:, :11] == -1).all() and (place[:, 30:] == 1).all()
    np.testing.assert_allclose(place[20, 10:31], np.linspace(-1, 1, 21), atol=0.03)


def test_a_trimap_with_only_one_side_has_no_place():
    trimap = np.full((8, 8), 128, np.uint8)
    trimap[:2] = 255
    assert (place_in_band(trimap)[2:] == 0).all()


class TestShipped:
    def test_known_pixels_are_restored(self, scene):
        image, trimap, alpha = scene
        refined = refine(image, trimap, alpha + np.float32(0.1) * (trimap == 0))
        assert refined.dtype == np.float32 and refined.shape == trimap.shape
        assert (refined[trimap == 0] == 0).all() and (refined[trimap == 255] == 1).all()
        assert 0 <= refined.min() and refined.max() <= 1

    def test_no_pixel_changes_by_more_than_the_limit(self, scene):
        change = np.abs(refine(*scene) - scene[2])
        assert 0 < change.max() <= LARGEST_CHANGE + 1e-6

    def test_a_trimap_without_unknown_pixels_is_its_own_alpha(self, scene):
        image, trimap, alpha = scene
        known = np.where(trimap == 255, 255, 0).astype(np.uint8)
        np.testing.assert_array_equal(refine(image, known, alpha), known / np.float32(255))

    def test_a_trimap_with_only_one_side_leaves_alpha_as_it_is(self, scene):
        image, trimap, alpha = scene
        nowhere = np.where(trimap == 255, 128, trimap)
        expected = np.where(nowhere == 128, alpha, 0)
        np.testing.assert_array_equal(refine(image, nowhere, alpha), expected)

    def test_a_large_photo_is_refined_at_a_smaller_size(self, scene):
        image, trimap, alpha = scene
        refined = refine(image, trimap, alpha, most_unknown=5000)
        assert refined.shape == trimap.shape
        assert (refined[trimap == 0] == 0).all() and (refined[trimap == 255] == 1).all()
        change = np.abs(refined - alpha)[trimap == 128]
        assert change.mean() > 0.01 and change.max() <= LARGEST_CHANGE + 1e-6

    def test_the_same_photo_gives_the_same_matte(self, scene):
        np.testing.assert_array_equal(refine(*scene), refine(*scene))


@pytest.mark.parametrize("seed", range(6))
def test_a_synthetic_matte_obeys_the_compositing_equation(seed):
    rng = np.random.default_rng(seed)
    photos = rng.integers(0, 256, (2, 150, 180, 3), np.uint8)
    matte = synthetic_matte(*photos, 160, rng)
    share = matte.alpha[..., None].astype(float)
    mixed = share * matte.foreground + (1 - share) * matte.background
    assert np.abs(matte.image - mixed).max() <= 0.5 + 1e-3
    assert 0 <= matte.alpha.min() and matte.alpha.max() <= 1
    assert set(np.unique(matte.trimap)) <= {0, 128, 255}
    assert (matte.image[matte.alpha == 1] == matte.foreground[matte.alpha == 1]).all()


def test_a_synthetic_trimap_is_widened_to_either_side_of_what_is_soft():
    """On average by what the distributions of WIDENING and BAND have as mean."""
    alpha = np.repeat(np.float32([0, 0.5, 1]), (80, 1, 80))[None].repeat(120, axis=0)
    reaches = []
    for seed in range(40):
        unknown = widened_trimap(alpha, np.random.default_rng(seed)) == 128
        assert unknown[:, 80].all()
        reaches += [side.sum(axis=1).mean() for side in (unknown[:, :80], unknown[:, 81:])]
    (low, high), band = WIDENING, np.mean(BAND) * (0.8 + 1.25) / 2
    wanted = 0.75 * (high - low) / np.log(high / low) + 0.25 * band
    # Their standard deviation is about 6, that of the mean of eighty 0.7.
    assert np.mean(reaches) == pytest.approx(wanted, abs=2)


def test_the_loss_of_a_hand_made_case():
    """Two neighbours: alpha 0.5 and 0.5, residuals 0.2 and 0.7, truth 1 and 1.

    Errors -0.3 and 0 (cut off at 1, exceeded by 0.2): sizes 0.3 + 3 x 0.09 = 0.57 and 0, excess
    0.2 LEAK, difference 0.3 again.
    """
    truth = np.zeros((1, 1, 2, 4), np.float32)
    truth[..., 0], truth[..., 1], truth[..., 2] = 0.5, 1, 1
    change = np.array([0.2, 0.7], np.float32).reshape(1, 1, 2, 1)
    loss = float(refinement_loss(3.0, 2.0, 1.0, 0.1, 0.0)(truth, change))
    assert loss == pytest.approx((0.57 + 0.2 * LEAK + 2 * 0.57) / 3, rel=1e-5)


def test_a_hard_mask_asks_for_the_side_only():
    """Truth person: alpha 0.7 is far enough; 0.4 lacks 0.1 to the edge and 0.15 of margin."""
    truth = np.zeros((1, 1, 2, 4), np.float32)
    truth[..., 0], truth[..., 1], truth[..., 3] = [0.7, 0.4], 1, 1
    unchanged = np.zeros((1, 1, 2, 1), np.float32)
    loss = float(refinement_loss(0.0, 1.0, 0.5, 0.15, 0.2)(truth, unchanged))
    assert loss == pytest.approx(0.5 * 0.25 / 3, rel=1e-5)


def test_the_rim_known_pixels_and_an_uncertain_boundary_do_not_count():
    """A soft and a hard patch whose left half is person, unknown but for the uppermost 12 rows."""
    side = 32
    truth = np.zeros((2, side, side), np.uint8)
    truth[:, :, : side // 2] = 255
    unknown = np.ones(truth.shape, bool)
    unknown[:, :12] = False
    alpha = np.full(truth.shape, 0.25, np.float16)
    image = np.zeros((*truth.shape, 3), np.uint8)
    patches = Patches(image, alpha, alpha, unknown, truth, np.array([False, True]))
    soft, hard = (loss_target(patches, index) for index in range(2))
    for target in (soft, hard):
        assert target.dtype == np.float32
        assert (target[..., 0] == 0.25).all()
        np.testing.assert_array_equal(target[..., 1], truth[0] / 255)
    counts = np.zeros((side, side))
    counts[12 : side - RIM, RIM : side - RIM] = 1
    np.testing.assert_array_equal(soft[..., 2], counts)
    assert not soft[..., 3].any() and not hard[..., 2].any()
    # The mask's boundary, between columns 15 and 16, may lie a pixel to either side.
    counts[:, 15:17] = 0
    np.testing.assert_array_equal(hard[..., 3], counts)


def patches_of(alpha, place, truth, hard):
    """Patches (n, side, side) on black, unknown everywhere."""
    image = np.zeros((*truth.shape, 3), np.uint8)
    return Patches(
        image, alpha.astype("f2"), place.astype("f2"), truth >= 0, truth, np.array(hard)
    )


def test_truth_is_turned_and_mirrored_with_the_picture():
    """The target's first channel is alpha, which is the network's fourth, from -1 to 1."""
    rng = np.random.default_rng(0)
    alpha = rng.random((1, 32, 32))
    patches = patches_of(alpha, 2 * alpha - 1, np.rint(255 * alpha).astype(np.uint8), [False])
    poses = set()
    for _ in range(60):
        inputs, truth = sample(patches, 0, rng)
        np.testing.assert_array_equal(2 * truth[..., 0] - 1, inputs[..., 3])
        np.testing.assert_allclose(2 * truth[..., 1] - 1, inputs[..., 4], atol=0.01)
        poses.add(truth.tobytes())
    assert len(poses) == 8


def test_validation_figures_are_what_is_left_of_the_errors():
    """The network goes half the way from alpha to what it is given for the place.

    Soft: of a square far from the rim, which alpha lacks, it mends half. Hard: of four strips of a
    person one is found before and after, two are mended, and one is left as it was.
    """
    side = 48
    alpha, place = np.zeros((2, 2, side, side))
    truth = np.zeros(alpha.shape, np.uint8)
    truth[0, 20:28, 20:28] = 255
    place[0] = truth[0] / 255
    truth[1] = 255
    alpha[1, 8:40] = np.repeat([0.75, 0.25, 0.25, 0.25], 8)[:, None]
    place[1, 8:40] = np.repeat([1, 1, 1, 0.25], 8)[:, None]

    def halfway(inputs, training):
        return (inputs[..., 4:] - (inputs[..., 3:4] + 1) / 2) / 2

    patches = patches_of(alpha, place, truth, [False, True])
    figures = validation_figures(halfway, patches, batch=1)
    assert figures == {"sad": 0.5, "mse": 0.25, "grad": 0.25, "side": 0.3333}
    assert validation_figures(halfway, patches, batch=2, limit=0.25)["sad"] == 0.75


def test_pixels_that_do_not_count_change_no_loss():
    rng = np.random.default_rng(4)
    truth = rng.random((1, 6, 6, 4)).astype(np.float32)
    truth[..., 2:] = 0
    truth[0, 3:, 3:, 2] = 1
    change = rng.normal(0, 0.1, (1, 6, 6, 1)).astype(np.float32)
    other = change.copy()
    other[0, :3] = 9
    loss = refinement_loss(1.0, 1.0, 1.0, 0.1, 0.1)
    assert float(loss(truth, change)) == pytest.approx(float(loss(truth, other)), rel=1e-5)
