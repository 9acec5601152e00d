"""The About page, its figures, and the promise about photos."""

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartParser
from streamlit.runtime import Runtime, RuntimeConfig, media_file_manager
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.session_manager import SessionInfo
from streamlit.runtime.state import SessionState
from streamlit.testing.v1 import AppTest

from components import figures, privacy

ROOT = Path(__file__).resolve().parent.parent

# AppTest has no browser to name the host of its server.
app_test = pytest.mark.filterwarnings("ignore::ResourceWarning")


@app_test
def test_about_says_promise_credits_and_every_figure():
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=180).run()
    app.switch_page("pages/about.py").run()
    assert not app.exception
    words = "\n".join(each.value for each in app.markdown)
    assert privacy.PROMISE in words
    for figure in figures.figures():
        assert figure.value in words and figure.command in words
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        if not line.startswith("#"):
            assert line.split("==")[0] in words


@app_test
@pytest.mark.parametrize("page", ["studio", "steps", "face3d", "hardware", "results"])
def test_pages_that_take_photos_say_the_promise(page):
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=180).run()
    if page != "studio":
        app.switch_page(f"pages/{page}.py").run()
    assert privacy.PROMISE in [caption.value for caption in app.caption]


def test_figures_are_those_of_the_measured_files():
    shown = {figure.what: figure.value for figure in figures.figures()}
    mask = json.loads((ROOT / "models/results/eg1800.json").read_text())["mask"]
    assert shown["Mask"] == f"IoU {mask['foreground_iou']:.3f}"
    band = json.loads((ROOT / "benchmarks/results/knn.json").read_text())["accuracy"]["band10"]
    best_peer = min(row["SAD"] for name, row in band.items() if name.startswith("pymatting"))
    (matte,) = (figure for figure in figures.figures() if figure.what == "Matte")
    assert f"PyMatting's best has {best_peer:.2f} " in matte.how
    assert {"3D face, Face mesh", "3D face, Surrey model"} <= set(shown)


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
    privacy.keep_uploads_in_memory()
    large = received(3)
    assert large._in_memory
    large.file.close()


def test_a_download_waits_for_its_browser_though_others_are_busy(monkeypatch):
    """Every visitor's script that ends lets Streamlit look for files to drop."""
    clock = Clock()
    monkeypatch.setattr(privacy, "time", clock)
    monkeypatch.setattr(media_file_manager, "_get_session_id", lambda: "who downloads")
    monkeypatch.setattr(media_file_manager, "MediaFileMetadata", None)  # is put back after the test
    privacy.keep_downloads_until_fetched()
    stored = MemoryMediaFileStorage("/media")
    media = media_file_manager.MediaFileManager(stored)
    button = media.add_deferred(lambda: b"a cut-out", "image/png", "a button")
    downloaded = media.execute_deferred(button).rpartition("/")[2]
    clock.now = privacy.SECONDS_TO_FETCH_A_DOWNLOAD - 1
    for _ in range(3):
        media.remove_orphaned_files()
    assert stored.get_file(downloaded).content == b"a cut-out"
    clock.now = privacy.SECONDS_TO_FETCH_A_DOWNLOAD
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
    monkeypatch.setattr(privacy, "time", clock)
    monkeypatch.setattr(privacy, "SECONDS_BETWEEN_LOOKS", 0.01)
    monkeypatch.setattr(media_file_manager, "MediaFileMetadata", None)  # is put back after the test
    privacy.keep_downloads_until_fetched()
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
        privacy.forget_closed_sessions.__wrapped__()
        await clock.looked_at_again()
        clock.now = privacy.SECONDS_TO_COME_BACK - 1
        await clock.looked_at_again()
        seen = [closed.open, bool(pictures.get_file(downloaded))]
        sessions.delete("back")
        clock.now = privacy.SECONDS_TO_COME_BACK
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
