"""A photo column by column: parts where 4 KB are too few, and an interrupted sweep."""

import numpy as np
import pytest
from reference import features, solve

from pipeline.launchpad import JobRefused
from pipeline.launchpad_bytes import COLUMN, Parameters
from pipeline.launchpad_columns import sweep_columns
from pipeline.launchpad_exact import exact_column


@pytest.fixture(scope="module")
def photo():
    """Six columns of 400 pixels, background to person and back, with broad unknown edges."""
    rng = np.random.default_rng(6)
    y = np.arange(400)[:, None, None]
    alpha = np.clip((y - 60) / 120, 0, 1) * np.clip((340 - y) / 120, 0, 1)
    image = alpha * [200, 150, 90] + (1 - alpha) * [40, 80, 160] + rng.normal(0, 3, (400, 6, 3))
    trimap = np.where(alpha[..., 0] == 0, 0, np.where(alpha[..., 0] == 1, 255, 128))
    return np.clip(image, 0, 255).astype(np.uint8), np.repeat(trimap, 6, 1).astype(np.uint8)


def test_the_float64_column_is_the_one_of_the_reference(core, photo):
    image, trimap = photo[0][:, 0], photo[1][:, 0]
    codes = np.select([trimap == 0, trimap == 255], [0, 254], 255).astype(np.uint8)
    core.run(image, codes, 400, 1)
    mean, axes = np.array(core.job.mean), np.array(core.job.axes).reshape(2, 3)
    expected = solve(features(image, mean, axes), codes, 400, COLUMN.neighbours, COLUMN.spatial)
    assert exact_column(image, trimap, (mean, axes), COLUMN) == pytest.approx(expected, abs=1e-5)


def test_a_column_that_does_not_fit_is_solved_in_parts(board, photo):
    image, trimap = photo[0][:, :1], photo[1][:, :1]
    assert (trimap == 128).sum() > 169
    with pytest.raises(JobRefused, match="more unknown pixels"):
        board.matte_column(image[:, 0], trimap[:, 0])
    (column,) = sweep_columns(board, image, trimap)
    exact = exact_column(image[:, 0], trimap[:, 0], column.solutions[-1].projection, COLUMN)
    error = (column.alpha - exact)[trimap[:, 0] == 128]
    assert np.sqrt(np.mean(error**2)) <= 0.02
    assert (column.alpha[trimap[:, 0] == 255] == 1).all()


@pytest.mark.parametrize("every", [2, 4])
def test_unknown_pixels_strewn_among_known_ones_are_solved_in_parts(board, every):
    """Of such a column there is hardly less in half of its length."""
    rng = np.random.default_rng(8)
    alpha = np.clip((np.arange(800) - 200) / 400, 0, 1)[:, None, None]
    image = alpha * [200, 150, 90] + (1 - alpha) * [40, 80, 160] + rng.normal(0, 3, (800, 1, 3))
    image = np.clip(image, 0, 255).astype(np.uint8)
    trimap = np.where(np.arange(800) < 400, 0, 255).astype(np.uint8)[:, None]
    trimap[::every] = 128
    (column,) = sweep_columns(board, image, trimap)
    exact = exact_column(image[:, 0], trimap[:, 0], column.solutions[-1].projection, COLUMN)
    error = (column.alpha - exact)[trimap[:, 0] == 128]
    assert np.sqrt(np.mean(error**2)) <= 0.02


@pytest.mark.parametrize("neighbours, pixels", [(8, 690), (10, 650)])
def test_with_more_neighbours_parts_are_smaller(board, neighbours, pixels):
    """Merging what the search has found, and not the solver, sets their limit."""
    rng = np.random.default_rng(9)
    alpha = np.clip((np.arange(pixels) - 200) / 250, 0, 1)[:, None, None]
    image = alpha * [200, 150, 90] + (1 - alpha) * [40, 80, 160] + rng.normal(0, 3, (pixels, 1, 3))
    image = np.clip(image, 0, 255).astype(np.uint8)
    trimap = np.select([alpha[..., 0] == 0, alpha[..., 0] == 1], [0, 255], 128).astype(np.uint8)
    parameters = Parameters(neighbours=neighbours, spatial=4)
    (column,) = sweep_columns(board, image, trimap, parameters)
    exact = exact_column(image[:, 0], trimap[:, 0], column.solutions[-1].projection, parameters)
    error = (column.alpha - exact)[trimap[:, 0] == 128]
    assert np.sqrt(np.mean(error**2)) <= 0.02


def test_an_interrupted_sweep_goes_on_with_the_column_after(board, photo):
    image, trimap = photo[0][100:150], photo[1][100:150].copy()
    trimap[:20], trimap[40:] = 0, 255
    whole = list(sweep_columns(board, image, trimap))
    rest = list(sweep_columns(board, image, trimap, first=whole[2].x + 1))
    assert [column.x for column in rest] == [column.x for column in whole[3:]]
    assert all((one.alpha == other.alpha).all() for one, other in zip(rest, whole[3:]))
