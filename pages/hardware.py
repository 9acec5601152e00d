"""4 KB of memory: KNN matting on a microcontroller, watched while it works."""

import streamlit as st

from components.announce import announce
from components.entrance import come_through_the_app
from components.loading import load_package, warm_up
from components.measured import BENCHMARKS, MODELS, read
from components.memory_scale import Amount, memory_scale
from components.privacy import privacy_note
from components.tabs import addressed_tabs
from pipeline.launchpad_report import MICROAMPERES_PER_MEGAHERTZ

SIMULATED = "Simulated board"

BOARD_DATA = f"""
| MSP-EXP430FR2433 LaunchPad | (cited: TI SLASE59 and SLAU739) |
|---|---|
| Processor | MSP430FR2433, 16 bits, 16 MHz, 32-bit multiplier |
| SRAM | 4096 bytes |
| FRAM for the program | 15,360 bytes, of which 15,232 can hold code |
| Serial line | 115,200 baud |
| Supply current | {MICROAMPERES_PER_MEGAHERTZ} µA/MHz, typical |
"""


def main() -> None:
    """The page: choose a board, then watch it."""
    load_package()
    from components.board_button import show_button
    from components.board_sound import show_sound
    from components.board_sweep import show_sweep
    from components.board_tiles import show_tiles

    st.title("KNN matting in :primary[4 KB]", anchor=False)
    announce("KNN matting in 4 KB")
    st.markdown(
        "Finding how much of each pixel is person (its alpha) takes large networks gigabytes of "
        "memory. Here a microcontroller does it with 4096 bytes, as much as two typed pages: it gets "
        "a column of a photo, projects its pixels onto two principal components, looks for their "
        "nearest neighbours, builds the graph Laplacian and solves for alpha, all by itself."
    )
    port = choose_board()
    columns, photo, sound, button, scale = addressed_tabs(
        ("Column by column", "A whole photo", "A voice", "The button", "How little that is"),
        "board_tab",
    )
    if columns.open:
        with columns:
            show_sweep(port)
    if photo.open:
        with photo:
            show_tiles(port)
    with sound:
        show_sound(port)
    with button:
        show_button(port)
    with scale:
        show_scale()
    privacy_note()
    warm_up()


def choose_board() -> str:
    """The serial port of a board, or the simulated one."""
    from components.board_port import SIMULATOR
    from pipeline.launchpad import find_boards

    boards = {f"{board.description} ({board.port})": board.port for board in find_boards()}
    name = st.selectbox("Board", [SIMULATED, *boards], key="board", persist_state="session")
    if name == SIMULATED:
        st.caption(
            "The simulator runs the very file a board is flashed with. Its cycles are counted "
            "after TI's tables (SLAU445 4-8 to 4-10), the waits for program memory follow our "
            "own model of its cache, not checked against a real board. Times are simulated."
        )
    return boards.get(name, SIMULATOR)


def show_scale() -> None:
    """The comparison of 2018: gigabytes, megabytes, kilobytes."""
    deep = read(MODELS / "memory.json")["800x608"]["deep_image_matting"]["peak_bytes"]
    whole = read(BENCHMARKS / "stages.json")["0.5 MP"]["peak_mb"] * 1e6
    board = read(BENCHMARKS / "launchpad.json")["columns"]["sram_bytes"]
    amounts = [
        Amount(
            "Deep Image Matting, 800 x 608", deep, "measured; the published layers, all weights zero"
        ),
        Amount("DeepMasque's whole pipeline, 800 x 600", whole, "measured"),
        Amount(
            "DeepMasque's solver on the LaunchPad",
            board,
            "simulated: variables and the deepest stack seen",
        ),
    ]
    st.markdown("Peak memory. Every mark on the scale is a thousand times the one before.")
    st.html(memory_scale(amounts))
    st.caption("KB = 10³, MB = 10⁶, GB = 10⁹ bytes. Measured on two processor cores.")
    st.markdown(BOARD_DATA)


come_through_the_app("pages/hardware.py")
main()
