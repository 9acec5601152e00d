"""What becomes of people's photos: the promise, said in one place; components/server.py keeps it.
"""

import streamlit as st

PROMISE = (
    "Photos are worked on in this server's memory, never written to its disk, and are forgotten "
    "within two minutes of your closing the page."
)


def privacy_note() -> None:
    """The promise in small print, at the end of every page that takes photos."""
    st.caption(PROMISE)
