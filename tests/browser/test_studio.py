"""The Studio in a real Chromium, on a laptop and on a phone."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from pipeline.samples import SAMPLES

pytestmark = pytest.mark.browser

# For what does not depend on the width of the screen.
on_desktop = pytest.mark.parametrize("screen", ["desktop"], indirect=True)

HOPPER = SAMPLES[0]
WAY = ".way img"


def upload(page: Page, *files) -> None:
    page.locator("[data-testid=stFileUploaderDropzoneInput]").first.set_input_files(files)


def wait_for_result(page: Page) -> None:
    expect(page.locator(WAY)).to_have_count(4)
    expect(page.get_by_text("Done in")).to_be_visible()


def download(page: Page, label: str) -> bytes:
    with page.expect_download() as saved:
        page.get_by_role("button", name=label).click()
    return saved.value.path().read_bytes()


def position(page: Page) -> float:
    """Where the line of the before/after picture stands, in percent from the left."""
    return float(page.locator(".frame input").input_value())


def wait_until_uncovered(page: Page) -> None:
    """A new result is uncovered by a line that comes to rest at 35 percent."""
    expect(page.locator(".frame input")).to_have_js_property("value", "35")


def shown_result(page: Page) -> str:
    return page.locator(".frame .after").get_attribute("src")


def assert_fits(page: Page) -> None:
    """Nothing makes the page scroll sideways."""
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1]


def test_upload_gives_a_cutout_to_download(page):
    assert_fits(page)
    upload(page, HOPPER.file)
    wait_for_result(page)
    assert_fits(page)
    with Image.open(io.BytesIO(download(page, "Cut-out"))) as cutout:
        assert cutout.mode == "RGBA"
        with Image.open(HOPPER.file) as photo:
            assert cutout.size == photo.size
        alpha = np.asarray(cutout)[..., 3]
    height, width = alpha.shape
    assert alpha[height // 2, width // 2] == 255  # the face
    assert alpha[10, width - 10] == 0  # the blue wall
    assert 0.3 < (alpha > 127).mean() < 0.9
    assert ((alpha > 0) & (alpha < 255)).any()


@on_desktop
def test_sample_needs_one_click_and_everything_can_be_downloaded(page):
    page.get_by_role("button", name=HOPPER.person).click()
    wait_for_result(page)
    stem = HOPPER.file.stem
    for label, output in (("Composite", "composite"), ("Alpha", "alpha"), ("Trimap", "trimap")):
        with Image.open(io.BytesIO(download(page, label))) as picture, Image.open(
            HOPPER.file
        ) as photo:
            assert picture.size == photo.size, output
    with zipfile.ZipFile(io.BytesIO(download(page, "Everything as ZIP"))) as packed:
        names = {"mask", "trimap", "alpha", "cutout", "composite"}
        assert set(packed.namelist()) == {f"{stem}.{name}.png" for name in names}
        assert packed.testzip() is None


def test_line_follows_pointer_and_keys(page, screen):
    page.get_by_role("button", name=HOPPER.person).click()
    wait_for_result(page)
    frame = page.locator(".frame")
    frame.scroll_into_view_if_needed()
    wait_until_uncovered(page)
    box = frame.bounding_box()
    press = page.touchscreen.tap if screen == "phone" else page.mouse.click
    press(box["x"] + 0.8 * box["width"], box["y"] + 0.5 * box["height"])
    assert position(page) == pytest.approx(80, abs=1.5)
    frame.locator("input").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert position(page) == pytest.approx(78, abs=1.5)
    page.keyboard.press("Home")
    assert position(page) == 0


@on_desktop
def test_background_changes_the_result_and_keeps_the_line(page):
    page.get_by_role("button", name=HOPPER.person).click()
    wait_for_result(page)
    wait_until_uncovered(page)
    page.locator(".frame input").focus()
    page.keyboard.press("End")
    for kind in ("Transparent", "Colour", "Blur"):
        before = shown_result(page)
        page.get_by_role("radio", name=kind).click()
        expect(page.locator(".frame .after")).not_to_have_attribute("src", before)
    assert position(page) == 100


@on_desktop
def test_own_picture_goes_behind(page, tmp_path):
    Image.new("RGB", (300, 200), (20, 140, 60)).save(tmp_path / "meadow.png")
    page.get_by_role("button", name=HOPPER.person).click()
    wait_for_result(page)
    page.get_by_role("radio", name="Picture").click()
    expect(page.get_by_text("it is cropped to fill")).to_be_visible()
    before = shown_result(page)
    upload(page, tmp_path / "meadow.png")
    expect(page.locator(".frame .after")).not_to_have_attribute("src", before)
    with Image.open(io.BytesIO(download(page, "Composite"))) as composite:
        assert composite.getpixel((composite.width - 10, 10)) == (20, 140, 60)


def test_bad_files_are_refused_in_words(page, tmp_path):
    (tmp_path / "letter.jpg").write_text("Dear Sir or Madam")
    cut = HOPPER.file.read_bytes()[:20_000]
    (tmp_path / "cut.jpg").write_bytes(cut)
    upload(page, tmp_path / "letter.jpg", tmp_path / "cut.jpg")
    expect(page.get_by_text("letter.jpg: This file is not a picture")).to_be_visible()
    expect(page.get_by_text("cut.jpg: This picture is cut short")).to_be_visible()
    assert_fits(page)
    page.get_by_role("button", name="New photo").click()
    expect(page.get_by_role("button", name=HOPPER.person)).to_be_visible()


@on_desktop
def test_image_and_trimap_are_taken_together(page, tmp_path):
    with Image.open(HOPPER.file) as photo:
        photo.save(tmp_path / "Image1.jpg")
        trimap = np.zeros(photo.size[::-1], np.uint8)
    trimap[150:] = 128
    trimap[300:, 150:-150] = 255
    Image.fromarray(trimap).save(tmp_path / "Trimap1.png")
    upload(page, tmp_path / "Image1.jpg", tmp_path / "Trimap1.png")
    wait_for_result(page)
    with Image.open(io.BytesIO(download(page, "Trimap"))) as saved:
        np.testing.assert_array_equal(np.asarray(saved), trimap)


def test_camera_takes_a_photo(page):
    """Chromium's pretended camera shows a green test picture: no person, and the page says so."""
    page.get_by_text("Take a photo with the camera").click()
    page.wait_for_function("document.querySelector('video')?.currentTime > 1")
    page.get_by_role("button", name="Take Photo").click()
    expect(page.get_by_text("No person was found")).to_be_visible()
    assert_fits(page)


@on_desktop
def test_reload_forgets_everything(page):
    page.get_by_role("button", name=HOPPER.person).click()
    wait_for_result(page)
    page.reload()
    expect(page.get_by_role("button", name=HOPPER.person)).to_be_visible()
    expect(page.locator(WAY)).to_have_count(0)
