"""The browser's question before work by hand is lost."""

import streamlit as st

from components.own_component import own_component


def ask_before_leaving(painted: bool) -> None:
    """Draws nothing; while something is painted, the browser asks before it closes or reloads the
    app, on every page of it.
    """
    with st.container(key="unsaved"):
        own_component("unsaved")(key="unsaved_work", data={"painted": painted})
