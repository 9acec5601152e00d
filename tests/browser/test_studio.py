"""The Studio in a real Chromium, on a laptop and on a phone."""

import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from pipeline.samples import SAMPLES
from tests.browser.studio import (
    HOPPER,
    WAY,
    assert_fits,
    assert_large_enough_for_a_thumb,
    download,
    on_desktop,
    open_sample,
    show_single_files,
    upload,
    wait_for_result,
    wait_until_built,
)

pytestmark = pytest.mark.browser


def position(page: Page) -> float:
    """Where the line of the before/after picture stands, in percent from the left."""
    return float(page.locator(".frame input").input_value())


def wait_until_uncovered(page: Page) -> None:
    """A new result is uncovered by a line that comes to rest at 35 percent."""
    expect(page.locator(".frame input")).to_have_js_property("value", "35")


def shown_result(page: Page) -> str:
    return page.locator(".frame .after").get_attribute("src")


def test_upload_gives_a_cutout_to_download(page, screen):
    assert_fits(page)
    if screen == "phone":
        assert_large_enough_for_a_thumb(page)
    upload(page, HOPPER.file)
    wait_for_result(page)
    assert_fits(page)
    if screen == "phone":
        assert_large_enough_for_a_thumb(page)
    with Image.open(io.BytesIO(download(page, "cutout"))) as cutout:
        assert cutout.mode == "RGBA"
        with Image.open(HOPPER.file) as photo:
            assert cutout.size == photo.size
        alpha = np.asarray(cutout)[..., 3]
    height, width = alpha.shape
    assert alpha[height // 2, width // 2] == 255  # the face
    assert alpha[10, width - 10] == 0  # the blue wall
    assert 0.3 < (alpha > 127).mean() < 0.9
    assert ((alpha > 0) & (alpha < 255)).any()


def test_line_follows_pointer_and_keys(page, screen):
    open_sample(page)
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
    open_sample(page)
    wait_until_uncovered(page)
    page.locator(".frame input").focus()
    page.keyboard.press("End")
    for kind in ("Transparent", "Studio", "Blur"):
        before = shown_result(page)
        page.get_by_role("radio", name=kind).click()
        expect(page.locator(".frame .after")).not_to_have_attribute("src", before)
    assert position(page) == 100


@on_desktop
def test_new_pictures_do_not_take_the_line_out_of_the_hand(page):
    """As those do that come for who has just enlarged a large photo."""
    open_sample(page)
    wait_until_uncovered(page)
    before = shown_result(page)
    box = page.locator(".frame").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.5 * box["width"], middle)
    page.mouse.down()
    page.get_by_role("radio", name="Blur").dispatch_event("click")
    expect(page.locator(".frame .after")).not_to_have_attribute("src", before)
    page.mouse.move(box["x"] + 0.8 * box["width"], middle)
    page.mouse.up()
    assert abs(position(page) - 80) <= 1


@on_desktop
def test_own_picture_goes_behind(page, tmp_path):
    Image.new("RGB", (300, 200), (20, 140, 60)).save(tmp_path / "meadow.png")
    open_sample(page)
    page.get_by_role("radio", name="Picture").click()
    expect(page.get_by_text("it is cropped to fill")).to_be_visible()
    wait_until_built(page)
    before = shown_result(page)
    upload(page, tmp_path / "meadow.png")
    expect(page.locator(".frame .after")).not_to_have_attribute("src", before)
    with Image.open(io.BytesIO(download(page, "composite"))) as composite:
        assert composite.getpixel((composite.width - 10, 10)) == (20, 140, 60)


def test_bad_files_are_refused_in_words(page, tmp_path):
    (tmp_path / "letter.jpg").write_text("Dear Sir or Madam")
    cut = HOPPER.file.read_bytes()[:20_000]
    (tmp_path / "cut.jpg").write_bytes(cut)
    upload(page, tmp_path / "letter.jpg", tmp_path / "cut.jpg")
    # The entrance is open for another, and says what was wrong: of the last file only then.
    expect(page.get_by_text("cut.jpg: This picture is cut short")).to_be_visible()
    wait_until_built(page)  # until then what the page before said is there, too
    expect(page.get_by_role("button", name=HOPPER.person)).to_be_visible()
    expect(page.get_by_role("button", name="New photo")).to_be_hidden()
    for said in ("letter.jpg: This file is not a picture", "cut.jpg: This picture is cut short"):
        expect(page.get_by_text(said)).to_have_count(1)
        expect(page.get_by_text(said)).to_be_visible()
    assert_fits(page)


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
    show_single_files(page)
    with Image.open(io.BytesIO(download(page, "trimap"))) as saved:
        np.testing.assert_array_equal(np.asarray(saved), trimap)


