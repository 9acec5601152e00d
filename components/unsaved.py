"""Work that goes with the tab, or for another photo: a question before, and a sentence afterwards."""

from collections.abc import Callable
from uuid import uuid4

import streamlit as st

from components.own_component import listen
from components.own_file import own_so_far

# A tab that was duplicated has the other one's memory, too, and begins anew in truth.
FORGOTTEN = (
    "Your earlier photos are gone: this page was reloaded, or disconnected for more than a minute."
)


def ask_before_leaving(where: str, precious: bool) -> None:
    """Draws nothing where there are photos; while they are more than a click's work, the browser
    asks before it closes or reloads the app, on every page of it.

    where: the page that has them.
    """
    _held()[where] = precious
    _listen()


def say_what_is_forgotten(where: str) -> None:
    """On a page without photos: says so if this tab had some in an earlier visit, which the server
    has forgotten. Only the tab knows.
    """
    _held().pop(where, None)
    st.html(f'<p class="forgotten" role="status" hidden>{FORGOTTEN}</p>')
    _listen()


def mind_own_photo(where: str, key: str) -> None:
    """The one or the other, for a page or a part of it with an uploader of photos to learn from.

    key: as for `components.own_file.own_photo`.
    """
    if own_so_far(key):
        ask_before_leaving(where, precious=False)
    else:
        say_what_is_forgotten(where)


@st.dialog("Another photo?", on_dismiss="rerun")
def ask_before_clearing(what: str, clear: Callable[[], None]) -> None:
    """What took time or was made by hand does not come back. what: goes, in words. clear: lets it."""
    st.write(f"This removes {what}. Download what you want to keep first.")
    with st.container(horizontal=True):
        if st.button("New photo", type="primary", key="new_indeed"):
            clear()
        if st.button("Stay here", key="stay"):
            st.rerun()


def _listen():
    held = _held()
    visit = st.session_state.setdefault("visit", uuid4().hex)
    listen("unsaved", ask=any(held.values()), photos=bool(held), visit=visit)


def _held():
    """Whether what a page holds is precious, by the page."""
    return st.session_state.setdefault("unsaved", {})
