"""What Streamlit's server does otherwise than by itself."""

import asyncio
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartParser
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.runtime import Runtime, RuntimeConfig, media_file_manager
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests
from streamlit.runtime.session_manager import SessionInfo
from streamlit.runtime.state import SessionState
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec

from components import server


def received(megabytes: int):
    """A file as the server holds it once it has arrived."""
    head = b'--x\r\nContent-Disposition: form-data; name="a"; filename="a.jpg"\r\n\r\n'

    async def body():
        yield head
        for _ in range(megabytes):
            yield bytes(2**20)
        yield b"\r\n--x--\r\n"

    parser = MultiPartParser(Headers({"content-type": "multipart/form-data; boundary=x"}), body())
    # In a thread of its own, as Playwright's event loop may be running in this one.
    with ThreadPoolExecutor() as pool:
        return pool.submit(asyncio.run, parser.parse()).result()["a"]


def test_uploads_never_touch_the_disk(monkeypatch):
    """Starlette alone puts three megabytes on the disk; the app keeps them in memory."""
    monkeypatch.setattr(MultiPartParser, "spool_max_size", MultiPartParser.spool_max_size)
    MultiPartParser.spool_max_size = 2**20
    large = received(3)
    assert not large._in_memory
    large.file.close()
    server.keep_uploads_in_memory()
    large = received(3)
    assert large._in_memory
    large.file.close()


def test_an_upload_that_was_read_leaves_the_memory(monkeypatch):
    uploads = MemoryUploadedFileManager("/upload")
    uploads.add_file("anna", UploadedFileRec("1", "anna.jpg", "image/jpeg", b"her photo"))
    uploads.add_file("bert", UploadedFileRec("2", "bert.jpg", "image/jpeg", b"his photo"))
    (record,) = uploads.get_files("anna", ["1"])
    context = SimpleNamespace(uploaded_file_mgr=uploads, session_id="anna")
    monkeypatch.setattr(server, "get_script_run_ctx", lambda: context)
    read = UploadedFile(record, FileURLs())
    server.let_go([read])
    assert uploads.get_files("anna", ["1"]) == [] and read.getvalue() == b"her photo"
    assert len(uploads.get_files("bert", ["2"])) == 1


@pytest.mark.parametrize("clicked", [True, False])
def test_a_click_while_a_page_waits_runs_it_anew(monkeypatch, clicked):
    requests = ScriptRequests()
    if clicked:
        requests.request_rerun(RerunData(fragment_id="the choice of a background"))
        assert requests.on_scriptrunner_yield() is None  # which Streamlit makes nothing of
    context = SimpleNamespace(script_requests=requests)
    monkeypatch.setattr(server, "get_script_run_ctx", lambda: context)
    runs = []
    monkeypatch.setattr(server.st, "rerun", lambda: runs.append("anew"))
    server.answer_clicks()
    assert runs == ["anew"] * clicked


def test_downloads_that_wait_for_a_place_hold_up_no_other(monkeypatch):
    """One more at once than Python by itself has threads for."""
    many = min(32, (os.cpu_count() or 1) + 4) + 1
    together = threading.Barrier(many)

    async def serve():
        monkeypatch.setattr(server, "_server", asyncio.get_running_loop)
        server.make_downloads_side_by_side.__wrapped__()
        await asyncio.sleep(0)
        await asyncio.gather(*(asyncio.to_thread(together.wait, 60) for _ in range(many)))

    with ThreadPoolExecutor() as pool:
        pool.submit(asyncio.run, serve()).result()