def test_camera_takes_a_photo(page):
    """Chromium's pretended camera shows a green test picture: no person, and the page says so."""
    page.get_by_text("Take a photo with the camera").click()
    page.wait_for_function("document.querySelector('video')?.currentTime > 1")
    page.get_by_role("button", name="Take Photo").click()
    expect(page.get_by_text("No person was found")).to_be_visible()
    expect(page.get_by_role("radio", name="Keep")).to_be_visible()
    assert_fits(page)


@on_desktop
def test_the_photo_chosen_stays_while_others_are_worked_on(page, tmp_path):
    """A click amid the work is answered after it, when one photo more is there to choose from."""
    files = [tmp_path / f"{name}.jpg" for name in "abcdef"]
    for file in files:
        file.write_bytes(HOPPER.file.read_bytes())
    upload(page, *files)
    second = page.get_by_role("radio", name="b.jpg")
    second.wait_for()
    expect(page.locator(".st-key-chosen_of_6")).to_be_hidden()
    second.click()
    expect(page.locator(".st-key-chosen_of_6")).to_be_visible()
    wait_until_built(page)
    expect(page.get_by_role("radio", name="b.jpg")).to_have_attribute("aria-checked", "true")


# The most bars, buttons to cancel and results that were seen at once from now on.
WATCH = """selectors => {
    window.most = selectors.map(() => 0);
    const look = () => {
        window.most = selectors.map((each, at) => {
            const seen = [...document.querySelectorAll(each)].filter((one) => one.checkVisibility());
            return Math.max(window.most[at], seen.length);
        });
        requestAnimationFrame(look);
    };
    look();
}"""


@on_desktop
def test_many_photos_some_of_them_bad_show_one_bar_and_one_result_at_a_time(page, tmp_path):
    files = [tmp_path / f"{name}.jpg" for name in "abcdef"]
    for place, file in enumerate(files):
        file.write_bytes(HOPPER.file.read_bytes() if place % 2 == 0 else b"no picture")
    page.evaluate(WATCH, ["[data-testid=stProgress]", ".st-key-cancel", ".way"])
    upload(page, *files)
    expect(page.locator(".st-key-chosen_of_3")).to_be_visible()
    expect(page.get_by_role("button", name="Dismiss")).to_have_count(3)
    wait_until_built(page)
    assert page.evaluate("window.most") == [1, 1, 1]


@on_desktop
def test_photos_of_one_name_can_each_be_looked_at(page, tmp_path):
    files = []
    for number, sample in enumerate(SAMPLES[:2]):
        files.append(tmp_path / str(number) / "IMG_0001.jpg")
        files[-1].parent.mkdir()
        files[-1].write_bytes(sample.file.read_bytes())
    upload(page, *files)
    expect(page.locator(".st-key-chosen_of_2")).to_be_visible()
    picture = page.locator(".frame .before")
    wait_until_built(page)
    seen = [picture.get_attribute("src")]
    for number in (2, 1):
        wait_until_built(page)
        pill = page.get_by_role("radio", name=f"{number}: IMG_0001.jpg")
        pill.click()
        expect(pill).to_have_attribute("aria-checked", "true")
        expect(picture).not_to_have_attribute("src", seen[-1])
        seen.append(picture.get_attribute("src"))
    assert seen[0] == seen[2]


@pytest.mark.parametrize("screen", ["phone"], indirect=True)
def test_a_screen_reader_finds_the_page_and_the_menu_by_name(page, screen):
    expect(page.get_by_role("main").get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("button", name="Menu", exact=True).click()
    page.get_by_role("button", name="Close menu").click()
    expect(page.get_by_test_id("stSidebar")).not_to_be_in_viewport()


@on_desktop
def test_reload_forgets_everything(page):
    open_sample(page)
    page.reload()
    expect(page.get_by_role("button", name=HOPPER.person)).to_be_visible()
    expect(page.locator(WAY)).to_have_count(0)
