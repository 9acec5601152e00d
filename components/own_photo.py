"""A photo of one's own for a page that shows how something works."""

import streamlit as st

from components.table import as_written
from pipeline.formats import PHOTO_ENDINGS


def own_photo(key: str) -> tuple[str, bytes] | None:
    """Draws an uploader; returns the name and the bytes of the file, or None so far.

    An uploader lets its file go when the page is left; here it stays until another one is given or
    it is taken back.
    """
    kept = f"{key}_own"
    file = st.file_uploader(
        "Your photo",
        type=PHOTO_ENDINGS,
        key=f"{key}_upload",
        on_change=lambda: st.session_state.pop(kept, None),
    )
    if file is not None:
        st.session_state[kept] = file.name, file.getvalue()
    elif kept in st.session_state:
        st.caption(f"{as_written(st.session_state[kept][0])} stays until another one is chosen.")
    return st.session_state.get(kept)
