"""What the hardware page shows of a job, wherever it came from: memory, cycles, error, energy."""

import numpy as np
import streamlit as st

from components.memory_map import memory_map
from components.picture import figure
from pipeline.launchpad import JobRefused, LaunchpadError
from pipeline.launchpad_exact import root_mean_square
from pipeline.launchpad_report import (
    MICROAMPERES_PER_MEGAHERTZ,
    SUPPLY_VOLTS,
    Solution,
    Wire,
)
from pipeline.launchpad_tiles import Totals
from pipeline.trimap import unknown_pixels

PHASES = {
    "receive": "Receiving the job",
    "project": "Projecting onto two principal components",
    "search": "Searching the nearest neighbours",
    "merge": "Building the Laplacian",
    "solve": "Solving by conjugate gradients",
}


def show_failure(error: LaunchpadError, what: str) -> None:
    """Why a photo was not done to its end; what: its parts, of which those done are kept."""
    # What a board refuses, it refuses again.
    then = "" if isinstance(error, JobRefused) else ": press Continue"
    st.error(f"{error} The {what} that came back are kept{then}.")


def grey(values: np.ndarray) -> np.ndarray:
    """A picture, uint8, of values 0..1."""
    return np.rint(255 * np.clip(values, 0, 1)).astype(np.uint8)


def show_memory(place, solution: Solution, phase: int, how: str) -> None:
    """The 4096 bytes in one phase of a job."""
    now = solution.phases[phase]
    with place.container():
        st.markdown(
            f"**{PHASES[now.name]}**: {now.cycles:,} cycles, {1e3 * now.seconds:.1f} ms ({how})"
        )
        st.html(memory_map(now.regions, PHASES[now.name]))


def show_numbers(place, solution: Solution, how: str) -> None:
    """Cycles, time, bytes, stack and energy of one job."""
    rows = "".join(
        f"| {PHASES[phase.name]} | {phase.cycles:,} | {1e3 * phase.seconds:.1f} |\n"
        for phase in solution.phases
    )
    place.markdown(
        f"| Latest job ({how}) | cycles | ms |\n|---|---:|---:|\n{rows}\n\n"
        f"{solution.unknown} unknown, {solution.edges} edges, {solution.iterations} iterations. "
        f"{stack_in_words(solution)}{wire_in_words(solution.wire)} ({how}). "
        f"Energy {1e3 * solution.energy_joules:.2f} mJ (estimated: {how} time at "
        f"{MICROAMPERES_PER_MEGAHERTZ} µA/MHz, cited from TI SLASE59, and {SUPPLY_VOLTS:g} V)."
    )


def stack_in_words(solution: Solution) -> str:
    """How near the stack came to the variables; the Energia sketch cannot say."""
    if not solution.stack_unused:
        return ""
    return (
        f"Stack: at most {solution.stack_used} bytes used since the board was switched on, "
        f"{solution.stack_unused} never touched. "
    )


def wire_in_words(wire: Wire) -> str:
    """Bytes in both directions."""
    return f"Wire: {wire.sent} bytes to the board, {wire.received} back"


def show_difference(
    alpha: np.ndarray, exact: np.ndarray, trimap: np.ndarray, to_what: str, how: str
) -> None:
    """The board's answer beside the float64 solution; `to_what` says of which system."""
    st.markdown(
        f"Root mean square difference over {unknown_pixels(trimap).sum():,} unknown pixels, "
        f"{to_what}: **{root_mean_square(alpha, exact, trimap):.4f}**, where alpha goes from 0 to 1 "
        f"(the board's side {how}, float64 measured)."
    )
    one, other, between = st.columns(3)
    one.html(figure(grey(alpha), "From the board"))
    other.html(figure(grey(exact), "In float64"))
    between.html(figure(grey(4 * np.abs(alpha - exact)), "Difference, times 4"))


def show_totals(totals: Totals, how: str) -> None:
    """What all jobs together cost a board."""
    jobs, compute, wire, energy = st.columns(4)
    jobs.metric("Jobs", f"{totals.jobs:,}")
    compute.metric(f"Computing, {how}", f"{totals.compute_seconds:.1f} s")
    wire.metric(f"On the wire, {how}", f"{totals.wire_seconds:.1f} s")
    energy.metric("Energy, estimated", f"{1e3 * totals.energy_joules:.0f} mJ")
    if totals.retries:
        st.caption(f"Requests sent again after damage on the wire: {totals.retries}.")
