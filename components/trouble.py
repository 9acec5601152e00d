"""What went wrong, said until it is read."""

from zlib import crc32

import streamlit as st

from components.table import Piece


def show_trouble(pieces: list[Piece], problems: list[str]) -> None:
    """Draws every sentence with a button that dismisses it; a photo that could not be done at all
    goes with its sentence.

    The second click of a double one comes before the page is drawn anew, and finds nothing to do.
    """

    def dismiss_problem(sentence: str) -> None:
        problems[:] = [each for each in problems if each != sentence]

    def dismiss_failure(piece: Piece) -> None:
        if piece.lost:
            pieces.remove(piece)
        piece.failure = None

    for problem in dict.fromkeys(problems):
        _say(problem, str(crc32(problem.encode())), dismiss_problem, problem)
    for piece in pieces:
        if piece.failure:
            _say(f"{piece.label}: {piece.failure}", piece.key, dismiss_failure, piece)


def _say(sentence, key, dismiss, what):
    """The key is the sentence's own: by its place, a slow double click would dismiss the next."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"trouble_{key}"):
        st.error(sentence)
        st.button("Dismiss", type="tertiary", on_click=dismiss, args=(what,), key=f"dismiss_{key}")
