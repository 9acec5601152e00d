"""The demonstration of 2018: 800 samples, two PCA vectors, one linear system."""

import numpy as np
import streamlit as st

from components.board_button import LastJob, remember_job
from components.board_port import SIMULATOR, a_turn, how_known, the_board
from components.board_view import show_memory, show_numbers
from components.chart_colors import GOLD, TEAL
from components.own_file import kept_file, own_file
from components.press import press
from components.secure_context import note_what_a_browser_withholds
from pipeline.image_error import ImageError
from pipeline.launchpad import LaunchpadError
from pipeline.launchpad_report import Solution
from pipeline.launchpad_signal import (
    SIGNAL_SAMPLES,
    SignalError,
    signal_from_recording,
    signal_from_text,
    trimap_from_loudness,
)
from pipeline.launchpad_simulator import synthesised_voice

RATES = (1000, 2000, 4000, 8000)
VOICE, RECORDED, SOUND_FILE, SAMPLE_FILE, PIN = SOURCES = (
    "A synthesised voice",
    "This device's microphone",
    "A sound file (WAV)",
    "A file of samples (text)",
    "The board's own microphone, at pin P1.3",
)
# What is said of a sound nobody has heard yet: silence, something, voice, something, silence.
PARTS = ((0, 180), (128, 55), (255, 330), (128, 55), (0, 180))


def show_sound(port: str) -> None:
    """The tab: a source, the samples, and what the board makes of them."""
    st.markdown(
        f"As in 2018: a signal of {SIGNAL_SAMPLES} samples, projected onto two PCA vectors, and a "
        "KNN linear system solved along it: which samples are voice, which silence? What is "
        "plainly loud or plainly quiet is given; the rest the board works out."
    )
    origin, speed = st.columns(2, gap="large")
    with origin:
        source = st.selectbox("Sound", SOURCES, key="sound_source", persist_state="session")
    with speed:
        rate = st.select_slider(
            "Samples a second", RATES, 8000, key="sound_rate", persist_state="session"
        )
    try:
        samples, trimap = take_sound(source, rate)
    except SignalError as error:
        st.error(str(error))
        return
    if trimap is None:
        return
    if samples is not None:
        show_samples(samples, trimap, rate)
        if source == SAMPLE_FILE:
            if len(samples) == SIGNAL_SAMPLES:
                st.caption(
                    f"Of a longer file these are the {SIGNAL_SAMPLES} samples whose loudness "
                    "varies most."
                )
        elif source != VOICE:
            st.caption(
                f"Of a longer sound these are the {SIGNAL_SAMPLES} samples, "
                f"{SIGNAL_SAMPLES / rate:.1f} s, whose loudness varies most. Fewer samples a second "
                "take in more of it."
            )
    asked = (source, rate, None if samples is None else samples.tobytes())
    if press("Let the board solve it", "sound_solve", asked, type="primary"):
        solution = solve(port, samples, trimap, rate)
        if solution is not None:
            st.session_state["sound_answer"] = asked, solution, how_known(port)
    answered, *answer = st.session_state.get("sound_answer", (None,))
    if answered == asked:  # another sound, or another rate, has no answer yet
        show_answer(*answer, rate)


def take_sound(source: str, rate: int) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Samples (n,) 0..1023 and their trimap; None for what is not there (yet)."""
    if source == PIN:
        st.caption(
            f"Silence first, then speak, then silence, within {SIGNAL_SAMPLES / rate:.1f} s from "
            f"the press of the button (at {RATES[0]} samples a second {SIGNAL_SAMPLES / RATES[0]} "
            "s). The simulated board hears the synthesised voice."
        )
        values, counts = zip(*PARTS)
        return None, np.repeat(np.array(values, np.uint8), counts)
    if source == VOICE:
        samples = voice(rate)
    elif source == SAMPLE_FILE:
        file = own_file("Whole numbers from 0 to 1023", ("txt", "csv"), "sound_samples")
        samples = file and signal_from_text(file[1])
    else:
        file = record() if source == RECORDED else own_file(
            "A WAV file, of any depth", ("wav",), "sound_file"
        )
        samples = file and signal_from_recording(file[1], rate)
    return samples, None if samples is None else trimap_from_loudness(samples)


def record() -> tuple[str, bytes] | None:
    """What this device's microphone heard: a name and a WAV file, or None so far."""
    note_what_a_browser_withholds("microphone")
    words = "Wait a moment, then say something"
    return kept_file(
        "sound_recorded",
        lambda forget: st.audio_input(words, key="sound_recording", on_change=forget),
    )


def voice(rate: int) -> np.ndarray:
    """A synthesised vowel between silences that fills the signal."""
    return synthesised_voice(SIGNAL_SAMPLES / rate, rate)


def show_samples(samples: np.ndarray, trimap: np.ndarray, rate: int) -> None:
    """The signal as the board gets it."""
    st.line_chart(
        {"samples": samples},
        height=180,
        color=GOLD,
        x_label=f"sample, 1/{rate} s",
        y_label="0 to 1023",
    )
    known = {name: int((trimap == value).sum()) for name, value in
             (("silence", 0), ("voice", 255), ("left to the board", 128))}
    st.caption(", ".join(f"{count} samples {name}" for name, count in known.items()))


def solve(
    port: str, samples: np.ndarray | None, trimap: np.ndarray, rate: int
) -> Solution | None:
    """The board's answer, or None after an error that the page shows.

    The simulated board hears the samples at its microphone pin and takes them with its converter;
    a real one gets them by wire, or takes its own.
    """
    try:
        with the_board(port) as board, a_turn(port):
            heard = None
            if port == SIMULATOR:
                heard = (voice(rate) if samples is None else samples), rate
                board.port.machine.listen(*heard)
            if samples is None or port == SIMULATOR:
                solution = board.record_signal(trimap, rate=rate)
            else:
                solution = board.solve_signal(samples, trimap)
            remember_job(LastJob(board.last_job, solution, heard))
    except (LaunchpadError, ImageError) as error:
        st.error(str(error))
        return None
    return solution


def show_answer(solution: Solution, how: str, rate: int) -> None:
    """The projections, the solution, the memory and the numbers."""
    projections, answer = st.columns(2, gap="large")
    with projections:
        st.markdown(f"**The two projections** ({how})")
        st.line_chart(
            {"first": solution.features[0, :, 0], "second": solution.features[0, :, 1]},
            color=[GOLD, TEAL],
            x_label=f"sample, 1/{rate} s",
        )
    with answer:
        st.markdown(f"**Voice (1) or silence (0)** ({how})")
        st.line_chart({"alpha": solution.alpha[0]}, color=GOLD, x_label=f"sample, 1/{rate} s")
    drawing, numbers = st.columns(2, gap="large")
    show_memory(drawing.empty(), solution, len(solution.phases) - 1, how)
    show_numbers(numbers, solution, how)
