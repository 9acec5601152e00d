"""KNN matting: exact on known pixels, right on simple photos, safe on every trimap."""

import numpy as np
import pytest

from pipeline.image import ImageError
from pipeline.knn import QUALITIES, knn_matting


def two_tone(height: int = 40, width: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A photo whose left half is dark and right half light, its trimap and its alpha."""
    truth = np.zeros((height, width), np.float32)
    truth[:, width // 2 :] = 1
    image = np.where(truth[..., None] > 0, [220, 190, 170], [20, 60, 40]).astype(np.uint8)
    trimap = np.full((height, width), 128, np.uint8)
    trimap[:, : width // 3], trimap[:, -width // 3 :] = 0, 255
    return image, trimap, truth


@pytest.mark.parametrize("quality", QUALITIES)
def test_two_colours_give_a_clean_cut(quality):
    image, trimap, truth = two_tone()
    alpha = knn_matting(image, trimap, quality=quality)
    assert alpha.shape == trimap.shape and alpha.dtype == np.float32
    assert np.abs(alpha - truth).max() <= 0.02


@pytest.mark.parametrize("quality", QUALITIES)
def test_known_pixels_stay_exactly_known(quality):
    rng = np.random.default_rng(1)
    image = rng.integers(0, 256, (30, 40, 3), np.uint8)
    trimap = rng.choice(np.uint8([0, 128, 255]), (30, 40))
    alpha = knn_matting(image, trimap, quality=quality)
    assert np.array_equal(alpha[trimap == 0], np.zeros((trimap == 0).sum()))
    assert np.array_equal(alpha[trimap == 255], np.ones((trimap == 255).sum()))
    assert 0 <= alpha.min() and alpha.max() <= 1


@pytest.mark.parametrize("quality", QUALITIES)
@pytest.mark.parametrize("known", [0, 255, None])
def test_a_trimap_that_says_nothing_gives_one_half(quality, known):
    trimap = np.full((12, 15), 128, np.uint8)
    if known is not None:
        trimap[:4] = known
    alpha = knn_matting(np.zeros((12, 15, 3), np.uint8), trimap, quality=quality)
    assert np.all(alpha[trimap == 128] == 0.5)


def test_a_large_photo_comes_back_at_its_own_size():
    image, trimap, truth = two_tone(600, 900)
    alpha = knn_matting(image, trimap, most_unknown=5_000)
    assert alpha.shape == trimap.shape
    assert np.abs(alpha - truth).mean() <= 0.005


def test_shapes_that_differ_are_refused_in_words():
    with pytest.raises(ImageError, match="same size"):
        knn_matting(np.zeros((4, 5, 3), np.uint8), np.zeros((5, 4), np.uint8))
