"""Enlarging, files, settings in the address, what is left and come back to; in a real Chromium."""

import io
import json
import zipfile

import pytest
from PIL import Image
from playwright.sync_api import expect

from pipeline.samples import COLLINS, HOPPER
from tests.browser.conftest import SCREENS, SECONDS_TO_WAIT
from tests.browser.studio import (
    assert_fits,
    choose_page,
    choose_tab,
    download,
    on_desktop,
    open_brush,
    open_sample,
    save_with_trimap,
    show_single_files,
    upload,
    wait_for_result,
    wait_for_strokes,
    wait_until_built,
)

pytestmark = pytest.mark.browser

on_phone = pytest.mark.parametrize("screen", ["phone"], indirect=True)

MILLISECONDS_TO_REST = 2_000

PASTE_TINY_PICTURE = """async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 8, height: 8 });
    const blob = await new Promise((done) => canvas.toBlob(done));
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([blob], "tiny.png", { type: "image/png" }));
    document.dispatchEvent(new ClipboardEvent("paste", { clipboardData }));
}"""

# The work may be done before a test has found the button.
CANCEL_AT_ONCE = """() => {
    window.cancelled = false;
    new MutationObserver((_, self) => {
        const button = document.querySelector(".st-key-cancel button");
        if (!button) return;
        self.disconnect();
        button.click();
        window.cancelled = true;
    }).observe(document.body, { childList: true, subtree: true });
}"""


@on_desktop
def test_what_is_shown_larger_than_its_pixels_has_no_button_to_enlarge_it(page, tmp_path):
    small = tmp_path / "small.png"
    with Image.open(HOPPER.file) as photo:
        photo.resize((80, 96)).save(small)
    upload(page, small)
    wait_for_result(page)
    expect(page.locator(".frame .after")).to_be_visible()
    expect(page.locator(".frame .zoom")).to_be_hidden()


@on_desktop
def test_a_picture_that_is_refused_leaves_nothing_twice(page, tmp_path):
    """Its sentence comes and goes above the sliders of the one behind the person."""
    good, other, bad = (tmp_path / name for name in ("good.jpg", "other.jpg", "bad.jpg"))
    good.write_bytes(HOPPER.file.read_bytes())
    other.write_bytes(COLLINS.file.read_bytes())
    bad.write_text("no picture")
    open_sample(page)
    page.get_by_role("radio", name="Picture").click()
    page.get_by_text("Until a picture is chosen").wait_for()
    for file, said in (
        (good, page.get_by_role("slider", name="Left to right")),
        (bad, page.get_by_text("bad.jpg: This file is not a picture")),
        (other, page.get_by_text("other.jpg", exact=True)),
    ):
        upload(page, file)
        expect(said).to_be_visible()
        # What stays behind does so once the page has come to rest.
        page.wait_for_timeout(MILLISECONDS_TO_REST)
        wait_until_built(page)
    expect(page.get_by_text("bad.jpg: This file")).to_have_count(0)
    for name in ("Left to right", "Match the light", "Shadow"):
        expect(page.get_by_role("slider", name=name)).to_have_count(1)


@on_desktop
def test_the_browser_asks_before_more_than_a_clicks_work_is_lost(page, tmp_path):
    def asks() -> bool:
        return page.evaluate(
            """() => !dispatchEvent(new Event("beforeunload", { cancelable: true }))"""
        )

    open_sample(page)
    frame = open_brush(page)
    assert not asks()
    frame.focus()
    page.keyboard.press("Space")
    wait_for_strokes(page, 1)
    page.wait_for_function("onbeforeunload !== null")
    assert asks()
    choose_page(page, "desktop", "About")
    page.get_by_role("heading", name="About").first.wait_for()
    assert asks()
    choose_page(page, "desktop", "Studio")
    page.get_by_role("button", name="New photo").click()
    question = page.get_by_role("dialog")
    expect(question.get_by_text("This removes the photo and brush strokes")).to_be_visible()
    question.get_by_role("button", name="Stay here").click()
    expect(question).to_be_hidden()
    expect(page.get_by_role("heading", level=1, name=HOPPER.file.name)).to_be_visible()
    page.get_by_role("button", name="New photo").click()
    question.get_by_role("button", name="New photo").click()
    page.wait_for_function("onbeforeunload === null")
    assert not asks()
    files = [tmp_path / "a.jpg", tmp_path / "b.jpg"]
    for file in files:
        file.write_bytes(HOPPER.file.read_bytes())
    upload(page, *files)
    page.wait_for_function("onbeforeunload !== null")


