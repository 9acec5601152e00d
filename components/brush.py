"""The brush: strokes over a picture, painted into the trimap of a piece and solved at once."""

from typing import TYPE_CHECKING

import streamlit as st

from components.own_component import own_component
from components.picture import data_url
from components.places import a_place
from components.table import Piece
from components.view import show_next

if TYPE_CHECKING:
    from pipeline.brush import Stroke

KEY = "brush"

# What the browser may send, at most; its own brush stays far below. A stroke's work is the area of
# the upright rectangles about its parts, here as a multiple of the photo's pixels.
MOST_POINTS = 20_000
FARTHEST = 1e12  # pixels; not a number is not less than it, either
MOST_WORK = 500
TOO_LONG = "This stroke is too long. Paint it in parts."
# Results from before each stroke are kept up to so many bytes, of all photos on the table; further
# back is solved again.
MOST_HISTORY_BYTES = 48 * 2**20


def looked_at_closely(piece: Piece) -> bool:
    """Whether the picture under the brush is enlarged."""
    return st.session_state.get(KEY, {}).get("closer") == piece.key


def brush(piece: Piece, jpeg: bytes, text: str, *, larger: bool) -> None:
    """Shows a picture of the whole photo to paint on.

    piece: whose trimap is painted.
    jpeg: the picture, with the photo's proportions.
    text: what it shows, for people who do not see it.
    larger: whether there is a larger one for who looks closely.
    """
    height, width = piece.result.shape
    own_component("brush", "zoom")(
        key=KEY,
        data={
            "picture": data_url(jpeg),
            "photo": piece.key,
            "width": width,
            "height": height,
            "done": piece.last_event,
            "strokes": len(piece.strokes),
            "undone": len(piece.undone),
            "larger": larger,
            "text": text,
        },
        on_closer_change=lambda: None,
        on_events_change=lambda: apply_events(
            st.session_state.get("pieces", []), st.session_state[KEY].events or []
        ),
    )


def apply_events(pieces: list[Piece], events: list[dict]) -> None:
    """Does what the person did since the last time; events that are done already are passed over.

    What cannot be done leaves the result as it is, and the piece says why.

    pieces: of which one was painted on, not always that which is shown by now.
    events: {"photo", "id", "label": "undo" or "redo"} or {"photo", "id", "label", "radius",
    "points": [[x, y], ...]}; the photo by its piece's key, lengths in its pixels.
    """
    from pipeline.image import ImageError

    painted = {piece.key: piece for piece in pieces if piece.result}
    for event in events if isinstance(events, list) else []:
        photo, number = _told(event)
        piece = painted.get(photo)
        if piece is None or number <= piece.last_event:
            continue
        try:
            # A place for each, so that others get their turn in between; before the lock, as
            # `finish` does, or the two would wait for each other.
            with a_place(), piece.lock:
                if number > piece.last_event:
                    piece.last_event, piece.unpainted = number, None
                    _apply(piece, event)
                    forget_the_oldest(pieces, piece)
        except ImageError as error:
            piece.unpainted = f"The brush could not do this: {error}"


def _told(event):
    """Which photo an event is of, and its number; None and 0 if a browser sent something else."""
    if isinstance(event, dict):
        photo, number = event.get("photo"), event.get("id")
        if isinstance(photo, str) and isinstance(number, int):
            return photo, number
    return None, 0


def _apply(piece, event):
    if event.get("label") == "undo":
        take_back(piece)
    elif event.get("label") == "redo":
        if piece.undone:
            unpacked = _paint(piece, piece.undone[-1])
            piece.undone.pop()
            show_next(piece, unpacked)
    else:
        stroke = stroke_of(event, piece.result.shape)
        if stroke is not None:
            unpacked = _paint(piece, stroke)
            piece.undone.clear()
            show_next(piece, unpacked)


def _paint(piece, stroke):
    from pipeline.brush import with_strokes

    result, unpacked = with_strokes(piece.result, [stroke])
    piece.history.append(piece.result)
    piece.strokes.append(stroke)
    piece.result = result
    piece.revision += 1
    return unpacked


def take_back(piece: Piece) -> None:
    """Undoes the last stroke: the result from before it comes back, or, if that is not kept, the
    remaining strokes are painted again, all at once, which comes to nearly the same.
    """
    from pipeline.brush import with_strokes

    if not piece.strokes:
        return
    if piece.history:
        piece.result = piece.history.pop()
    else:
        piece.result, _ = with_strokes(piece.untouched, piece.strokes[:-1])
    piece.undone.append(piece.strokes.pop())
    piece.revision += 1


def stroke_of(event: dict, shape: tuple[int, int]) -> "Stroke | None":
    """The stroke that a browser sent, or None if it is not one. ImageError if it is too much."""
    import numpy as np

    from pipeline.brush import Stroke
    from pipeline.image import ImageError
    from pipeline.trimap import BACKGROUND, FOREGROUND, UNKNOWN

    labels = {"keep": FOREGROUND, "remove": BACKGROUND, "unsure": UNKNOWN}
    label, points, radius = (event.get(key) for key in ("label", "points", "radius"))
    if not isinstance(label, str) or label not in labels or not isinstance(radius, int | float):
        return None
    if not isinstance(points, list) or not points:
        return None
    if len(points) > MOST_POINTS:
        raise ImageError(TOO_LONG)
    if not all(
        isinstance(point, list)
        and len(point) == 2
        and all(isinstance(each, int | float) and abs(each) < FARTHEST for each in point)
        for point in points
    ):
        return None
    if not 0 < radius <= max(shape):
        return None
    reach = 2 * max(shape)
    stroke = Stroke(np.clip(np.float32(points), -reach, reach), max(0.5, radius), labels[label])
    # A point alone is no work to speak of: it covers the photo once at most.
    parts = np.abs(np.diff(stroke.points, axis=0))
    sides = np.minimum(parts + 2 * stroke.radius, shape[::-1])
    if sides.prod(1).sum() > MOST_WORK * shape[0] * shape[1]:
        raise ImageError(TOO_LONG)
    return stroke


def forget_the_oldest(pieces: list[Piece], painted: Piece) -> None:
    """Keeps as many results as fit. Those of the photo being painted, whose lock the caller holds,
    are given up last, and one of them is kept in any case.
    """
    too_many = sum(each.size() for piece in pieces for each in piece.history) - MOST_HISTORY_BYTES
    for piece in pieces:
        # Whoever holds its lock is about to use them.
        if piece is not painted and too_many > 0 and piece.lock.acquire(blocking=False):
            try:
                too_many -= _forget(piece.history, 0, too_many)
            finally:
                piece.lock.release()
    _forget(painted.history, 1, too_many)


def _forget(history, least, too_many):
    """Drops the oldest until so many bytes are free, or so few left; returns the bytes freed."""
    freed = 0
    while freed < too_many and len(history) > least:
        freed += history.pop(0).size()
    return freed
