"""The 4096 bytes of the microcontroller's SRAM as a picture, one cell for every 16 bytes."""

from html import escape

from components.chart_colors import HOUSE_GOLD
from components.drawing import as_picture
from pipeline.launchpad_report import SRAM_END, SRAM_START, Region

CELL_BYTES = 16
CELLS_A_ROW = 32
CELL = 20  # pixels of the drawing

# Near-black for what is free, golds for the graph, other hues for what goes in and comes out.
COLOURS = {
    "RGB pixels": "#7f9fc2",
    "PCA features": "#5f86b5",
    "trimap": "#a8a29a",
    "index of unknown pixels": "#6b7f8f",
    "nearest neighbours": HOUSE_GOLD,
    "edges": HOUSE_GOLD,
    "edge weights": "#b38a2d",
    "row lengths": "#8a6a22",
    "positions": "#6b7f8f",
    "ties to known pixels": "#e6c567",
    "right-hand side": "#86a873",
    "residual": "#86a873",
    "Laplacian product": "#5f8a6a",
    "preconditioner": "#4f7358",
    "search direction": "#a3c48f",
    "alpha": "#f4eee1",
    "variables": "#8f6f9f",
    "stack": "#e5735c",
    "stack, never used": "#3a221d",
}
FREE = "#1e1b17"


def _cells(regions: tuple[Region, ...]) -> list[str]:
    """The colour of each cell: that of the region with most bytes in it."""
    colours = []
    for start in range(SRAM_START, SRAM_END, CELL_BYTES):
        end = start + CELL_BYTES
        shares = [
            (min(end, region.end) - max(start, region.start), COLOURS.get(region.name, FREE))
            for region in regions
            if region.start < end and region.end > start
        ]
        colours.append(max(shares)[1] if shares else FREE)
    return colours


def memory_map(regions: tuple[Region, ...], phase: str) -> str:
    """An HTML drawing of what lies where, with a legend of names and bytes."""
    cells = _cells(regions)
    squares = "".join(
        f'<rect x="{i % CELLS_A_ROW * CELL}" y="{i // CELLS_A_ROW * CELL}" '
        f'width="{CELL - 2}" height="{CELL - 2}" fill="{colour}"/>'
        for i, colour in enumerate(cells)
    )
    sizes: dict[str, int] = {}
    for region in regions:
        sizes[region.name] = sizes.get(region.name, 0) + region.end - region.start
    sizes["free"] = SRAM_END - SRAM_START - sum(sizes.values())
    legend = "".join(
        f'<span style="white-space: nowrap; margin-right: 1em">'
        f'<span style="color: {COLOURS.get(name, FREE)}; -webkit-text-stroke: 1px #37322a">'
        f"&#9632;</span> {escape(name)} {size} B</span> "
        for name, size in sizes.items()
        if size
    )
    width, height = CELLS_A_ROW * CELL, len(cells) // CELLS_A_ROW * CELL
    spoken = ", ".join(f"{name} {size} bytes" for name, size in sizes.items())
    picture = as_picture(width, height, squares, f"Memory while {phase}: {spoken}")
    return (
        f'<figure style="margin: 0">{picture}'
        f'<figcaption style="font-size: 0.8rem; line-height: 1.6">'
        f"{legend}</figcaption></figure>"
    )