@on_desktop
def test_who_neither_sees_nor_points_is_told_and_led(page):
    page.locator(".announced").wait_for(state="attached")  # its script listens to keys
    page.get_by_role("button", name=HOPPER.person).focus()
    page.keyboard.press("Enter")
    said = page.get_by_role("status").filter(has_text="1 of 1")
    expect(said).to_have_text("Done: 1 of 1")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="New photo", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="We Create Real Masks")).to_be_focused()


@on_desktop
def test_on_a_low_screen_a_result_is_seen_from_its_top(page):
    page.set_viewport_size({"width": 640, "height": 400})
    try:
        page.get_by_role("button", name=HOPPER.person).click()
        wait_for_result(page)
        expect(page.get_by_role("heading", level=1, name=HOPPER.file.name)).to_be_in_viewport()
    finally:
        page.set_viewport_size(SCREENS["desktop"]["viewport"])


@on_desktop
def test_every_download_opens(page):
    open_sample(page)
    with Image.open(HOPPER.file) as photo:
        size = photo.size
    show_single_files(page)
    modes = {
        "composite": "RGB",
        "cutout": "RGBA",
        "cutout-premultiplied": "RGBA",
        "alpha": "L",
        "alpha-16-bit": "I;16",
        "trimap": "L",
        "mask": "L",
    }
    for name, mode in modes.items():
        with Image.open(io.BytesIO(download(page, name))) as picture:
            assert (picture.size, picture.mode, picture.format) == (size, mode, "PNG"), name
    page.get_by_role("radio", name="Transparent").click()
    page.get_by_role("radio", name="JPEG").click()
    expect(page.get_by_text("shows the person on white")).to_be_visible()
    with Image.open(io.BytesIO(download(page, "composite"))) as picture:
        assert picture.format == "JPEG" and min(picture.getpixel((size[0] - 10, 10))) > 250
    choose_tab(page, "Crop")
    page.get_by_role("radio", name="USA").click()
    page.get_by_role("radio", name="WebP").click()
    expect(page.get_by_text("WebP is smaller")).to_be_visible()
    with Image.open(io.BytesIO(download(page, "sheet"))) as sheet:
        assert sorted(sheet.size) == [1181, 1772] and sheet.info["dpi"] == (300, 300)
    stem = HOPPER.file.stem
    with zipfile.ZipFile(io.BytesIO(download(page, "zip"))) as packed:
        names = {f"{stem}.{name}.png" for name in set(modes) - {"composite"}}
        assert set(packed.namelist()) == names | {f"{stem}.composite.webp", f"{stem}.settings.json"}
        assert packed.testzip() is None
        settings = json.loads(packed.read(f"{stem}.settings.json"))
        assert (settings["crop"], settings["format"]) == ("USA 2 × 2 in", "WebP")
        with Image.open(packed.open(f"{stem}.composite.webp")) as picture:
            assert picture.width == picture.height


def test_picture_enlarges_to_its_own_pixels(page, screen, tmp_path):
    """A photo larger than what is shown."""
    upload(page, *save_with_trimap(tmp_path, (1536, 1800)))
    wait_for_result(page)
    after = page.locator(".frame .after")
    expect(after).to_have_js_property("naturalHeight", 1280)
    button = page.locator(".frame .zoom")
    button.scroll_into_view_if_needed()
    expect(button).to_have_text("100 %")
    button.click()
    expect(button).to_have_text("Fit")
    ratio = after.evaluate("picture => picture.getBoundingClientRect().width * devicePixelRatio")
    assert ratio == pytest.approx(1536, abs=1)
    expect(after).to_have_js_property("naturalHeight", 1800)
    left = after.evaluate("picture => picture.getBoundingClientRect().left")
    if screen == "desktop":
        box = page.locator(".frame").bounding_box()
        page.mouse.move(box["x"] + 500, box["y"] + 120)
        page.mouse.down()
        page.mouse.move(box["x"] + 440, box["y"] + 120, steps=3)
        page.mouse.up()
        moved = after.evaluate("picture => picture.getBoundingClientRect().left")
        assert moved == pytest.approx(left - 60, abs=1)
    button.click()
    expect(button).to_have_text("100 %")
    # From now on nothing is worked out at a size that nobody looks at.
    expect(after).to_have_js_property("naturalHeight", 1280)
    assert_fits(page)


