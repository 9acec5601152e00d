"""The one finished photo that is looked at, at the size of a screen."""

from typing import TYPE_CHECKING

import streamlit as st

from components.table import Piece, a_place

if TYPE_CHECKING:
    from pipeline.stored import UnpackedMatte

# Longer side in pixels of what is shown; downloads have the photo's own size.
SHOWN_SIDE = 1280
_KEY = "view"


def shown(piece: Piece) -> "UnpackedMatte":
    """The pictures of a finished piece, kept until another one or another result is shown."""
    kept = st.session_state.get(_KEY)
    if kept is None or kept[:2] != (piece.number, piece.revision):
        with a_place(queue="views"):
            return show_next(piece, piece.result.unpack())
    return kept[2]


def show_next(piece: Piece, unpacked: "UnpackedMatte") -> "UnpackedMatte":
    """Keeps the pictures of a piece's result, which are at hand, for the screen."""
    reduced = unpacked.reduced(SHOWN_SIDE)
    st.session_state[_KEY] = (piece.number, piece.revision, reduced)
    return reduced


def number_shown() -> int | None:
    """The number of the piece that is looked at."""
    return st.session_state.get(_KEY, (None,))[0]


def look_away() -> None:
    """Nothing is looked at any more."""
    st.session_state.pop(_KEY, None)