def test_a_download_waits_for_its_browser_though_others_are_busy(monkeypatch):
    """Every visitor's script that ends lets Streamlit look for files to drop."""
    clock = Clock()
    monkeypatch.setattr(server, "time", clock)
    monkeypatch.setattr(media_file_manager, "_get_session_id", lambda: "who downloads")
    monkeypatch.setattr(media_file_manager, "MediaFileMetadata", None)  # is put back after the test
    server.keep_downloads_until_fetched()
    stored = MemoryMediaFileStorage("/media")
    media = media_file_manager.MediaFileManager(stored)
    button = media.add_deferred(lambda: b"a cut-out", "image/png", "a button")
    downloaded = media.execute_deferred(button).rpartition("/")[2]
    clock.now = server.SECONDS_TO_FETCH_A_DOWNLOAD - 1
    for _ in range(3):
        media.remove_orphaned_files()
    assert stored.get_file(downloaded).content == b"a cut-out"
    clock.now = server.SECONDS_TO_FETCH_A_DOWNLOAD
    media.remove_orphaned_files()
    with pytest.raises(MediaFileStorageError):
        stored.get_file(downloaded)


class Session:
    """What of a session is closed: see streamlit.runtime.app_session.AppSession."""

    def __init__(self, name: str):
        self.id, self.open = name, True
        self._session_state = SessionState()
        self._session_state["pieces"] = ["a photo"]
        self._fragment_storage = MemoryFragmentStorage()
        self._fragment_storage.register("shows the photo", lambda: "a photo")

    def shutdown(self):
        self.open = False
        media = Runtime.instance().media_file_mgr
        media.clear_session_refs(self.id)
        media.remove_orphaned_files()


class Clock:
    """A clock that stands still until it is set, and counts how often it was looked at."""

    sleep = staticmethod(time.sleep)

    def __init__(self):
        self.now, self.looks = 0.0, 0

    def monotonic(self) -> float:
        self.looks += 1
        return self.now

    async def looked_at_again(self) -> None:
        before = self.looks
        async with asyncio.timeout(60):
            while self.looks == before:
                await asyncio.sleep(0.01)


def test_a_closed_session_is_emptied_though_nobody_comes_after_it(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(server, "time", clock)
    monkeypatch.setattr(server, "SECONDS_BETWEEN_SWEEPS", 0.01)
    monkeypatch.setattr(media_file_manager, "MediaFileMetadata", None)  # is put back after the test
    server.keep_downloads_until_fetched()
    monkeypatch.setattr(Runtime, "_instance", None)
    sessions = MemorySessionStorage()
    pictures = MemoryMediaFileStorage("/media")
    closed, back = Session("closed"), Session("back")

    async def serve() -> list[bool]:
        runtime = Runtime(
            RuntimeConfig(
                "app.py",
                pictures,
                MemoryUploadedFileManager("/upload"),
                session_storage=sessions,
            )
        )
        await runtime.start()
        for each in (closed, back):
            sessions.save(SessionInfo(client=None, session=each))
        media = runtime.media_file_mgr
        monkeypatch.setattr(media_file_manager, "_get_session_id", lambda: closed.id)
        button = media.add_deferred(lambda: b"a cut-out", "image/png", "a button")
        downloaded = media.execute_deferred(button).rpartition("/")[2]
        server.forget_closed_sessions.__wrapped__()
        await clock.looked_at_again()
        clock.now = server.SECONDS_TO_FETCH_A_DOWNLOAD - 1
        await clock.looked_at_again()
        seen = [bool(pictures.get_file(downloaded))]
        clock.now = server.SECONDS_TO_COME_BACK - 1
        await clock.looked_at_again()
        seen.append(closed.open)
        sessions.delete("back")
        clock.now = server.SECONDS_TO_COME_BACK
        await clock.looked_at_again()
        await clock.looked_at_again()
        runtime.stop()
        await runtime.stopped
        with pytest.raises(MediaFileStorageError):
            pictures.get_file(downloaded)
        return [*seen, closed.open]

    with ThreadPoolExecutor() as pool:
        assert pool.submit(asyncio.run, serve()).result() == [True, True, False]
    assert "pieces" not in closed._session_state
    assert not closed._fragment_storage.contains("shows the photo")
    assert back.open and "pieces" in back._session_state