@on_desktop
def test_address_brings_the_settings_back(page, address):
    page.goto(f"{address}/?background=Studio&set=Blue&crop=Square&band=14&light=much")
    open_sample(page)
    expect(page.get_by_role("radio", name="Blue")).to_be_checked()
    expect(page.get_by_text("Download (512 × 512 pixels)")).to_be_visible()
    choose_tab(page, "Edge")
    expect(page.get_by_role("slider", name="Width of the uncertain edge")).to_have_value("14")
    expect(page).to_have_url(f"{address}/?background=Studio&set=Blue&crop=Square&band=14")
    choose_tab(page, "Background")
    page.get_by_role("radio", name="Blur").click()
    expect(page).to_have_url(f"{address}/?background=Blur&set=Blue&crop=Square&band=14")
    # Another page and back again: the photo and its settings are still there.
    page.get_by_role("link", name="3D face").click()
    page.get_by_role("heading", name="A Face in Three Dimensions").wait_for()
    page.go_back()
    wait_for_result(page)
    expect(page.get_by_role("radio", name="Blur")).to_be_checked()


@on_desktop
def test_photos_that_went_with_the_session_are_not_missed_without_a_word(page):
    gone = page.get_by_text("Your earlier photos are gone")
    expect(gone).to_be_hidden()
    open_sample(page)
    page.get_by_role("button", name="New photo").click()
    page.get_by_role("button", name=HOPPER.person).wait_for()
    wait_until_built(page)
    expect(gone).to_be_hidden()  # who clears the table knows
    open_sample(page)
    page.wait_for_function("sessionStorage.getItem('visit-with-photos')")
    page.reload()
    expect(gone).to_be_visible()


@on_desktop
def test_two_people_do_not_see_each_others_pictures(page, chromium, address):
    other = chromium.new_context(**SCREENS["desktop"])
    other.set_default_timeout(1000 * SECONDS_TO_WAIT)
    try:
        second = other.new_page()
        second.goto(address)
        open_sample(page)
        expect(second.get_by_role("heading", name="We Create Real Masks")).to_be_visible()
        second.reload()
        expect(second.get_by_role("heading", name="We Create Real Masks")).to_be_visible()
        expect(second.get_by_text(HOPPER.file.name)).to_have_count(0)
    finally:
        other.close()


@on_desktop
def test_work_can_be_cancelled(page):
    page.evaluate(CANCEL_AT_ONCE)
    page.get_by_role("button", name=HOPPER.person).click()
    page.wait_for_function("window.cancelled")
    expect(page.get_by_role("heading", name="We Create Real Masks")).to_be_visible()


@on_desktop
def test_a_photo_of_the_camera_that_was_cancelled_is_not_taken_again(page):
    page.get_by_text("Take a photo with the camera").click()
    page.wait_for_function("document.querySelector('video')?.currentTime > 1")
    page.evaluate(CANCEL_AT_ONCE)
    page.get_by_role("button", name="Take Photo").click()
    page.wait_for_function("window.cancelled")
    expect(page.get_by_role("heading", name="We Create Real Masks")).to_be_visible()
    wait_until_built(page)
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)


@on_desktop
def test_pasted_picture_is_taken(page):
    """One that is too small, as that needs no time: its refusal shows that it arrived."""
    button = page.get_by_role("button", name="Paste from the clipboard")
    page.wait_for_function("button => button.stopPasting", arg=button.element_handle())
    page.evaluate(PASTE_TINY_PICTURE)
    page.evaluate(PASTE_TINY_PICTURE)  # as a double click on the button does
    expect(page.get_by_text("tiny.png: This picture is too small")).to_have_count(1)


@on_phone
def test_menu_closes_after_choosing(page):
    page.locator("[data-testid=stExpandSidebarButton]").click()
    page.get_by_role("link", name="3D face").click()
    page.get_by_role("heading", name="A Face in Three Dimensions").wait_for()
    expect(page.locator("[data-testid=stSidebar]")).to_have_attribute("aria-expanded", "false")


@on_desktop
@pytest.mark.parametrize("width, height", [(700, 900), (768, 1024), (844, 390)])
def test_between_a_phone_and_a_laptop_no_tab_is_hidden(page, screen, width, height):
    open_sample(page)
    page.set_viewport_size({"width": width, "height": height})
    row = page.get_by_role("tablist")
    assert row.evaluate("row => row.scrollWidth <= row.clientWidth")
    picture, tools = page.locator(".frame").first.bounding_box(), row.bounding_box()
    assert picture["x"] + picture["width"] <= tools["x"]


@on_desktop
def test_on_a_phone_on_its_side_the_tools_stand_beside_the_picture(page, screen):
    open_sample(page)
    page.set_viewport_size({"width": 844, "height": 390})
    picture = open_brush(page).bounding_box()
    for name in ("Keep", "Remove", "Unsure"):
        tool = page.get_by_role("radio", name=name).bounding_box()
        assert tool["x"] + tool["width"] <= picture["x"]
        assert tool["y"] + tool["height"] <= picture["y"] + picture["height"]
