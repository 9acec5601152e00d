"""A file of one's own for a page that shows how something works."""

from collections.abc import Callable, Sequence

import streamlit as st

from components.markdown import as_written
from pipeline.formats import UPLOADED

# Among the photos that can be chosen.
OWN_PHOTO = "Your own photo"


def own_photo(key: str, given: Callable[[], None] | None = None) -> tuple[str, bytes] | None:
    """Draws an uploader of photos; returns what `own_file` does. given: called when one comes."""
    return own_file("Your photo", UPLOADED, key, given)


def own_file(
    label: str, endings: Sequence[str], key: str, given: Callable[[], None] | None = None
) -> tuple[str, bytes] | None:
    """Draws an uploader; returns the name and the bytes of the file, or None so far."""

    def ask(forget: Callable[[], None]):
        def changed() -> None:
            forget()
            if given and st.session_state[_upload(key)] is not None:
                given()

        return st.file_uploader(label, endings, key=_upload(key), on_change=changed)

    return kept_file(_kept_as(key), ask)


def has_own(key: str) -> bool:
    """Whether a file of one's own is kept, or has just come."""
    return _kept_as(key) in st.session_state or st.session_state.get(_upload(key)) is not None


def _kept_as(key):
    return f"{key}_own"


def _upload(key):
    return f"{key}_upload"


def kept_file(key: str, ask: Callable) -> tuple[str, bytes] | None:
    """Asks for a file; returns its name and its bytes, or None so far.

    What asks lets its file go when the page is left; here it stays until another one is given or it
    is taken back.

    ask: draws a widget that calls what it is given on every change, and returns its file.
    """
    file = ask(lambda: st.session_state.pop(key, None))
    if file is not None:
        st.session_state[key] = file.name, file.getvalue()
    elif key in st.session_state:
        st.caption(f"{as_written(st.session_state[key][0])} stays until another one is chosen.")
    return st.session_state.get(key)
