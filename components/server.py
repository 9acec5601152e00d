"""What Streamlit's server does by itself and people's photos cannot bear, made otherwise.

For most of it there is no public way; where Streamlit's own parts are reached into, it is said why.
"""

import asyncio
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime import Runtime, media_file_manager
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType
from streamlit.runtime.state import SessionState

from components.loading import leave_modules_out_of_collections

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

# Who closed the page, or lost the network, finds everything again within this time. With the time
# between sweeps, twice, it must be less than the two minutes after which Streamlit itself gives up.
SECONDS_TO_COME_BACK, SECONDS_BETWEEN_SWEEPS = 60.0, 20.0
# A browser asks for a file as soon as it hears that it is made. Longer, and the files that a class
# asks for together would fill a small server's memory.
SECONDS_TO_FETCH_A_DOWNLOAD = 30.0
DOWNLOADS_AT_ONCE = 64


def keep_uploads_in_memory() -> None:
    """Makes the server hold uploads in memory while they arrive.

    By itself Starlette, which receives them for Streamlit, moves every file above one megabyte to
    the disk for the length of the upload. Files are limited to server.maxUploadSize in
    .streamlit/config.toml.
    """
    from starlette.formparsers import MultiPartParser

    MultiPartParser.spool_max_size = st.get_option("server.maxUploadSize") * 2**20


def let_go(uploads: "Iterable[UploadedFile]") -> None:
    """Frees the memory of uploads that have been read and whose uploader is not drawn again.

    By itself Streamlit keeps each of them until the session is over.
    """
    context = get_script_run_ctx()
    for upload in uploads:
        context.uploaded_file_mgr.remove_file(context.session_id, upload.file_id)


def let_go_of_the_last(upload: "UploadedFile | None", key: str) -> None:
    """Frees the memory of what an uploader that stays gave before this upload, or before none.

    key: names the uploader in the session.
    """
    before, now = st.session_state.get(key), upload and upload.file_id
    if before is not None and before != now:
        context = get_script_run_ctx()
        context.uploaded_file_mgr.remove_file(context.session_id, before)
    st.session_state[key] = now


def answer_clicks() -> None:
    """Runs the page anew if something in a fragment of it was clicked meanwhile.

    By itself Streamlit ends no run for that, and would answer only when all of this one is over.
    """
    context = get_script_run_ctx()
    requests = context and context.script_requests
    if requests and requests._state is ScriptRequestType.RERUN:
        st.rerun()  # takes what was clicked along


class MadeFile(media_file_manager.MediaFileMetadata):
    """What Streamlit knows of a file it has made: here, that its time is over and not sooner."""

    def __init__(self, *args, **settings) -> None:
        super().__init__(*args, **settings)
        self._made = time.monotonic()

    @property
    def is_marked_for_delete(self) -> bool:
        return time.monotonic() - self._made >= SECONDS_TO_FETCH_A_DOWNLOAD


def keep_downloads_until_fetched() -> None:
    """Makes the server hold a download long enough for the browser that asked for it.

    By itself Streamlit drops it the second time any visitor's script ends, which on a busy server
    is before the browser has come for it.
    """
    media_file_manager.MediaFileMetadata = MadeFile


@st.cache_resource(show_spinner=False)
def make_downloads_side_by_side() -> None:
    """Lets every download that is asked for begin at once, so that those who wait for a free place
    hold up nobody else's.

    A download is found by a number that lasts until its button is drawn anew, but only once a
    thread is free for it; by itself Python has a few threads more than processors.
    """
    server = _server()
    if server:
        threads = ThreadPoolExecutor(DOWNLOADS_AT_ONCE, thread_name_prefix="download")
        server.call_soon_threadsafe(server.set_default_executor, threads)


@st.cache_resource(show_spinner=False)
def forget_closed_sessions() -> None:
    """Makes the server close and empty every session some time after its page was closed, and drop
    the downloads whose time is over.

    By itself Streamlit looks for sessions whose time is over only when another page is closed, and
    its loop holds the last visitor's until the next one comes. What it stores is no place for two
    threads, so the server's own is asked.
    """
    server = _server()
    if server is None:
        return
    runtime = Runtime.instance()
    stored = runtime._session_mgr._session_storage
    closed_since: dict[str, float] = {}

    def look() -> None:
        now = time.monotonic()
        sessions = {each.session.id: each.session for each in stored.list()}
        for who in closed_since.keys() - sessions.keys():  # came back
            del closed_since[who]
        over = [
            who
            for who in sessions
            if now - closed_since.setdefault(who, now) >= SECONDS_TO_COME_BACK
        ]
        for who in over:
            runtime.close_session(who)
            sessions[who]._session_state = SessionState()
            sessions[who]._fragment_storage = MemoryFragmentStorage()
        runtime.media_file_mgr.remove_orphaned_files()
        if over:
            leave_modules_out_of_collections()

    def look_again_and_again() -> None:
        while not server.is_closed():
            server.call_soon_threadsafe(look)
            time.sleep(SECONDS_BETWEEN_SWEEPS)

    threading.Thread(target=look_again_and_again, name="forget", daemon=True).start()


def _server() -> asyncio.AbstractEventLoop | None:
    """The loop that serves; None in a test without a server."""
    try:
        loop = Runtime.instance()._get_async_objs().eventloop
    except RuntimeError:
        return None
    return loop if isinstance(loop, asyncio.AbstractEventLoop) else None
