"""The page about the microcontroller, without a browser."""

import threading
import time

import numpy as np
import pytest
from serial import SerialException
from streamlit.runtime.scriptrunner import StopException
from streamlit.testing.v1 import AppTest

from components.board_photo import WIDEST, photo_and_trimap
from components.board_port import SIMULATOR, the_board
from components.board_sound import take_sound
from components.board_sweep import take
from components.memory_scale import in_words
from pipeline import protocol_sim
from pipeline.encode import encode_png
from pipeline.image import ImageError
from pipeline.launchpad import Board, Launchpad
from tests.studio import opened


@pytest.fixture
def page() -> AppTest:
    """The page, freshly opened."""
    return opened("hardware", seconds=300)


def press(page: AppTest, label: str) -> None:
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception


def test_a_voice_is_heard_and_the_button_repeats_it(page):
    press(page, "Let the board solve it")
    assert not page.error
    press(page, "Press S1 on the simulated board")
    assert "alpha values are the same as before" in page.success[0].value
    page.run()  # as another tab's click does
    assert "alpha values are the same as before" in page.success[0].value


def test_a_press_is_heard_though_another_click_ends_its_run_before(page, monkeypatch):
    interrupted = []

    def take_sound_and_leave(source: str, rate: int):
        if not interrupted:
            interrupted.append(source)
            raise StopException
        return take_sound(source, rate)

    monkeypatch.setattr("components.board_sound.take_sound", take_sound_and_leave)
    press(page, "Let the board solve it")
    assert interrupted
    page.run()
    assert "The two projections" in " ".join(text.value for text in page.markdown)


def test_a_sweep_ends_with_the_difference_to_float64(page):
    page.select_slider(key="sweep_height").set_value(200)
    press(page, "Sweep over the picture")
    assert not page.error
    said = next(text.value for text in page.markdown if "Root mean square" in text.value)
    assert float(said.split("**")[1]) <= 0.003


def test_a_sweep_goes_on_after_a_look_at_another_page_and_not_after_stop(page, monkeypatch):
    page.select_slider(key="sweep_height").set_value(200)

    def left_after(last: int) -> None:
        """Streamlit ends a page's run in its midst when somebody clicks elsewhere."""

        def take_and_leave(work, column) -> None:
            take(work, column)
            if column.x == last:
                raise StopException

        monkeypatch.setattr("components.board_sweep.take", take_and_leave)

    left_after(60)
    press(page, "Sweep over the picture")
    work = page.session_state["sweep"]
    assert work.running and not work.finished
    page.switch_page("pages/about.py").run()
    left_after(80)
    page.switch_page("pages/hardware.py").run()
    assert work.first == 81 and work.running
    work.stop()  # what the button does
    page.run()
    assert work.first == 81
    press(page, "Continue the sweep")
    assert work.finished and not work.running


def test_a_sound_file_and_its_answer_are_there_on_return(page):
    page.selectbox(key="sound_source").set_value("A file of samples (text)").run()
    values = np.repeat([510, 900, 510], (300, 200, 300)) + np.arange(800) % 3
    samples = " ".join(map(str, values)).encode()
    page.file_uploader(key="sound_samples_upload").set_value([("anna.txt", samples, "text/plain")])
    page.run()
    press(page, "Let the board solve it")
    assert not page.error
    page.switch_page("pages/about.py").run()
    page.switch_page("pages/hardware.py").run()
    assert any("anna.txt stays" in text.value for text in page.caption)
    assert any("two projections" in text.value for text in page.markdown)


