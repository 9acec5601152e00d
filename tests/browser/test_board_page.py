"""The hardware page in a real Chromium, on a laptop and on a phone, with the simulated board."""

import re
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser import studio
from tests.browser.studio import choose_page, choose_tab, on_desktop, wait_until_built

pytestmark = pytest.mark.browser

# A sweep or a small photo takes the simulator a minute on a busy machine.
MILLISECONDS = 180_000


def open_page(page: Page, screen: str, tab: str) -> None:
    choose_page(page, screen, "4 KB")
    page.get_by_role("tab", name="Column by column").wait_for(timeout=MILLISECONDS)
    choose_tab(page, tab)
    if tab != "Column by column":
        # A press that comes amid the run of the tab may be ended with it.
        expect(page).to_have_url(re.compile("tab="))
    wait_until_built(page)


def set_slider(page: Page, name: str, key: str, presses: int) -> None:
    for _ in range(presses):
        page.get_by_role("slider", name=name).press(key)


def assert_fits(page: Page) -> None:
    """Nothing makes the page scroll sideways, and no drawing is wider than the screen."""
    studio.assert_fits(page)
    widest = page.evaluate(
        "Math.max(0, ...[...document.querySelectorAll('img')].map(i => i.clientWidth))"
    )
    assert widest <= page.evaluate("window.innerWidth")


def press(page: Page, name: str) -> None:
    page.get_by_test_id("stMain").get_by_role("button", name=name, exact=True).click()


def memory_text(page: Page) -> str:
    return page.locator("img[alt^='Memory while']").first.get_attribute("alt")


@pytest.fixture
def pictures(page: Page) -> Iterator[list[str]]:
    """Addresses of the picture files that the page asks for."""
    asked = []

    def note(request) -> None:
        if "/media/" in request.url:
            asked.append(request.url)

    page.on("request", note)
    yield asked
    page.remove_listener("request", note)


def assert_still_there(page: Page, pictures: list[str], go_on: str) -> None:
    """A slow browser finds a picture also when the page has gone on from it and come to rest."""
    expect(page.get_by_role("button", name=go_on)).to_be_enabled(timeout=MILLISECONDS)
    assert [url for url in pictures if page.request.get(url).status != 200] == []


def test_columns_sweep_over_the_picture(page, screen, pictures):
    open_page(page, screen, "Column by column")
    set_slider(page, "Pixels in a column", "ArrowLeft", 1)
    press(page, "Sweep over the picture")
    expect(page.get_by_text("Alpha as it arrives")).to_be_visible(timeout=MILLISECONDS)
    expect(page.locator("img[alt^='Memory while']").first).to_be_visible()
    assert "bytes" in memory_text(page)
    if screen == "phone":  # once to its end is enough
        assert_fits(page)
        press(page, "Stop")
        expect(page.get_by_text("Alpha as it arrived")).to_be_visible()
        assert_still_there(page, pictures, "Continue the sweep")
        return
    done = page.get_by_text(re.compile("to the board's own systems solved in float64: 0.00"))
    expect(done).to_be_visible(timeout=MILLISECONDS)
    expect(page.get_by_text("stack, never used").first).to_be_visible()
    for words in ("cycles", "Wire:", "Energy"):
        expect(page.get_by_text(re.compile(words)).first).to_be_visible()
    assert_fits(page)


@on_desktop
def test_stop_keeps_what_came_and_continue_goes_on(page, screen):
    open_page(page, screen, "Column by column")
    press(page, "Sweep over the picture")
    expect(page.get_by_text("Alpha as it arrives")).to_be_visible(timeout=MILLISECONDS)
    press(page, "Stop")
    expect(page.get_by_role("button", name="Continue the sweep")).to_be_enabled(
        timeout=MILLISECONDS
    )
    expect(page.get_by_text("Alpha as it arrived")).to_be_visible()
    press(page, "Continue the sweep")
    expect(page.get_by_text("Alpha as it arrives")).to_be_visible(timeout=MILLISECONDS)
    press(page, "Stop")


def test_a_whole_small_photo(page, screen, pictures):
    open_page(page, screen, "A whole photo")
    set_slider(page, "Height of the photo", "ArrowLeft", 1)
    press(page, "Matte the photo")
    expect(page.get_by_text(re.compile(r"sweep \d, job \d+"))).to_be_visible(timeout=MILLISECONDS)
    if screen == "phone":  # once to its end is enough
        assert_fits(page)
        press(page, "Stop")
        expect(page.get_by_text("Alpha so far")).to_be_visible(timeout=MILLISECONDS)
        assert_still_there(page, pictures, "Continue the photo")
        wait_until_built(page)
        expect(page.locator("img[alt^='Memory while']")).to_have_count(1)
        assert "bytes" in memory_text(page)
        return
    done = page.get_by_text(re.compile("solved at once in float64, nothing rounded: 0.0[0-5]"))
    expect(done).to_be_visible(timeout=MILLISECONDS)
    assert_fits(page)


def test_a_voice_and_the_button(page, screen):
    open_page(page, screen, "A voice")
    press(page, "Let the board solve it")
    expect(page.get_by_text("The two projections")).to_be_visible(timeout=MILLISECONDS)
    assert_fits(page)
    choose_tab(page, "The button")
    press(page, "Press S1 on the simulated board")
    expect(page.get_by_text("alpha values are the same as before")).to_be_visible(
        timeout=MILLISECONDS
    )
    expect(page.get_by_text("LED alight afterwards: green")).to_be_visible()
    assert_fits(page)


@on_desktop
def test_a_sound_file_is_heard_and_a_bad_one_explained(page, screen, tmp_path):
    open_page(page, screen, "A voice")
    # By the keyboard: at the lower edge of this pretended phone a click opens no list.
    page.locator(".st-key-sound_source [role=combobox]").press("ArrowDown")
    page.get_by_role("option", name="A sound file (WAV)").click()
    chooser = page.locator(".st-key-sound_file_upload input[type=file]")
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF and then nothing")
    chooser.set_input_files(broken)
    expect(page.get_by_text("This is not a WAV recording")).to_be_visible(timeout=MILLISECONDS)
    chooser.set_input_files(spoken(tmp_path / "spoken.wav"))
    press(page, "Let the board solve it")
    expect(page.get_by_text("The two projections")).to_be_visible(timeout=MILLISECONDS)


def spoken(path: Path) -> Path:
    """A tone between two silences, 16 bits, 44100 a second."""
    time = np.arange(22050) / 44100
    level = 12000 * np.sin(2 * np.pi * 300 * time) * ((time > 0.2) & (time < 0.3))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(44100)
        file.writeframes(level.astype("<i2").tobytes())
    return path


def test_the_tab_that_is_open_is_in_sight(page, screen):
    """On a phone the row of tabs is longer than the screen."""
    open_page(page, screen, "How little that is")
    choose_page(page, screen, "About")
    page.get_by_role("heading", level=1).wait_for()
    choose_page(page, screen, "4 KB")
    expect(page.get_by_role("tab", name="How little that is")).to_be_in_viewport(ratio=1)


def test_the_comparison_names_gigabytes_megabytes_and_kilobytes(page, screen):
    open_page(page, screen, "How little that is")
    for unit in ("GB", "MB", "KB"):
        amount = page.locator("strong").get_by_text(re.compile(rf"\d {unit}"))
        expect(amount.first).to_be_visible()
    expect(page.get_by_text("cited: TI SLASE59")).to_be_visible()
    assert_fits(page)
