"""4 KB of memory: KNN matting on a microcontroller, watched while it works."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from components.entrance import come_through_the_app
from components.memory_map import memory_map
from components.memory_scale import Amount, memory_scale
from pipeline.formats import PHOTO_ENDINGS
from pipeline.samples import SAMPLES

if TYPE_CHECKING:  # what takes time to import is imported where it is needed
    import numpy as np

    from pipeline.launchpad import Launchpad
    from pipeline.launchpad_report import Solution

RESULTS = Path(__file__).parent.parent / "benchmarks" / "results"
SIMULATED = "Simulated board"
OWN_PHOTO = "A photo of my own"
HEIGHTS = (200, 400, 800)
TILED_HEIGHT = 160
COLUMNS_A_PICTURE = 6  # the picture on the page is renewed after so many columns
VOICE_RATE = 8000

PHASES = {
    "receive": "Receiving pixels and trimap",
    "project": "Projecting onto two principal components",
    "search": "Searching the nearest neighbours",
    "merge": "Building the Laplacian",
    "solve": "Solving by conjugate gradients",
}

BOARD_DATA = """
| MSP-EXP430FR2433 LaunchPad | cited: TI SLASE59, SLAU739 |
|---|---|
| Processor | MSP430FR2433, 16 bits, 16 MHz, 32-bit multiplier |
| SRAM | 4096 bytes |
| FRAM for the program | 15.5 KB, of which 15 232 bytes hold code |
| Serial line | 115 200 baud |
| Supply current | 126 uA/MHz, typical |
"""


def main() -> None:
    """The page: choose a board, then watch it."""
    st.title("KNN matting in :primary[4 KB]", anchor=False)
    st.markdown(
        "A microcontroller with 4096 bytes of memory takes a column of a photo, projects its "
        "pixels onto two principal components, finds their nearest neighbours, builds the graph "
        "Laplacian and solves for alpha: all by itself."
    )
    port = choose_board()
    sweep, tiles, voice, scale = st.tabs(
        ["Column by column", "A whole photo", "A voice", "How little that is"]
    )
    with sweep:
        show_sweep(port)
    with tiles:
        show_tiles(port)
    with voice:
        show_voice(port)
    with scale:
        show_scale()


def choose_board() -> str:
    """The serial port of a board, or the simulated one."""
    from pipeline.launchpad import find_boards

    boards = {board.description: board.port for board in find_boards()}
    name = st.selectbox("Board", [SIMULATED, *boards], key="board")
    if name == SIMULATED:
        st.caption(
            "The simulator runs the very file a board is flashed with and counts the processor's "
            "cycles after TI's tables: times on this page are simulated."
        )
    return boards.get(name, "sim://")


def choose_photo(key: str, height: int) -> "tuple[np.ndarray, np.ndarray] | None":
    """A photo of this height and the trimap the pipeline makes of it."""
    from pipeline.image import ImageError

    names = {sample.person: sample.file for sample in SAMPLES}
    choice = st.selectbox("Photo", [*names, OWN_PHOTO], key=f"{key}_photo")
    file = names.get(choice)
    if choice == OWN_PHOTO:
        file = st.file_uploader("Your photo", type=PHOTO_ENDINGS, key=f"{key}_upload")
    if file is None:
        return None
    data = file.read_bytes() if isinstance(file, Path) else file.getvalue()
    try:
        return photo_and_trimap(data, height)
    except ImageError as error:
        st.error(str(error))
        return None


@st.cache_data(max_entries=8, show_spinner="Drawing the trimap")
def photo_and_trimap(data: bytes, height: int) -> "tuple[np.ndarray, np.ndarray]":
    """Small photo (height, W, 3) and trimap (height, W), both uint8."""
    import numpy as np
    from PIL import Image

    from pipeline import matte
    from pipeline.image import load_image

    image = Image.fromarray(load_image(data))
    small = np.asarray(image.resize((max(16, image.width * height // image.height), height)))
    return small, matte(small).trimap


def show_sweep(port: str) -> None:
    """Every column of a photo is one job; alpha appears as it arrives."""
    choices, picture, memory = st.columns([2, 4, 4], gap="large")
    with choices:
        height = st.select_slider("Pixels in a column", HEIGHTS, 400, key="sweep_height")
        chosen = choose_photo("sweep", height)
        start = st.button("Sweep over the picture", type="primary", disabled=chosen is None)
    if chosen and not start:
        picture.image(chosen[0], "The photo", width="stretch")
    if chosen and start:
        with memory:
            places = st.empty(), st.empty()
        with picture:
            sweep(port, *chosen, st.empty(), *places)


def sweep(port: str, photo, trimap, picture, drawing, numbers) -> None:
    """Works through the columns, showing picture, memory and numbers as it goes."""
    import numpy as np

    from pipeline.launchpad import Launchpad, LaunchpadError
    from pipeline.launchpad_columns import COLUMN, sweep_columns
    from pipeline.launchpad_exact import exact_alpha
    from pipeline.launchpad_tiles import Totals

    alpha = np.where(trimap == 255, 1.0, 0.0)
    exact = alpha.copy()
    shown, totals = photo // 3, Totals()
    try:
        with Launchpad(port) as board:
            for count, column in enumerate(sweep_columns(board, photo, trimap)):
                line = np.s_[:, column.x : column.x + 1]
                alpha[:, column.x] = column.alpha
                exact[line] = exact_alpha(photo[line], trimap[line], COLUMN)
                shown[line] = (255 * alpha[line])[..., None]
                for solution in column.solutions:
                    totals.add(solution)
                if count % COLUMNS_A_PICTURE == 0:
                    phase = count // COLUMNS_A_PICTURE % len(PHASES)
                    picture.image(shown, "Alpha as it arrives", width="stretch")
                    show_memory(drawing, column.solutions[-1], phase)
                    show_numbers(numbers, column.solutions[-1], board)
    except LaunchpadError as error:
        st.error(str(error))
        return
    picture.image((255 * alpha).astype(np.uint8), "Alpha from the board", width="stretch")
    show_difference(alpha, exact, trimap)
    show_totals(totals)


def show_memory(place, solution: "Solution", phase: int) -> None:
    """The 4096 bytes in one phase of a job."""
    now = solution.phases[phase]
    with place.container():
        st.markdown(f"**{PHASES[now.name]}**: {now.cycles:,} cycles, {1e3 * now.seconds:.1f} ms")
        st.html(memory_map(now.regions, PHASES[now.name]))


def show_numbers(place, solution: "Solution", board: "Launchpad") -> None:
    """Cycles, time, bytes and energy of the latest job."""
    how = "counted by the board" if board.info().kind != 1 else "cycles counted by the board"
    if hasattr(board.port, "machine"):
        how = "simulated"
    rows = "".join(
        f"| {PHASES[phase.name]} | {phase.cycles:,} | {1e3 * phase.seconds:.1f} |\n"
        for phase in solution.phases
    )
    place.markdown(
        f"| latest job ({how}) | cycles | ms |\n|---|---:|---:|\n{rows}\n\n"
        f"{solution.unknown} unknown pixels, {solution.edges} edges, {solution.iterations} "
        f"iterations. Stack: {solution.stack_used} bytes used, {solution.stack_unused} never "
        f"touched. Wire: {solution.wire.sent} bytes sent, {solution.wire.received} received. "
        f"Energy: {1e3 * solution.energy_joules:.2f} mJ (estimate: 126 uA/MHz, cited, at 3 V)."
    )


def show_difference(alpha, exact, trimap) -> None:
    """The board's answer beside the float64 solution of the unrounded problem."""
    import numpy as np

    error = np.abs(alpha - exact)
    unknown = trimap == 128
    root_mean_square = float(np.sqrt(np.mean(error[unknown] ** 2))) if unknown.any() else 0.0
    st.markdown(
        f"Root mean square difference over {unknown.sum()} unknown pixels, to the same problem "
        f"in float64 with nothing rounded: **{root_mean_square:.4f}** (measured)."
    )
    one, other, between = st.columns(3)
    one.image((255 * alpha).astype(np.uint8), "From the board", width="stretch")
    other.image((255 * exact).astype(np.uint8), "In float64", width="stretch")
    between.image(
        np.clip(4 * 255 * error, 0, 255).astype(np.uint8), "Difference, times 4", width="stretch"
    )


