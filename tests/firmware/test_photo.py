"""A whole small photo on the simulated board, interrupted in every way."""

import numpy as np
import pytest
from reference import features, solve

from pipeline.image import ImageError
from pipeline.launchpad import JobRefused, Launchpad, LaunchpadError, find_boards
from pipeline.launchpad_bytes import codes_from_trimap
from pipeline.launchpad_columns import sweep_columns
from pipeline.launchpad_report import SRAM_END, SRAM_START
from pipeline.launchpad_tiles import TILES, PhotoMatting


@pytest.fixture(scope="module")
def photo():
    """A textured disc before another texture, 30 x 26, with a band of three pixels unknown."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:30, :26]
    distance = np.hypot(y - 15, x - 13) - 8
    alpha = np.clip(0.5 - distance / 3, 0, 1)[..., None]
    image = alpha * [190, 120, 70] + (1 - alpha) * [40, 90, 150] + rng.normal(0, 5, (30, 26, 3))
    trimap = np.where(abs(distance) < 3, 128, (distance < 0) * 255).astype(np.uint8)
    return np.clip(image, 0, 255).astype(np.uint8), trimap


@pytest.fixture(scope="module")
def matted(photo):
    """The photo matted by a board, with the steps it took."""
    matting = PhotoMatting(*photo)
    with Launchpad("sim://") as board:
        return matting, list(matting.steps(board))


def test_the_board_comes_close_to_the_solution_of_the_whole(photo, matted):
    image, trimap = photo
    pixels = image.reshape(-1, 3).astype(float)
    mean = pixels.mean(0).astype(int)
    _, vectors = np.linalg.eigh(np.cov(pixels.T))
    axes = np.round(vectors[:, ::-1][:, :2].T * 32767).astype(int)
    exact = solve(features(image, mean, axes), codes_from_trimap(trimap).ravel(), 26, TILES.neighbours,
                  TILES.spatial).reshape(trimap.shape)
    unknown = trimap == 128
    assert np.sqrt(np.mean((matted[0].alpha - exact)[unknown] ** 2)) <= 0.015
    assert (matted[0].alpha[~unknown] == trimap[~unknown] / 255).all()


class SmallerBoard:
    """The simulated board, refusing more than so many unknown pixels as one with less memory."""

    def __init__(self, board, most):
        self.board, self.most = board, most
        self.refused = 0

    def __getattr__(self, name):
        return getattr(self.board, name)

    def matte_tile(self, pixels, codes, **options):
        if np.count_nonzero(codes == 255) > self.most:
            self.refused += 1
            raise JobRefused(3, None)
        return self.board.matte_tile(pixels, codes, **options)


def test_tiles_that_a_smaller_board_refuses_are_solved_in_parts(photo, matted):
    with Launchpad("sim://") as board:
        smaller = SmallerBoard(board, 40)
        matting = PhotoMatting(*photo)
        list(matting.steps(smaller))
    assert smaller.refused and matting.finished
    assert np.sqrt(np.mean((matting.alpha - matted[0].alpha)[photo[1] == 128] ** 2)) <= 0.03


def test_totals_add_up(matted):
    matting, steps = matted
    assert matting.finished and matting.totals.jobs == len(steps) + 1
    # The job that is no step finds the axes of the features.
    told = sum(step.solution.wire.seconds for step in steps)
    assert told < matting.totals.wire_seconds < told + 1
    # 126 uA/MHz at 16 MHz and 3 V: 6 mW for as long as the board works
    assert matting.totals.energy_joules == pytest.approx(6.05e-3 * matting.totals.seconds, rel=0.01)


def test_memory_regions_stay_within_sram(matted):
    for phase in matted[1][-1].solution.phases:
        ordered = sorted(phase.regions, key=lambda region: region.start)
        assert ordered[0].start == SRAM_START and ordered[-1].end == SRAM_END
        assert all(a.end <= b.start for a, b in zip(ordered, ordered[1:]))


def test_a_pulled_cable_loses_nothing(photo, matted):
    matting = PhotoMatting(*photo)
    with Launchpad("sim://") as board:
        for _ in range(3):
            next(matting.steps(board))
    with pytest.raises(LaunchpadError):
        list(matting.steps(board))
    jobs = matting.totals.jobs
    with Launchpad("sim://?noise=5") as board:
        list(matting.steps(board))
    assert jobs == 4 and matting.finished
    assert (matting.alpha == matted[0].alpha).all()


def test_a_job_that_does_not_fit_is_refused_in_words(board):
    with pytest.raises(JobRefused, match="more unknown pixels") as refusal:
        board.matte_column(np.zeros((800, 3), np.uint8), np.full(800, 128, np.uint8))
    assert refusal.value.status == 3
    for phase in refusal.value.solution.phases:  # what did not fit lies nowhere
        assert all(SRAM_START <= r.start < r.end <= SRAM_END for r in phase.regions)


@pytest.mark.parametrize("image, trimap", [
    (np.zeros((20, 20, 4), np.uint8), np.zeros((20, 20), np.uint8)),
    (np.zeros((20, 20, 3), np.uint8), np.zeros((20, 21), np.uint8)),
    (np.zeros((20, 20, 3)), np.zeros((20, 20), np.uint8)),
    (np.zeros((20, 20, 3), np.uint8), np.zeros((20, 20))),
    (np.zeros((5, 20, 3), np.uint8), np.zeros((5, 20), np.uint8))])
def test_pictures_of_the_wrong_form_are_refused_in_words(image, trimap):
    with pytest.raises(ImageError):
        PhotoMatting(image, trimap)


@pytest.mark.parametrize("codes", [np.full((4, 5), np.nan), np.full((4, 5), -300)])
def test_codes_of_more_than_a_byte_are_refused_in_words(board, codes):
    with pytest.raises(ImageError, match="8 bits"):
        board.matte_tile(np.zeros((4, 5, 3), np.uint8), codes)


@pytest.mark.parametrize("width", [3, 5])
def test_a_sweep_needs_a_trimap_as_large_as_the_photo(board, width):
    with pytest.raises(ImageError, match="as large as the photo"):
        next(sweep_columns(board, np.zeros((20, 4, 3), np.uint8), np.full((20, width), 128, np.uint8)))


def test_a_job_that_is_too_long_for_a_frame_is_refused_in_words(board):
    with pytest.raises(ImageError, match="at most 65535 bytes; this one has"):
        board.matte_tile(np.zeros((160, 160, 3), np.uint8), np.zeros((160, 160), np.uint8))


def test_what_is_no_port_is_refused_in_words():
    with pytest.raises(LaunchpadError, match="name or an open port, not None"):
        Launchpad(None)


def test_samples_out_of_range_are_refused(board):
    with pytest.raises(ImageError, match="0 to 1023"):
        board.solve_signal(np.full(100, 1024), np.zeros(100, np.uint8))
    with pytest.raises(ImageError, match="0 to 1023"):
        board.solve_signal(np.full(100, np.nan), np.zeros(100, np.uint8))
    with pytest.raises(ImageError, match="of one length"):
        board.solve_signal(np.zeros(100, int), np.zeros((100, 1), np.uint8))
    for delay in (-1, 256):
        with pytest.raises(ImageError, match="0 to 255"):
            board.solve_signal(np.zeros(100, int), np.zeros(100, np.uint8), delay=delay)
    with pytest.raises(ImageError, match="65535"):
        board.solve_signal(np.zeros(70_000, int), np.zeros(70_000, np.uint8))
    for rate in (499, 44100):
        with pytest.raises(ImageError, match="500 to 20000"):
            board.record_signal(np.zeros(100, np.uint8), rate=rate)


def test_boards_are_found_by_their_vendor(monkeypatch):
    class Port:
        def __init__(self, device, vid):
            self.device, self.vid, self.description = device, vid, f"probe at {device}"

        def __lt__(self, other):
            return self.device < other.device
    ports = [Port("COM7", 0x2047), Port("COM3", 0x1234), Port("COM5", 0x0451)]
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: ports)
    assert [board.port for board in find_boards()] == ["COM5", "COM7"]
