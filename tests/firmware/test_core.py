"""The fixed-point core against an exact float64 solution written from its description."""

import numpy as np
import pytest
from jobs import random_job
from reference import features, solve

EIGHT_BIT_STEP = 1 / 254


def exact_alpha(core, rgb, codes, width, neighbours, spatial):
    job = core.job
    feature = features(rgb, np.array(job.mean), np.array(job.axes).reshape(2, 3))
    return solve(feature, codes, width, neighbours, spatial)


def error(core, rgb, codes, solved, width, neighbours=5, spatial=4):
    unknown = codes == 255
    exact = exact_alpha(core, rgb, codes, width, neighbours, spatial)[unknown]
    return np.sqrt(np.mean((solved / 254 - exact) ** 2)) if unknown.any() else 0.0


def codes_of(trimap):
    return np.select([trimap == 0, trimap == 255], [0, 254], 255).astype(np.uint8)


def test_columns_of_photos_match_the_exact_solution(core, photo_columns):
    errors = []
    for rgb, trimap in photo_columns:
        codes = codes_of(trimap)
        status, solved = core.run(rgb, codes, 800, 1)
        assert status == 0
        errors.append(error(core, rgb, codes, solved, 800))
    assert len(errors) >= 15
    assert np.percentile(errors, 95) <= 0.003


@pytest.mark.parametrize("map_bits", [2, 8])
def test_random_columns_and_tiles_match_the_exact_solution(core, map_bits):
    rng = np.random.default_rng(map_bits)
    errors = []
    for _ in range(60):
        rgb, codes, width, height, parameters = random_job(rng, map_bits)
        status, solved = core.run(rgb, codes, width, height, **parameters, residual_bits=7)
        if status == 0:
            errors.append(error(core, rgb, codes, solved, width, parameters["neighbours"],
                                parameters["spatial"]))
    assert len(errors) > 50
    assert np.percentile(errors, 95) <= 0.003
    assert max(errors) < 0.02


def test_an_edge_between_two_plateaus_is_interpolated_by_hand(core):
    """A chain of equal colour and K = 2: every pixel takes its two neighbours, so inner edges weigh
    2 w and the outer ones, which a known pixel does not return, w. Alpha is then linear but for the
    ends: potentials of resistors 2, 1, 1, 2 in series between 0 and 1."""
    rgb = np.full((9, 3), 90, np.uint8)
    codes = np.array([0, 0, 0, 255, 255, 255, 254, 254, 254], np.uint8)
    status, solved = core.run(rgb, codes, 9, 1, neighbours=2, spatial=1, residual_bits=3)
    assert status == 0
    assert solved / 254 == pytest.approx([2 / 6, 3 / 6, 4 / 6], abs=EIGHT_BIT_STEP)


def test_axes_are_the_principal_ones(core):
    rng = np.random.default_rng(3)
    for small in (0.6, 0.1, 0.03):
        spread = np.linalg.qr(rng.normal(size=(3, 3)))[0] * [50, 50 * small, 50 * small * 0.3]
        rgb = np.clip(rng.normal(size=(800, 3)) @ spread.T + 128, 0, 255).astype(np.uint8)
        core.run(rgb, np.zeros(800, np.uint8), 800, 1)
        found = np.array(core.job.axes).reshape(2, 3) / 32768
        _, vectors = np.linalg.eigh(np.cov(rgb.T.astype(float)))
        assert abs(found[0] @ vectors[:, 2]) > 0.999
        assert abs(found[1] @ vectors[:, 1]) > 0.995
        assert abs(found[0] @ found[1]) < 0.001


def test_given_axes_are_used(core):
    rng = np.random.default_rng(4)
    rgb = rng.integers(0, 256, (40, 3)).astype(np.uint8)
    codes = np.repeat([0, 255, 254], [15, 10, 15]).astype(np.uint8)
    axes = np.array([[32767, 0, 0], [0, 0, 32767]])
    status, solved = core.run(rgb, codes, 40, 1, axes=axes, mean=(100, 100, 100))
    assert status == 0 and list(core.job.axes) == list(axes.ravel())
    assert error(core, rgb, codes, solved, 40) < 0.003


