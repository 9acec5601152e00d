"""A file of one's own for a page that shows how something works."""

from collections.abc import Callable, Sequence

import streamlit as st

from components.markdown import as_written
from components.server import let_go, let_go_of_the_last
from pipeline.formats import UPLOADED

# Among the photos that can be chosen.
OWN_PHOTO = "Your own photo"


def own_photo(key: str) -> tuple[str, bytes] | None:
    """Draws an uploader of photos; returns what `own_file` does."""
    return own_file("Your photo", UPLOADED, key)


def own_file(label: str, endings: Sequence[str], key: str) -> tuple[str, bytes] | None:
    """Draws an uploader; returns the name and the bytes of the file, or None so far."""
    return kept_file(
        _kept_as(key),
        lambda forget: st.file_uploader(label, endings, key=f"{key}_upload", on_change=forget),
    )


def ask_for_photo(key: str) -> None:
    """Draws an uploader of photos for a page that needs none once one is given: that is kept, and
    the page drawn anew.
    """
    # A new one each time: an uploader that is drawn again may still have the photo before.
    given = st.session_state.setdefault(f"{key}_given", 0)
    photo = st.file_uploader("Your photo", UPLOADED, key=f"{key}_upload_{given}")
    if photo is not None:
        st.session_state[f"{key}_given"] += 1
        st.session_state[_kept_as(key)] = photo.name, photo.getvalue()
        let_go([photo])
        st.rerun()


def own_so_far(key: str) -> tuple[str, bytes] | None:
    """The name and the bytes of the file that is kept, or None so far."""
    return st.session_state.get(_kept_as(key))


def forget_own(key: str) -> None:
    """Another one may be asked for."""
    st.session_state.pop(_kept_as(key), None)


def _kept_as(key):
    return f"{key}_own"


def kept_file(key: str, ask: Callable) -> tuple[str, bytes] | None:
    """Asks for a file; returns its name and its bytes, or None so far.

    What asks is empty once the page was left; here the file stays until another one is given or it
    is taken back.

    ask: draws a widget that calls what it is given on every change, and returns its file.
    """
    def forget() -> None:
        st.session_state.pop(key, None)

    file = ask(forget)
    let_go_of_the_last(file, f"{key}_upload_before")
    if file is not None:
        st.session_state[key] = file.name, file.getvalue()
    elif key in st.session_state:
        name = as_written(st.session_state[key][0])
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"{name} stays until another one is chosen.")
            st.button("Remove", type="tertiary", on_click=forget, key=f"{key}_remove")
    return st.session_state.get(key)
