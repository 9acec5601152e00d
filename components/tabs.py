"""Tabs of which the one that was left open is open again."""

from collections.abc import Sequence

import streamlit as st

from components.own_component import listen


def kept_tabs(names: Sequence[str], key: str, usual: str | None = None) -> Sequence:
    """Tabs that run the page again when one is chosen; who comes back from another page finds the
    one left open, who comes for the first time `usual`, or the first.
    """
    if key not in st.session_state:  # tabs are forgotten with the page that they were on
        st.session_state[f"{key}_first"] = st.session_state.get(f"{key}_left", usual or names[0])
    panels = st.tabs(names, default=st.session_state[f"{key}_first"], key=key, on_change="rerun")
    opened = next(name for name, panel in zip(names, panels, strict=True) if panel.open)
    st.session_state[f"{key}_left"] = opened
    listen("tabs", open=opened)
    return panels


def addressed_tabs(names: Sequence[str], key: str) -> Sequence:
    """The same for a page with tabs alone, whose address names the one that is open."""
    asked = st.query_params.get("tab")
    panels = kept_tabs(names, key, asked if asked in names else None)
    opened = st.session_state[f"{key}_left"]
    if opened == names[0]:
        st.query_params.pop("tab", None)
    else:
        st.query_params["tab"] = opened
    return panels