def test_unknown_pixels_tied_to_nothing_known_stay_at_one_half(core):
    rgb = np.concatenate([np.full((20, 3), 10), np.full((20, 3), 240)]).astype(np.uint8)
    codes = np.repeat([0, 254, 255], [10, 10, 20]).astype(np.uint8)
    status, solved = core.run(rgb, codes, 40, 1, neighbours=2)
    assert status == 0 and (solved == 127).all()


def test_one_colour_everywhere_still_has_an_answer(core):
    codes = np.repeat([0, 255, 254], [100, 60, 100]).astype(np.uint8)
    rgb = np.full((260, 3), 77, np.uint8)
    status, solved = core.run(rgb, codes, 260, 1)
    assert status == 0 and (np.diff(solved.astype(int)) >= 0).all()


def test_nothing_unknown_is_a_job_too(core):
    status, solved = core.run(np.zeros((8, 3)), np.zeros(8, np.uint8), 8, 1)
    assert status == 0 and len(solved) == 0


def test_150_unknown_pixels_of_an_800_pixel_column_fit(core):
    rng = np.random.default_rng(5)
    rgb = np.clip(rng.normal(0, 4, (800, 3)).cumsum(0) + 128, 0, 255).astype(np.uint8)
    codes = np.repeat([0, 255, 254], [300, 150, 350]).astype(np.uint8)
    status, solved = core.run(rgb, codes, 800, 1)
    assert status == 0 and len(solved) == 150
    assert error(core, rgb, codes, solved, 800) < 0.003


@pytest.mark.parametrize("change, status", [
    (dict(neighbours=0), 1), (dict(neighbours=11), 1), (dict(spatial=0), 1),
    (dict(spatial=65), 1), (dict(map_bits=4), 1), (dict(max_iterations=0), 1),
    (dict(residual_bits=23), 1)])
def test_parameters_out_of_range_are_refused(core, change, status):
    assert core.begin(10, 10, **change) == status


@pytest.mark.parametrize("width, height, status", [
    (0, 10, 1), (7, 1, 1), (801, 1, 1), (40, 21, 2), (800, 65535, 1)])
def test_sizes_out_of_range_are_refused(core, width, height, status):
    assert core.begin(width, height) == status


def test_too_many_unknown_pixels_are_refused(core):
    status, _ = core.run(np.zeros((800, 3)), np.full(800, 255, np.uint8), 800, 1)
    assert status == 3


def test_too_few_iterations_are_reported(core):
    rng = np.random.default_rng(6)
    codes = np.repeat([0, 255, 254], [100, 100, 100]).astype(np.uint8)
    rgb = np.clip(rng.normal(0, 9, (300, 3)).cumsum(0) + 128, 0, 255)
    status, _ = core.run(rgb, codes, 300, 1, max_iterations=1)
    assert status == 6


def test_regions_of_the_arena_never_overlap_within_a_phase(core):
    from pipeline.launchpad_report import MAP_FIELDS, memory_by_phase

    rng = np.random.default_rng(7)
    for _ in range(40):
        rgb, codes, width, height, parameters = random_job(rng, 8)
        if core.run(rgb, codes, width, height, **parameters)[0]:
            continue
        job = core.job
        at = {name: getattr(job.at, name) for name in MAP_FIELDS}
        for regions in memory_by_phase(at, len(codes), 3768 - at["map"], job.unknown,
                                       job.edge_count, job.neighbours, 0):
            ordered = sorted(regions, key=lambda region: region.start)
            if not ordered:
                continue                # nothing unknown: nothing to search or solve
            assert all(a.end <= b.start for a, b in zip(ordered, ordered[1:]))
            assert ordered[-1].end <= 3768
