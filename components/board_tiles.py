"""A whole small photo on the board, in tiles; interrupted work goes on where it stopped."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from components.board_button import LastJob, remember_job
from components.board_photo import choose_photo, note_other_photo
from components.board_port import how_known_so_far, in_turn, the_board
from components.board_run import OnItsWay, start_and_stop, stop_button
from components.board_view import (
    PHASES,
    grey,
    show_difference,
    show_failure,
    show_memory,
    show_totals,
)
from components.picture import figure
from pipeline.launchpad_exact import exact_alpha
from pipeline.launchpad_report import Solution
from pipeline.launchpad_tiles import TILE, PhotoMatting

HEIGHTS = (80, 120, 160)
TILES_A_PICTURE = 6


@dataclass(kw_only=True)
class Tiles(OnItsWay):
    """A photo on its way through the board; how: how what the board reports is known. latest: the
    job whose memory was shown last, and in which phase.
    """

    matting: PhotoMatting
    trimap: np.ndarray
    how: str = ""
    latest: tuple[Solution, int] | None = None

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.matting.finished


def show_tiles(port: str) -> None:
    """The tab: choices, the picture as it sharpens, and the result."""
    st.markdown(
        f"The unknown pixels are solved in tiles of {TILE} x {TILE}, from coarse to fine, until "
        "the tiles agree. It takes some hundred jobs; you may stop and continue."
    )
    size, photo = st.columns(2, gap="large")
    with size:
        height = st.select_slider(
            "Height of the photo", HEIGHTS, 120, key="tiles_height", persist_state="session"
        )
    with photo:
        chosen = choose_photo(height)
    work, stop = start_and_stop(
        "tiles",
        ("Matte the photo", "Continue the photo"),
        chosen and (lambda: Tiles(matting=PhotoMatting(*chosen), trimap=chosen[1])),
    )
    picture, memory = st.columns(2, gap="large")
    with picture:
        shown, said = st.empty(), st.empty()
        if work is not None:
            note_other_photo(chosen, work.matting.image)
    if work is None:
        if chosen:
            shown.html(figure(chosen[0], "The photo"))
        return
    matting = work.matting
    with memory:
        drawing = st.empty()
    if work.running:
        with stop_button(stop, "tiles", work):
            run(port, work, shown, said, drawing)
    if work.failure:
        show_failure(work.failure, "tiles")
    if work.finished:
        shown.empty()
        exact = exact_alpha(matting.image, work.trimap, matting.parameters)
        show_difference(
            matting.alpha,
            exact,
            work.trimap,
            "to the whole photo solved at once in float64, nothing rounded",
            work.how,
        )
        show_totals(matting.totals, work.how)
    else:
        shown.html(figure(grey(matting.alpha), "Alpha so far"))
        if work.latest:
            show_memory(drawing, *work.latest, work.how)


def run(port: str, work: Tiles, shown, said, drawing) -> None:
    """Runs the jobs that remain, showing the picture as it sharpens."""
    matting = work.matting
    with the_board(port) as board:
        work.how = how_known_so_far(work.how, port)
        for count, step in enumerate(in_turn(matting.steps(board), port)):
            remember_job(LastJob(board.last_job, step.solution))
            if count % TILES_A_PICTURE:
                continue
            shown.html(figure(grey(matting.alpha), "Alpha so far"))
            said.caption(
                f"{size_in_words(step.level)}, sweep {step.sweep + 1}, job "
                f"{matting.totals.jobs}: {matting.totals.seconds:.0f} s on the board "
                f"({work.how})"
            )
            work.latest = step.solution, count // TILES_A_PICTURE % len(PHASES)
            show_memory(drawing, *work.latest, work.how)


def size_in_words(level: int) -> str:
    """How large the photo is at a level of the solve."""
    return "Full size" if level == 1 else f"1/{level} of the size"
