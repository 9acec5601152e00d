"""A whole small photo on the board, in tiles; interrupted work goes on where it stopped."""

import streamlit as st

from components.board_button import LastJob, remember_job
from components.board_photo import choose_photo
from components.board_view import (
    PHASES,
    grey,
    how_known,
    show_difference,
    show_memory,
    show_passing,
    show_totals,
)
from pipeline.launchpad import Launchpad, LaunchpadError
from pipeline.launchpad_exact import exact_alpha
from pipeline.launchpad_tiles import PhotoMatting

HEIGHTS = (80, 120, 160)
TILES_A_PICTURE = 6


def show_tiles(port: str) -> None:
    """The tab: choices, the picture as it sharpens, and the result."""
    st.markdown(
        "The unknown pixels are solved in tiles of 26 x 26, from coarse to fine, until the tiles "
        "agree. It takes some hundred jobs; you may stop and continue."
    )
    size, photo = st.columns(2, gap="large")
    with size:
        height = st.select_slider("Height of the photo", HEIGHTS, 120, key="tiles_height")
    with photo:
        chosen = choose_photo("tiles", height)
    work = st.session_state.get("tiles")
    with st.container(horizontal=True):
        start = st.button("Matte the photo", type="primary", disabled=chosen is None)
        go_on = st.button(
            "Continue the photo", disabled=work is None or work[0].finished, key="tiles_continue"
        )
        stop = st.empty()
    if chosen and start:
        work = st.session_state["tiles"] = (PhotoMatting(*chosen), chosen[1])
    picture, memory = st.columns(2, gap="large")
    with picture:
        shown, said = st.empty(), st.empty()
    if work is None:
        if chosen:
            show_passing(shown, chosen[0], "The photo")
        return
    matting, trimap = work
    if start or go_on:
        with memory:
            drawing = st.empty()
        stop.button("Stop", key="tiles_stop")
        run(port, matting, shown, said, drawing)
        stop.empty()
    if matting.finished:
        shown.empty()
        exact = exact_alpha(matting.image, trimap, matting.parameters)
        show_difference(
            matting.alpha,
            exact,
            trimap,
            "to the whole photo solved at once in float64, nothing rounded",
            how_known(port),
        )
        show_totals(matting.totals, how_known(port))
    else:
        show_passing(shown, grey(matting.alpha), "Alpha so far")


def run(port: str, matting: PhotoMatting, shown, said, drawing) -> None:
    """Runs the jobs that remain, showing the picture as it sharpens."""
    how = how_known(port)
    try:
        with Launchpad(port) as board:
            for count, step in enumerate(matting.steps(board)):
                remember_job(LastJob(board.last_job, step.solution))
                if count % TILES_A_PICTURE:
                    continue
                show_passing(shown, grey(matting.alpha), "Alpha so far")
                said.caption(
                    f"{size_in_words(step.level)}, sweep {step.sweep + 1}, job "
                    f"{matting.totals.jobs}: {matting.totals.seconds:.0f} s on the board ({how})"
                )
                show_memory(drawing, step.solution, count // TILES_A_PICTURE % len(PHASES), how)
    except LaunchpadError as error:
        st.error(f"{error} The tiles that came back are kept: press Continue.")


def size_in_words(level: int) -> str:
    """How large the photo is at a level of the solve."""
    return "Full size" if level == 1 else f"1/{level} of the size"
