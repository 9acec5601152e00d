"""What becomes of people's photos: the promise, said in one place, and what keeps it."""

import streamlit as st

PROMISE = (
    "Photos are worked on in this server's memory, never written to its disk, and are gone when "
    "you close the page."
)


def privacy_note() -> None:
    """The promise in small print, at the end of every page that takes photos."""
    st.caption(PROMISE)


def keep_uploads_in_memory() -> None:
    """Makes the server hold uploads in memory while they arrive.

    By itself Starlette, which receives them for Streamlit, moves every file above one megabyte to
    the disk for the length of the upload. Files are limited to server.maxUploadSize in
    .streamlit/config.toml.
    """
    from starlette.formparsers import MultiPartParser

    MultiPartParser.spool_max_size = st.get_option("server.maxUploadSize") * 2**20
