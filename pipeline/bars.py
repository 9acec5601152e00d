"""Find the bars of one colour that a screenshot, a video or a printed frame lays around a photo.

The networks have hardly seen any: with white or black bars above and below, they take part of a bar
for the person or lose the person's edge.
"""

import numpy as np

# A line is of one colour if so large a share of its pixels lies within so many levels of it.
LEVELS, SHARE = 6, 0.995
# A bar takes at least this share of the photo's height or width, and at most that of it.
THINNEST, WIDEST = 0.015, 0.45
# Where a bar ends, colours change by at least JUMP levels from one line to the next but one: in the
# share ALONE of the pixels, or ONE_OF_TWO where a like bar lies on the other side. Where a head or an
# arm begins in front of a plain wall, far fewer pixels change.
JUMP, ALONE, ONE_OF_TWO = 20, 0.8, 0.5
# JPEG ripples a bar over so many pixels before its inner edge: a block of its coarser colours.
BLOCK = 16
# Of a longer line so many pixels are looked at.
SAMPLES = 1024


def picture_area(image: np.ndarray) -> tuple[slice, slice]:
    """Rows and columns of a photo within its bars; all of them where it has none.

    image: (H, W, 3) uint8. Outside, at most a share of 0.005 of a line differs from its bar, apart
    from the ripples of JPEG; a bar may be on one side only, and bars may lie within bars.
    """
    rows, columns = slice(0, image.shape[0]), slice(0, image.shape[1])
    while True:
        inner = _part(rows, _inner(image[rows, columns]))
        across = _part(columns, _inner(image[inner, columns].transpose(1, 0, 2)))
        if (inner, across) == (rows, columns):
            return rows, columns
        rows, columns = inner, across


def _part(whole, part):
    return slice(whole.start + part.start, whole.start + part.stop)


def _inner(lines):
    """The lines, (n, m, 3), between a bar at the beginning and one at the end."""
    count = len(lines)
    lines = lines[:, :: max(1, lines.shape[1] // SAMPLES)]
    (first, color, begins), (last, other, ends) = _bar(lines), _bar(lines[::-1])
    alike = first and last and np.abs(color - other).max() <= 2 * LEVELS
    both = alike and max(begins, ends) >= ONE_OF_TWO
    start = first if both or begins >= ALONE else 0
    stop = count - (last if both or ends >= ALONE else 0)
    # Ripples of two broad bars may meet: then there is no picture between them.
    return slice(start, stop) if start < stop else slice(0, count)


def _bar(lines):
    """How many lines from the first on are of one colour, this colour, and how much of the next
    lines is of another.
    """
    color = np.median(lines[0], axis=0).astype(np.int16)
    most = int(WIDEST * len(lines))
    plain = 0
    while plain < most and (_distance(lines[plain], color) <= LEVELS).mean() >= SHARE:
        plain += 1
    if plain < THINNEST * len(lines) or plain == most:
        return 0, color, 0.0
    after = lines[plain : plain + BLOCK].astype(np.int16)
    before = lines[np.maximum(np.arange(plain, plain + len(after)) - 2, 0)].astype(np.int16)
    changed = _distance(after, color) > JUMP
    # A slow change, as of a sky, also leaves the colour behind, but without a jump.
    jumps = changed & (_distance(before, color) <= JUMP) & (_distance(after, before) > JUMP)
    # What the compression has rippled still belongs to the bar.
    shares = changed.mean(axis=1)
    rippled = int(np.argmax(shares >= 0.5 * shares.max()))
    return plain + rippled, color, float(jumps.mean(axis=1).max())


def _distance(lines, color):
    return np.abs(lines.astype(np.int16) - color).max(axis=-1)
