"""Correcting by hand; in a real Chromium."""

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.studio import (
    alpha_of,
    assert_fits,
    choose_page,
    choose_tab,
    on_desktop,
    open_brush,
    open_sample,
    save_with_trimap,
    show_single_files,
    upload,
    wait_for_result,
    wait_for_strokes,
)

pytestmark = pytest.mark.browser

# Where in the picture the brush paints, as shares of its width and height: the plain blue wall.
WALL = (0.85, 0.12)
REMEMBER_INERT = """downloads => {
    window.wasInert = false;
    new MutationObserver(() => (window.wasInert ||= downloads.inert)).observe(downloads, {
        attributeFilter: ["inert"],
    });
}"""


def test_brush_changes_the_alpha_there_and_nowhere_else(page, screen):
    open_sample(page)
    show_single_files(page)
    before = alpha_of(page)
    box = open_brush(page).bounding_box()
    x, y = box["x"] + WALL[0] * box["width"], box["y"] + WALL[1] * box["height"]
    if screen == "phone":
        page.touchscreen.tap(x, y)
    else:
        page.mouse.move(x - 10, y)
        page.mouse.down()
        page.mouse.move(x + 10, y, steps=4)
        page.mouse.up()
    wait_for_strokes(page, 1)
    assert_fits(page)

    after = alpha_of(page)
    height, width = after.shape
    column, row = round(WALL[0] * width), round(WALL[1] * height)
    assert before[row, column] == 0 and after[row, column] == 65535
    rows, columns = np.nonzero(after != before)
    # The brush is 30 pixels of the screen wide; around it the edge is worked out anew.
    reach = (10 + 15) * width / box["width"] + 24
    assert np.abs(rows - row).max() <= reach and np.abs(columns - column).max() <= reach

    page.get_by_role("radio", name="Remove").click()
    choose_tab(page, "Edge")
    expect(page.locator(".frame .after")).to_be_visible()
    open_brush(page, strokes=1)
    expect(page.get_by_role("radio", name="Remove")).to_have_attribute("aria-checked", "true")

    page.get_by_role("button", name="Undo").click()
    wait_for_strokes(page, 0)
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    np.testing.assert_array_equal(alpha_of(page), before)


@on_desktop
def test_brush_works_from_the_keyboard(page):
    open_sample(page)
    show_single_files(page)
    open_brush(page).focus()
    page.keyboard.press("2")
    expect(page.get_by_role("radio", name="Remove")).to_have_attribute("aria-checked", "true")
    page.keyboard.press("Space")  # the brush starts in the middle of the picture: the face
    wait_for_strokes(page, 1)
    alpha = alpha_of(page)
    assert alpha[alpha.shape[0] // 2, alpha.shape[1] // 2] == 0
    page.keyboard.press("Control+z")  # the focus is on the download's button
    wait_for_strokes(page, 0)
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    page.keyboard.press("Control+Shift+z")
    wait_for_strokes(page, 1)
    expect(page.get_by_role("button", name="Redo")).to_be_disabled()
    page.get_by_role("button", name="Undo").click()
    wait_for_strokes(page, 0)
    page.keyboard.press("Control+y")
    wait_for_strokes(page, 1)


@on_desktop
def test_strokes_that_were_not_solved_when_the_page_was_left_are_solved_on_return(page, tmp_path):
    upload(page, *save_with_trimap(tmp_path, (2700, 3600)))
    wait_for_result(page)
    frame = open_brush(page)
    box = frame.bounding_box()
    for share in (0.2, 0.3, 0.4, 0.5):
        page.mouse.click(box["x"] + 0.2 * box["width"], box["y"] + share * box["height"])
    page.get_by_role("link", name="About").click()  # at once, with most of them not solved yet
    page.get_by_role("heading", name="About").first.wait_for()
    choose_page(page, "desktop", "Studio")
    wait_for_strokes(page, 4)
    # Enlarged, it shows the photo's own pixels.
    picture = page.locator(".brush img")
    expect(picture).to_have_js_property("naturalHeight", 1280)
    page.locator(".brush .zoom").click()
    expect(picture).to_have_js_property("naturalHeight", 3600)
    page.locator(".brush .zoom").click()
    expect(picture).to_have_js_property("naturalHeight", 1280)
    # Nothing is taken away without a stroke that is still being solved.
    downloads = page.locator(".st-key-downloads")
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    downloads.evaluate(REMEMBER_INERT)
    page.mouse.click(box["x"] + 0.2 * box["width"], box["y"] + 0.6 * box["height"])
    page.wait_for_function("window.wasInert")
    wait_for_strokes(page, 5)
    expect(downloads).to_have_js_property("inert", False)
    page.get_by_role("button", name="Undo").click()
    wait_for_strokes(page, 4)
    show_single_files(page)
    height, width = (after := alpha_of(page)).shape
    for share in (0.2, 0.3, 0.4, 0.5):
        assert after[round(share * height), round(0.2 * width)] == 65535


@on_desktop
def test_an_enlarged_picture_is_moved_under_the_brush(page):
    open_sample(page)
    frame, picture = open_brush(page), page.locator(".brush img")
    expect(picture).not_to_have_js_property("naturalHeight", 0)

    def place() -> tuple[float, float]:
        box = picture.bounding_box()
        return box["x"] - frame.bounding_box()["x"], box["y"] - frame.bounding_box()["y"]

    frame.focus()
    page.keyboard.press("0")
    expect(page.get_by_role("button", name="Show the whole picture")).to_be_visible()
    box, (x, y) = frame.bounding_box(), place()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for button, key in (("left", "Shift"), ("middle", None)):
        if key:
            page.keyboard.down(key)
        page.mouse.move(*middle)
        page.mouse.down(button=button)
        page.mouse.move(middle[0] - 20, middle[1] - 30, steps=3)
        page.mouse.up(button=button)
        if key:
            page.keyboard.up(key)
        x, y = x - 20, y - 30
        assert place() == pytest.approx((x, y), abs=1)
    # The brush goes to the frame's edge first, then the picture goes on.
    page.mouse.move(box["x"] + 1, middle[1])
    page.keyboard.press("ArrowLeft")
    assert place()[0] == pytest.approx(x + 14, abs=1)
    wait_for_strokes(page, 0)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.up()
    wait_for_strokes(page, 1)


def test_of_a_strip_enough_is_left_to_paint_on(page, screen, tmp_path):
    strip = tmp_path / "strip.png"
    Image.fromarray(np.full((80, 1200, 3), 90, np.uint8)).save(strip)
    upload(page, strip)
    show_single_files(page)
    frame, picture = open_brush(page), page.locator(".brush img")
    around, inside = frame.bounding_box(), picture.bounding_box()
    assert around["height"] >= 160
    assert inside["width"] / inside["height"] == pytest.approx(15, rel=0.02)
    x, y = inside["x"] + inside["width"] / 4, inside["y"] + inside["height"] / 2
    if screen == "phone":
        page.touchscreen.tap(x, y)
    else:
        page.mouse.click(x, y)
    wait_for_strokes(page, 1)
    assert alpha_of(page)[40, 300] == 65535
    assert_fits(page)