def test_one_run_of_the_page_has_the_board_at_a_time():
    """The next run begins before the one that a click has ended lets go."""
    inside, most = [], []
    all_at_once = threading.Barrier(3)

    def use() -> None:
        all_at_once.wait(60)
        with the_board(SIMULATOR) as board:
            inside.append(board)
            most.append(len(inside))
            time.sleep(0.1)
            inside.remove(board)

    runs = [threading.Thread(target=use) for _ in range(3)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert most == [1, 1, 1]


@pytest.mark.parametrize("amount, words", [
    (4046, "4.05 KB"), (999_600, "1 MB"), (999_400_000, "999 MB"), (2.1e9, "2.1 GB"), (12, "12 B"),
])
def test_amounts_of_memory_are_written_without_powers_of_ten(amount, words):
    assert in_words(amount) == words


class FailingReads:
    """Lets the simulated board's line fail after so many reads, or flips a bit of one."""

    def __init__(self, monkeypatch, after: int, pulled: bool):
        self.reads, self.after, self.pulled = 0, after, pulled
        self.read = protocol_sim.Serial.read
        monkeypatch.setattr(protocol_sim.Serial, "read", lambda port, size=1: self.fail(port, size))

    def fail(self, port, size):
        self.reads += 1
        data = self.read(port, size)
        if self.reads > self.after and self.pulled:
            raise SerialException("device disconnected")
        if self.reads == self.after and not self.pulled:
            return bytes(byte ^ 0x10 for byte in data)
        return data


def test_a_pulled_cable_keeps_the_columns_and_continue_goes_on(page, monkeypatch):
    page.select_slider(key="sweep_height").set_value(200)
    line = FailingReads(monkeypatch, after=60, pulled=True)
    press(page, "Sweep over the picture")
    assert "Plug it in again" in page.error[0].value and "press Continue" in page.error[0].value
    kept = page.session_state["sweep"]
    first, jobs = kept.first, kept.totals.jobs
    assert first > 0 and jobs > 0
    assert not any(page.button(key=f"sweep_{each}").disabled for each in ("begin", "continue"))
    other_photo = "worked on last"
    assert not any(other_photo in text.value for text in page.caption)
    page.select_slider(key="sweep_height").set_value(400).run()
    assert any(other_photo in text.value for text in page.caption)
    line.pulled = False
    press(page, "Continue the sweep")
    assert not page.error
    assert kept.finished and kept.totals.jobs > jobs


def test_damaged_bytes_are_sent_again_and_counted(page, monkeypatch):
    page.select_slider(key="sweep_height").set_value(200)
    FailingReads(monkeypatch, after=40, pulled=False)
    press(page, "Sweep over the picture")
    assert not page.error
    assert any("damage on the wire: 1." in text.value for text in page.caption)


def test_a_board_that_never_answers_is_explained(page, monkeypatch):
    monkeypatch.setattr(protocol_sim.Serial, "write", lambda port, data: len(data))
    press(page, "Let the board solve it")
    assert "Is it flashed" in page.error[0].value


@pytest.fixture
def plugged_in(monkeypatch) -> None:
    """A board at a port of its own: for the page no simulator, though one answers there."""
    boards = [Board("sim://?noise=2", "eZ-FET")]
    monkeypatch.setattr("pipeline.launchpad.find_boards", lambda: boards)


def choose_board(page: AppTest) -> None:
    page.selectbox(key="board").set_value("eZ-FET (sim://?noise=2)").run()


def test_what_the_simulator_found_is_never_called_measured(plugged_in, page):
    press(page, "Let the board solve it")
    choose_board(page)
    said = [text.value for text in page.markdown]
    assert any("(simulated)" in text for text in said)
    assert not any("(measured)" in text for text in said)


def test_an_answer_is_not_shown_under_another_sound(page):
    press(page, "Let the board solve it")
    assert any("two projections" in text.value for text in page.markdown)
    page.select_slider(key="sound_rate").set_value(4000).run()
    assert not any("two projections" in text.value for text in page.markdown)
    page.select_slider(key="sound_rate").set_value(8000).run()
    assert any("two projections" in text.value for text in page.markdown)


@pytest.mark.parametrize("presses, said", [
    ([False, False, True], "alpha values are the same as before"),
    ([False] * 240, "S1 was not pressed within 60 seconds"),
])
def test_the_page_waits_for_a_boards_button(plugged_in, page, monkeypatch, presses, said):
    page.run()
    choose_board(page)
    press(page, "Let the board solve it")
    assert any("(measured)" in text.value for text in page.markdown)
    looks = iter(presses)
    monkeypatch.setattr(Launchpad, "wait_for_button", lambda board, seconds: next(looks))
    press(page, "Wait for S1")
    assert not page.error
    assert said in [*page.success, *page.warning][0].value
    assert next(looks, None) is None


def test_a_photo_of_nobody_is_refused_in_words():
    with pytest.raises(ImageError, match="No person was found"):
        photo_and_trimap.__wrapped__(encode_png(np.full((60, 60, 3), 90, np.uint8)), 80)


def test_a_strip_is_too_wide_for_the_board():
    """As high as the board wants it, it would take gigabytes."""
    strip = encode_png(np.zeros((16, 16 * WIDEST + 8, 3), np.uint8))
    with pytest.raises(ImageError, match="times as wide as it is high"):
        photo_and_trimap.__wrapped__(strip, 800)
