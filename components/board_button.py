"""The board's button S1: it asks for the last job again, and the page answers."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from components.board_port import SIMULATOR, a_turn, how_known, the_board
from components.board_view import grey, show_numbers
from components.chart_colors import GOLD
from components.picture import figure
from components.press import press
from pipeline.image_error import ImageError
from pipeline.launchpad import Launchpad, LaunchpadError
from pipeline.launchpad_bytes import RECORD, Job
from pipeline.launchpad_report import Solution

SECONDS_TO_PRESS = 60
SECONDS_A_LOOK = 0.25  # between two looks at the Stop button
CYCLES_TO_FINISH = 100_000


@dataclass(frozen=True)
class LastJob:
    """A job, its answer, and for a recorded one what the simulated microphone heard: samples and
    their rate."""

    job: Job
    solution: Solution
    heard: tuple[np.ndarray, int] | None = None


@dataclass(frozen=True)
class Repeated:
    """What came of a job that the button asked for again; lamps: whether each of the simulated
    board's LEDs shines afterwards. how: how it is known."""

    last: LastJob
    solution: Solution
    how: str
    lamps: dict[str, bool] | None


def remember_job(last: LastJob) -> None:
    """Keeps the latest job and its answer for the button."""
    st.session_state["board_last_job"] = last


def show_button(port: str) -> None:
    """The tab: press (or wait for) S1, and see the last job repeated."""
    st.markdown(
        "Button S1 repeats the board's last job. Its memory no longer holds the pixels (the "
        "solver's numbers lie where they were), so the board asks for them and this page sends "
        "them again."
    )
    last = st.session_state.get("board_last_job")
    if last is None:
        st.info("There is no last job yet: sweep over a picture, or let the board hear a voice.")
        return
    if port == SIMULATOR:
        if press("Press S1 on the simulated board", "button_press", type="primary"):
            repeat(port, last)
    else:
        with st.container(horizontal=True):
            wait = press("Wait for S1", "button_wait", type="primary")
            stop = st.empty()
        if wait:
            stop.button("Stop waiting")
            repeat(port, last)
            stop.empty()
    repeated = st.session_state.get("button_answer")
    if repeated is not None and repeated.last is last:  # another job has no answer yet
        show_repeated(repeated)


def repeat(port: str, last: LastJob) -> None:
    """Waits for a press, runs the job again and keeps what came of it."""
    st.session_state.pop("button_answer", None)
    try:
        with the_board(port) as board, a_turn(port):
            if not pressed(board, port):
                st.warning(f"S1 was not pressed within {SECONDS_TO_PRESS} seconds.")
                return
            if port == SIMULATOR and last.heard is not None:
                board.port.machine.listen(*last.heard)
            solution = board.run(last.job)
            lamps = lamps_after(board) if port == SIMULATOR else None
    except (LaunchpadError, ImageError) as error:
        st.error(str(error))
        return
    st.session_state["button_answer"] = Repeated(last, solution, how_known(port), lamps)


def lamps_after(board: Launchpad) -> dict[str, bool]:
    """The simulated board's LEDs, a moment after the last byte of its answer."""
    board.port.machine.run(CYCLES_TO_FINISH)
    return board.port.machine.lamps


def pressed(board: Launchpad, port: str) -> bool:
    """Whether S1 was pressed; on the simulated board this page presses it."""
    if port == SIMULATOR:
        board.wait_for_button(SECONDS_A_LOOK)  # powered up a moment ago, it is not ready yet
        board.port.machine.press_button(True)
        heard = board.wait_for_button(SECONDS_A_LOOK)
        board.port.machine.press_button(False)
        return heard
    looks = int(SECONDS_TO_PRESS / SECONDS_A_LOOK)
    bar = st.progress(0.0, "Press S1 on the board")
    for look in range(looks):
        if board.wait_for_button(SECONDS_A_LOOK):
            bar.empty()
            return True
        bar.progress((look + 1) / looks, "Press S1 on the board")
    bar.empty()
    return False


def show_repeated(repeated: Repeated) -> None:
    """The repeated job's answer, and whether it is the same as before."""
    last, solution = repeated.last, repeated.solution
    compared = "are the same as before"
    if not np.array_equal(solution.codes, last.solution.codes):
        compared = "differ from before"
        if last.job.kind == RECORD:
            compared += ", as the sound does"
    st.success(
        "S1 was pressed: the board asked for its last job again, got it, and its "
        f"{solution.unknown} alpha values {compared}."
    )
    answer, numbers = st.columns(2, gap="large")
    with answer:
        if len(solution.alpha) > 1:
            st.html(figure(grey(solution.alpha), "Alpha of the tile"))
        else:
            st.markdown("**Alpha of the line**")
            st.line_chart(
                {"alpha": solution.alpha[0]},
                color=GOLD,
                x_label="pixel or sample",
                y_label="0 ground to 1 person, or silence to voice",
            )
    show_numbers(numbers, solution, repeated.how)
    if repeated.lamps is not None:
        lit = [name for name, shines in repeated.lamps.items() if shines] or ["neither"]
        st.caption(f"LED alight afterwards: {' and '.join(lit)} (simulated).")
