"""The menu of a narrow screen, which closes when a page has been chosen."""

import streamlit as st

from components.own_component import own_component


def close_menu_after_choosing() -> None:
    """Draws nothing; Streamlit itself leaves the menu open over the page that was chosen."""
    with st.container(key="menu"):
        own_component("menu")(key="menu_closer")