def show_totals(totals) -> None:
    """What all jobs together would cost a real board."""
    jobs, compute, wire, energy = st.columns(4)
    jobs.metric("Jobs", totals.jobs)
    compute.metric("Computing", f"{totals.compute_seconds:.1f} s")
    wire.metric("On the wire", f"{totals.wire_seconds:.1f} s")
    energy.metric("Energy, estimated", f"{1e3 * totals.energy_joules:.0f} mJ")


def show_tiles(port: str) -> None:
    """A whole small photo in tiles; work that was interrupted goes on where it stopped."""
    st.markdown(
        "The unknown pixels are solved in tiles of 26 x 26, from coarse to fine, until the tiles "
        "agree. It takes some hundred jobs; you may stop and continue."
    )
    chosen = choose_photo("tiles", TILED_HEIGHT)
    begin, go_on = st.columns(2)
    started = begin.button("Matte the photo", type="primary", disabled=chosen is None)
    kept = st.session_state.get("tiles_matting")
    continued = go_on.button("Continue", disabled=kept is None or kept.finished)
    if chosen and (started or continued):
        from pipeline.launchpad_tiles import PhotoMatting

        if started:
            kept = st.session_state["tiles_matting"] = PhotoMatting(*chosen)
            st.session_state["tiles_trimap"] = chosen[1]
        work_on_tiles(port, kept)
    if kept is not None and kept.finished:
        from pipeline.launchpad_exact import exact_alpha

        trimap = st.session_state["tiles_trimap"]
        show_difference(kept.alpha, exact_alpha(kept.image, trimap), trimap)
        show_totals(kept.totals)


