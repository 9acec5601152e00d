"""The hardware page in a real Chromium, on a laptop and on a phone, with the simulated board."""

import re
import wave
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser import studio
from tests.browser.studio import choose_page, wait_until_built

pytestmark = pytest.mark.browser

on_desktop = pytest.mark.parametrize("screen", ["desktop"], indirect=True)

# A sweep or a small photo takes the simulator a minute on a busy machine.
MILLISECONDS = 180_000


def open_page(page: Page, screen: str, tab: str) -> None:
    choose_page(page, screen, "4 KB")
    page.get_by_role("tab", name="Column by column").wait_for(timeout=MILLISECONDS)
    wait_until_built(page)
    page.get_by_role("tab", name=tab).click()


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


@on_desktop
def test_columns_sweep_over_the_picture(page, screen):
    open_page(page, screen, "Column by column")
    set_slider(page, "Pixels in a column", "ArrowLeft", 1)
    press(page, "Sweep over the picture")
    expect(page.get_by_text("Alpha as it arrives")).to_be_visible(timeout=MILLISECONDS)
    expect(page.locator("img[alt^='Memory while']").first).to_be_visible()
    assert "bytes" in memory_text(page)
    done = page.get_by_text(re.compile("to the same systems solved in float64: 0.00"))
    expect(done).to_be_visible(timeout=MILLISECONDS)
    expect(page.get_by_text("stack, never used").first).to_be_visible()
    for words in ("cycles", "Wire:", "Energy"):
        expect(page.get_by_text(re.compile(words)).first).to_be_visible()
    assert_fits(page)


@pytest.mark.parametrize("screen", ["phone"], indirect=True)
@pytest.mark.parametrize(
    ("tab", "size", "start", "shown"),
    [
        ("Column by column", "Pixels in a column", "Sweep over the picture", "Alpha as it arrived"),
        ("A whole photo", "Height of the photo", "Matte the photo", "Alpha so far"),
    ],
)
def test_a_slow_browser_finds_every_picture(page, screen, tab, size, start, shown):
    asked = []

    def note(request):
        asked.append(request.url)

    page.on("request", note)
    open_page(page, screen, tab)
    set_slider(page, size, "ArrowLeft", 1)
    press(page, start)
    expect(page.locator("img[alt^='Memory while']").first).to_be_visible(timeout=MILLISECONDS)
    assert_fits(page)
    press(page, "Stop")
    expect(page.get_by_role("button", name=re.compile("Continue the"))).to_be_enabled(
        timeout=MILLISECONDS
    )
    expect(page.get_by_text(shown)).to_be_visible()
    page.remove_listener("request", note)
    # It may ask only now, when the page has gone on from the first of them.
    pictures = [url for url in asked if "/media/" in url]
    assert [url for url in pictures if page.request.get(url).status != 200] == []


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


@on_desktop
def test_a_whole_small_photo(page, screen):
    open_page(page, screen, "A whole photo")
    set_slider(page, "Height of the photo", "ArrowLeft", 1)
    press(page, "Matte the photo")
    expect(page.get_by_text(re.compile(r"sweep \d, job \d+"))).to_be_visible(timeout=MILLISECONDS)
    done = page.get_by_text(re.compile("solved at once in float64, nothing rounded: 0.0[0-5]"))
    expect(done).to_be_visible(timeout=MILLISECONDS)
    assert_fits(page)


def test_a_voice_and_the_button(page, screen):
    open_page(page, screen, "A voice")
    press(page, "Let the board solve it")
    expect(page.get_by_text("The two projections")).to_be_visible(timeout=MILLISECONDS)
    assert_fits(page)
    page.get_by_role("tab", name="The button").click()
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
    chooser = page.locator(".st-key-sound_file input[type=file]")
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


def test_the_comparison_names_gigabytes_megabytes_and_kilobytes(page, screen):
    open_page(page, screen, "How little that is")
    for unit in ("GB", "MB", "KB"):
        amount = page.locator("strong").get_by_text(re.compile(rf"\d {unit}"))
        expect(amount.first).to_be_visible()
    expect(page.get_by_text("cited: TI SLASE59")).to_be_visible()
    assert_fits(page)
