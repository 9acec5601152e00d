"""Icons that are seen and not read aloud."""

import streamlit as st

from components.own_component import own_component


def keep_icons_silent() -> None:
    """Draws nothing; what an icon means, the words beside it say."""
    with st.container(key="icons"):
        own_component("icons")(key="icons_hider")