def work_on_tiles(port: str, matting) -> None:
    """Runs the jobs that remain, showing the picture as it sharpens."""
    from pipeline.launchpad import Launchpad, LaunchpadError

    stop = st.empty()
    stop.button("Stop", key="tiles_stop")
    picture, drawing = st.columns(2, gap="large")
    with picture:
        shown, said = st.empty(), st.empty()
    with drawing:
        memory = st.empty()
    try:
        with Launchpad(port) as board:
            for count, step in enumerate(matting.steps(board)):
                if count % COLUMNS_A_PICTURE:
                    continue
                shown.image((255 * matting.alpha).astype("uint8"), width="stretch")
                said.caption(
                    f"1/{step.level} of the size, sweep {step.sweep + 1}, "
                    f"job {matting.totals.jobs}, {matting.totals.seconds:.0f} s on the board"
                )
                show_memory(memory, step.solution, count // COLUMNS_A_PICTURE % len(PHASES))
    except LaunchpadError as error:
        st.error(str(error))
    shown.image((255 * matting.alpha).astype("uint8"), width="stretch")
    stop.empty()


def show_voice(port: str) -> None:
    """The demonstration of 2018: 800 samples, two PCA vectors, one linear system."""
    st.markdown(
        "As in 2018: a signal of 800 samples taken by the board's converter, projected onto two "
        "PCA vectors, and a KNN linear system solved along it. The first 120 and last 120 samples "
        "are said to be silence, the middle to be voice; the rest the board works out."
    )
    if not st.button("Listen", type="primary"):
        return
    import numpy as np

    from pipeline.launchpad import Launchpad, LaunchpadError
    from pipeline.launchpad_simulator import synthesised_voice

    labels = np.repeat([0, 128, 255, 128, 0], [120, 140, 280, 140, 120]).astype(np.uint8)
    labels[200:260] = labels[540:600] = 255
    try:
        with Launchpad(port) as board:
            if hasattr(board.port, "machine"):
                voice = synthesised_voice(800 / VOICE_RATE, VOICE_RATE)
                board.port.machine.listen(voice, VOICE_RATE)
            answer = board.record_signal(labels, rate=VOICE_RATE)
    except LaunchpadError as error:
        st.error(str(error))
        return
    projections, solution = st.columns(2)
    with projections:
        st.markdown("**The two projections**")
        st.line_chart({"first": answer.features[0, :, 0], "second": answer.features[0, :, 1]})
    with solution:
        st.markdown("**Voice (1) or silence (0)**")
        st.line_chart({"alpha": answer.alpha[0]})
        st.html(memory_map(answer.phases[-1].regions, PHASES["solve"]))


def show_scale() -> None:
    """The comparison of 2018: gigabytes, megabytes, kilobytes."""
    amounts = []
    for file, path, name, unit, how in (
        ("deep_image_matting.json", ("peak_bytes",), "Deep Image Matting, 800 x 600", 1,
         "measured, published layers with random weights"),
        ("stages.json", ("0.5 MP", "peak_mb"), "DeepMasque on this kind of server, 800 x 600",
         1e6, "measured"),
        ("launchpad.json", ("columns", "sram_bytes"), "DeepMasque's solver on the LaunchPad", 1,
         "simulated"),
    ):
        value = stored_result(file, path)
        if value is not None:
            amounts.append(Amount(name, value * unit, how))
    st.html(memory_scale(amounts))
    st.caption("KB = 10^3, MB = 10^6, GB = 10^9 bytes. Measured on two processor cores.")
    st.markdown(BOARD_DATA)


def stored_result(file: str, path: tuple[str, ...]) -> float | None:
    """One figure out of a benchmark's JSON; None if it has not been measured."""
    if not (RESULTS / file).exists():
        return None
    value = json.loads((RESULTS / file).read_text())
    for key in path:
        value = value.get(key) if value is not None else None
    return value


come_through_the_app("pages/hardware.py")
main()
