"""The one way into a page: through app.py, which gives it its frame."""

import streamlit as st

_KEY = "entered_through_the_app"
_WANTED = "wanted_page"


def open_the_door() -> None:
    """app.py has set up the frame; a page that was asked for before that is shown now."""
    st.session_state[_KEY] = True
    page, settings = st.session_state.pop(_WANTED, (None, None))
    if page:
        st.switch_page(page, query_params=settings)


def come_through_the_app(page: str) -> None:
    """Send the first visitor of a server who opens a page by its address through app.py.

    Until app.py has run once, Streamlit takes the folder pages/ for a menu of its own and runs
    the page by itself.

    page: the page's file, as in "pages/studio.py".
    """
    if _KEY not in st.session_state:
        # Another page begins with an empty address, unless it is told otherwise.
        st.session_state[_WANTED] = page, st.query_params.to_dict()
        st.switch_page("app.py")
