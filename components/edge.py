"""The settings of the matte itself, each photo's own; changing one does the photo anew."""

import streamlit as st

from components.address import forget, kept, setting
from components.table import USUAL_EDGE, Piece

# Key, default and all values of each setting.
BAND = ("band", USUAL_EDGE[0], range(2, 41))
HAIR_REACH = ("hair", USUAL_EDGE[1], [tenths / 10 for tenths in range(0, 31, 2)])
# In the session: the key of the piece whose edge the settings show, and whether a piece has been
# asked for with another edge since the last run.
_PIECE, _ASKED = "edge_of", "edge_asked"


def edge_at_first() -> tuple[int, float]:
    """The band and the hair reach that photos begin with: the usual ones, or the address's."""
    return kept(*BAND), kept(*HAIR_REACH)


def forget_edge() -> None:
    """The next photo begins with the usual edge: what suited one need not suit another."""
    forget(BAND[0], HAIR_REACH[0])
    st.session_state.pop(_PIECE, None)


def keep_edge(piece: Piece) -> None:
    """Leaves a piece the edge it has; to be called before the settings are drawn."""
    piece.wanted = piece.ticket = None
    st.session_state.pop(_PIECE, None)


def edge_settings(piece: Piece) -> None:
    """Draws the settings; where they are not those of the piece's result, it is to be done anew."""
    if piece.trimap is None:
        _sliders(piece)
    else:
        st.caption("This photo came with a trimap of its own, which says where the edge is.")
    if st.session_state.pop(_ASKED, False):
        st.rerun()


def _sliders(piece):
    if st.session_state.get(_PIECE) != piece.key:
        st.session_state[BAND[0]], st.session_state[HAIR_REACH[0]] = piece.wanted or piece.edge
        st.session_state[_PIECE] = piece.key

    def asked_for() -> tuple[int, float]:
        return st.session_state[BAND[0]], st.session_state[HAIR_REACH[0]]

    def want() -> None:  # of this piece, even if another is chosen before the next run
        piece.wanted = asked_for()
        piece.failure = None
        st.session_state[_ASKED] = True

    def want_usual() -> None:
        st.session_state[BAND[0]], st.session_state[HAIR_REACH[0]] = USUAL_EDGE
        want()

    narrowest, *_, widest = BAND[2]
    st.slider(
        "Width of the uncertain edge",
        narrowest,
        widest,
        setting(*BAND),
        help="So many pixels to either side of the outline, in a portrait of 600 × 800, it is left "
        "open what is person and what is background, and worked out from the colours: the grey band "
        "in the trimap below.",
        key=BAND[0],
        on_change=want,
    )
    st.caption(
        f"{narrowest}: a hard edge, for clothes that look like the background. {widest}: fur and "
        f"loose hair. Usual: {USUAL_EDGE[0]}."
    )
    least, after, *_, most = HAIR_REACH[2]
    st.slider(
        "Extra width over loose hair",
        least,
        most,
        setting(*HAIR_REACH),
        step=after - least,
        format="%.1f",
        help="The uncertain edge follows hair that is seen outside the outline, and goes on beyond "
        "that hair: 0.6 means by 0.6 times the width set above.",
        key=HAIR_REACH[0],
        on_change=want,
    )
    st.caption(
        f"{least:g}: hair without loose strands. {most:g}: strands that fly far; takes longer. "
        f"Usual: {USUAL_EDGE[1]:g}."
    )
    if asked_for() != USUAL_EDGE:
        st.button("The usual edge", icon=":material/undo:", key="usual_edge", on_click=want_usual)
