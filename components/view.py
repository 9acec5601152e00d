"""The one finished photo that is looked at, at the size of a screen."""

from typing import TYPE_CHECKING

import streamlit as st

from components.places import a_place
from components.table import Piece

if TYPE_CHECKING:
    from pipeline.stored import UnpackedMatte

# Longer side in pixels of what is shown; downloads have the photo's own size.
SHOWN_SIDE = 1280
_KEY = "view"
_CHOSEN = "photo_chosen"  # in the session: the key of the piece


def shown(piece: Piece) -> "UnpackedMatte":
    """The pictures of a finished piece, kept until another one or another result is shown."""
    kept = st.session_state.get(_KEY)
    if kept is None or kept[:2] != (piece.key, piece.revision):
        with a_place(queue="views"):
            return show_next(piece, piece.result.unpack())
    return kept[2]


def show_next(piece: Piece, unpacked: "UnpackedMatte") -> "UnpackedMatte":
    """Keeps the pictures of a piece's result, which are at hand, for the screen."""
    reduced = unpacked.reduced(SHOWN_SIDE)
    st.session_state[_KEY] = (piece.key, piece.revision, reduced)
    return reduced


def choose(piece: Piece) -> None:
    """This one is looked at from now on."""
    st.session_state[_CHOSEN] = piece.key


def chosen(done: list[Piece]) -> Piece:
    """The one of these that is looked at; the first if none of them was chosen."""
    key = st.session_state.get(_CHOSEN)
    return next((piece for piece in done if piece.key == key), done[0])


def look_away() -> None:
    """Nothing is looked at any more."""
    for key in (_KEY, _CHOSEN):
        st.session_state.pop(key, None)
