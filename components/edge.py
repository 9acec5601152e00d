"""The settings of the matte itself; changing one does the photo anew."""

import streamlit as st

from components.address import kept, setting
from components.table import USUAL_EDGE, Piece

# Key, default and all values of each setting.
BAND = ("band", USUAL_EDGE[0], range(2, 41))
HAIR_REACH = ("hair", USUAL_EDGE[1], [tenths / 10 for tenths in range(10, 41, 2)])


def wanted_edge() -> tuple[int, float]:
    """The band and the hair reach that are set at the moment."""
    return kept(*BAND), kept(*HAIR_REACH)


def set_edge_back(piece: Piece) -> None:
    """Sets the edge that a piece's result has; to be called before the settings are drawn."""
    st.session_state[BAND[0]], st.session_state[HAIR_REACH[0]] = piece.band, piece.hair_reach
    piece.stale = False


def edge_settings(piece: Piece) -> None:
    """Draws the settings; where they are not those of the piece's result, that becomes stale."""
    if piece.trimap is not None:
        st.caption("This photo came with a trimap of its own, which says where the edge is.")
        return
    narrowest, *_, widest = BAND[2]
    band = st.slider(
        "Width of the unknown band, in pixels",
        narrowest,
        widest,
        setting(*BAND),
        help="Within so many pixels of the outline (of a portrait 800 pixels high) it is left "
        "open what is person and what is background, and worked out from the colours.",
        key=BAND[0],
    )
    st.caption("2: a hard edge, for clothes that look like the background. 40: fur and loose hair.")
    least, *_, most = HAIR_REACH[2]
    hair_reach = st.slider(
        "Hair detail, in widths of the band",
        least,
        most,
        setting(*HAIR_REACH),
        step=0.2,
        format="%.1f",
        help="Around the head the band reaches out further, as strands lie outside the outline.",
        key=HAIR_REACH[0],
    )
    st.caption("1: a bald or covered head. 4: hair that flies far; takes longer.")
    if (band, hair_reach) != (piece.band, piece.hair_reach) and not piece.stale:
        piece.stale, piece.failure = True, None
        st.rerun()
