"""The page about the microcontroller, without a browser."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

APP = Path(__file__).resolve().parent.parent / "app.py"


def opened(seconds: int) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=seconds).run()
    return app.switch_page("pages/hardware.py").run()


def test_the_voice_is_recorded_projected_and_solved():
    page = opened(seconds=120)
    assert not page.exception
    listen = next(button for button in page.button if button.label == "Listen")
    listen.click().run()
    assert not page.exception and not page.error


def test_a_sweep_ends_with_the_difference_to_float64():
    page = opened(seconds=300)
    page.select_slider(key="sweep_height").set_value(200)
    sweep = next(button for button in page.button if button.label == "Sweep over the picture")
    sweep.click().run()
    assert not page.exception and not page.error
    assert any("nothing rounded" in text.value for text in page.markdown)
