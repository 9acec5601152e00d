"""The queue before the server's processors."""

import os
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components.queue import WAITING, place_at_the_table
from components.sitting import Sitting, fit_sitting
from pipeline.image import ImageError

ROOT = Path(__file__).resolve().parent.parent

# AppTest has no browser to name the host of its server.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def nobody_waits():
    pytest.fail("there was a place")


@pytest.fixture
def crowded():
    """All places taken; leaving the block gives them back."""
    with ExitStack() as taken:
        for _ in range(os.cpu_count() or 1):
            taken.enter_context(place_at_the_table(nobody_waits))
        yield taken


def test_one_more_waits_until_a_place_is_free(crowded):
    waited, seated = threading.Event(), threading.Event()

    def one_more():
        with place_at_the_table(waited.set):
            seated.set()

    thread = threading.Thread(target=one_more)
    thread.start()
    assert waited.wait(10)
    assert not seated.is_set()
    crowded.close()
    assert seated.wait(10)
    thread.join()


def test_whoever_leaves_while_waiting_takes_no_place(crowded):
    def leave():
        raise InterruptedError

    with pytest.raises(InterruptedError), place_at_the_table(leave):
        pytest.fail("there was no place")
    crowded.close()
    with place_at_the_table(nobody_waits):
        pass


def test_a_face_waits_its_turn(crowded):
    said = []

    def say(words):
        said.append(words)
        crowded.close()

    sitting = Sitting(photos=[("wall.png", b"no picture")])
    fit_sitting(sitting, None, say)
    assert said[0] == WAITING
    assert sitting.failure.startswith("wall.png: This file is not a picture")


def test_a_walk_waits_its_turn(crowded, monkeypatch):
    """The page asks for the walk only after the places are given back."""
    order = []

    def give_back():
        order.append("given back")
        crowded.close()

    def walk(*_, **__):
        order.append("walked")
        raise ImageError("Far enough.")

    monkeypatch.setattr("pipeline.walk.walk", walk)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=180).run()
    # Another band than the samples' own, whose walks are kept for everybody.
    app.query_params["band"] = "12"
    timer = threading.Timer(1, give_back)
    timer.start()
    app.switch_page("pages/steps.py").run()
    timer.join()
    assert order == ["given back", "walked"]
    assert [error.value for error in app.error] == ["Far enough."]
