"""What becomes of people's photos: the promise, said in one place, and what keeps it."""

import threading
import time

import streamlit as st
from streamlit.runtime import Runtime

PROMISE = (
    "Photos are worked on in this server's memory, never written to its disk, and are forgotten "
    "within minutes of your closing the page."
)
# Streamlit keeps a session for two minutes after its page was closed; so often it is looked whether
# they are over.
SECONDS_BETWEEN_LOOKS = 30.0


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


@st.cache_resource(show_spinner=False)
def forget_closed_sessions() -> None:
    """Makes the server forget sessions whose time is over, also when nobody comes after them.

    By itself Streamlit looks for them only when another page is closed: the last visitor's photos
    would stay until then. Its store has no public way in, and is no place for two threads, so the
    server's own is asked.
    """
    try:
        runtime = Runtime.instance()
        server = runtime._get_async_objs().eventloop
        sessions = runtime._session_mgr._session_storage._cache
    except (RuntimeError, AttributeError):  # a test without a server, or another Streamlit
        return

    def look() -> None:
        while not server.is_closed():
            server.call_soon_threadsafe(sessions.expire)
            time.sleep(SECONDS_BETWEEN_LOOKS)

    threading.Thread(target=look, name="forget", daemon=True).start()
