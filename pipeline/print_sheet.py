"""Several copies of a small picture on one sheet of photo paper."""

import cv2
import numpy as np

from pipeline.id_formats import DOTS_PER_INCH, MM_PER_INCH

# Room for a pair of scissors between two pictures, and what printers without margins cut off.
GAP_MM = 2.0
EDGE_MM = 2.0
# Thin lines show where to cut.
LINE = 200


def print_sheet(
    picture: np.ndarray,
    size_mm: tuple[float, float],
    paper_mm: tuple[float, float],
) -> np.ndarray:
    """As many copies of a picture as fit on the paper, with lines to cut along.

    picture: (h, w, 3) uint8 RGB. size_mm: width and height that it is to have in print.
    paper_mm: width and height of the paper, which may be used upright or lying.

    Returns (H, W, 3) uint8 RGB, white between the copies.

    Raises ValueError if not even one fits.
    """
    dots = DOTS_PER_INCH / MM_PER_INCH
    width, height = (round(dots * side) for side in size_mm)
    papers = [tuple(round(dots * side) for side in paper) for paper in (paper_mm, paper_mm[::-1])]
    edge, gap = round(dots * EDGE_MM), round(dots * GAP_MM)

    def fitting(paper):
        return tuple(
            max(0, (side - 2 * edge + gap) // (own + gap))
            for side, own in zip(paper, (width, height), strict=True)
        )

    paper = max(papers, key=lambda paper: np.prod(fitting(paper)))
    columns, rows = fitting(paper)
    if not columns * rows:
        raise ValueError(f"{size_mm} mm do not fit on {paper_mm} mm")
    shrinks = width < picture.shape[1]
    copy = cv2.resize(
        picture, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    )
    sheet = np.full((paper[1], paper[0], 3), 255, np.uint8)
    left = (paper[0] - columns * width - (columns - 1) * gap) // 2
    top = (paper[1] - rows * height - (rows - 1) * gap) // 2
    for row in range(rows):
        y = top + row * (height + gap)
        sheet[[y - 1, y + height]] = LINE
    for column in range(columns):
        x = left + column * (width + gap)
        sheet[:, [x - 1, x + width]] = LINE
    for row in range(rows):
        for column in range(columns):
            y, x = top + row * (height + gap), left + column * (width + gap)
            sheet[y - 1 : y + height + 1, x - 1 : x + width + 1] = LINE
            sheet[y : y + height, x : x + width] = copy
    return sheet
