"""What people hear who do not see the page."""

import streamlit as st

from components.own_component import own_component


def announce(text: str) -> None:
    """Draws nothing; a screen reader says the text when it has changed, and a keyboard that was on
    something that is gone goes on from the page's title. Once a run of a page.
    """
    with st.container(key="announce"):
        own_component("announce")(key="announcer", data={"text": text})
