"""Work that goes with the page: the browser asks before, and the page says so afterwards."""

from uuid import uuid4

import streamlit as st

from components.own_component import listen

# A tab that was duplicated has the other one's memory, too, and begins anew in truth.
FORGOTTEN = (
    "This tab begins anew, without the photos you had: it was loaded again, or away for more than "
    "a minute."
)


def ask_before_leaving(precious: bool) -> None:
    """Draws nothing where there are photos; while they are more than a click's work, the browser
    asks before it closes or reloads the app, on every page of it.
    """
    listen("unsaved", ask=precious, photos=True, visit=_visit())


def say_what_is_forgotten() -> None:
    """Where there are no photos: says so if this tab had some in an earlier visit, which the server
    has forgotten. Only the tab knows.
    """
    st.html(f'<p class="forgotten" role="status" hidden>{FORGOTTEN}</p>')
    listen("unsaved", ask=False, photos=False, visit=_visit())


def _visit():
    return st.session_state.setdefault("visit", uuid4().hex)
