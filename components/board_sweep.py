"""Every column of a photo is one job of the board; alpha appears as it arrives."""

from dataclasses import dataclass, field

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
    show_numbers,
    show_totals,
)
from components.picture import figure
from pipeline.launchpad_bytes import COLUMN
from pipeline.launchpad_columns import sweep_columns
from pipeline.launchpad_exact import exact_column
from pipeline.launchpad_report import Solution
from pipeline.launchpad_tiles import Totals
from pipeline.trimap import FOREGROUND

HEIGHTS = (200, 400, 800)
COLUMNS_A_PICTURE = 6  # the picture on the page is renewed after so many columns
DIMMED = 3  # how many times darker the photo is where no column has come back yet


@dataclass(kw_only=True)
class Sweep(OnItsWay):
    """A photo on its way through the board.

    first: the column to go on with. how: how what the board reports is known.
    """

    photo: np.ndarray
    trimap: np.ndarray
    alpha: np.ndarray = field(init=False)
    exact: np.ndarray = field(init=False)
    shown: np.ndarray = field(init=False)
    totals: Totals = field(default_factory=Totals)
    latest: Solution | None = None
    first: int = 0
    how: str = ""
    in_parts: int = 0
    finished: bool = False

    def __post_init__(self):
        self.alpha = np.where(self.trimap == FOREGROUND, 1.0, 0.0)
        self.exact = self.alpha.copy()
        self.shown = self.photo // DIMMED


def show_sweep(port: str) -> None:
    """The tab: choices, the live pictures, and the result."""
    st.markdown(
        "The board gets one column of the photo at a time, as it got a signal of 800 samples in "
        "2018, and sends back the alpha of the unknown pixels."
    )
    size, photo = st.columns(2, gap="large")
    with size:
        height = st.select_slider(
            "Pixels in a column", HEIGHTS, 400, key="sweep_height", persist_state="session"
        )
    with photo:
        chosen = choose_photo(height)
    work, stop = start_and_stop(
        "sweep",
        ("Sweep over the picture", "Continue the sweep"),
        chosen and (lambda: Sweep(photo=chosen[0], trimap=chosen[1])),
    )
    picture, memory = st.columns(2, gap="large")
    with picture:
        shown = st.empty()
        if work is not None:
            note_other_photo(chosen, work.photo)
    with memory:
        places = st.empty(), st.empty()
    if work is not None and work.running:
        with stop_button(stop, "sweep", work):
            run(port, work, shown, *places)
    if work is not None and work.failure:
        show_failure(work.failure, "columns")
    if work is None:
        if chosen:
            shown.html(figure(chosen[0], "The photo"))
        return
    shown.html(figure(work.shown, "Alpha as it arrived"))
    if work.latest is not None:
        look_back(work, *places)
    if work.finished:
        show_difference(
            work.alpha,
            work.exact,
            work.trimap,
            "to the board's own systems solved in float64",
            work.how,
        )
        if work.in_parts:
            st.caption(
                f"{work.in_parts} columns have more unknown pixels than fit 4 KB at once and were "
                "solved in parts, which is where most of the difference comes from."
            )
        show_totals(work.totals, work.how)


def run(port: str, work: Sweep, picture, drawing, numbers) -> None:
    """Works through the columns that remain, showing picture, memory and numbers."""
    with the_board(port) as board:
        work.how = how_known_so_far(work.how, port)
        columns = sweep_columns(board, work.photo, work.trimap, first=work.first)
        for count, column in enumerate(in_turn(columns, port)):
            take(work, column)
            remember_job(LastJob(board.last_job, work.latest))
            if count % COLUMNS_A_PICTURE == 0:
                phase = count // COLUMNS_A_PICTURE % len(PHASES)
                picture.html(figure(work.shown, "Alpha as it arrives"))
                show_memory(drawing, work.latest, phase, work.how)
                show_numbers(numbers, work.latest, work.how)
        work.shown = grey(work.alpha)
        work.finished = True


def take(work: Sweep, column) -> None:
    """Puts one column's alpha in its place."""
    line = np.s_[:, column.x : column.x + 1]
    work.alpha[:, column.x] = column.alpha
    work.latest = column.solutions[-1]
    work.exact[:, column.x] = exact_column(
        work.photo[:, column.x], work.trimap[:, column.x], work.latest.projection, COLUMN
    )
    work.shown[line] = grey(work.alpha[line])[..., None]
    if len(column.solutions) > 1:
        work.in_parts += 1
    for solution in column.solutions:
        work.totals.add(solution)
    work.first = column.x + 1


def look_back(work: Sweep, drawing, numbers) -> None:
    """The latest job's memory, phase by phase."""
    with drawing.container():
        names = [phase.name for phase in work.latest.phases]
        name = st.selectbox("Phase", names, len(names) - 1, format_func=PHASES.get)
        show_memory(st.empty(), work.latest, names.index(name), work.how)
    show_numbers(numbers, work.latest, work.how)
