"""The step-by-step page in a real Chromium, on a laptop and on a phone."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect

from pipeline.samples import COLLINS, HOPPER
from tests.browser.conftest import SCREENS
from tests.browser.studio import assert_fits, choose_page, on_desktop, wait_until_built

pytestmark = pytest.mark.browser

# The first visit walks through the sample, on a busy machine slowly.
MILLISECONDS = 180_000
MILLISECONDS_TO_LISTEN = 20_000
# Slanted letters reach over their box by a pixel or two.
FORMULAS_FIT = "all => all.every(each => each.scrollWidth <= each.clientWidth + 4)"


def open_page(page: Page, screen: str) -> None:
    choose_page(page, screen, "Step by step")
    page.locator(".walk-facts").wait_for(timeout=MILLISECONDS)
    expect_step(page, "One photo")
    wait_until_built(page)


def heading(page: Page, title: str) -> Locator:
    return page.get_by_role("heading", name=title, exact=True)


def expect_step(page: Page, title: str) -> None:
    expect(heading(page, title)).to_be_visible()


def press(page: Page, key: str, sign: Locator) -> None:
    """Presses a key, and once more if nobody listened: shortcuts come alive after the page."""
    page.keyboard.press(key)
    with suppress(TimeoutError):
        sign.wait_for(timeout=MILLISECONDS_TO_LISTEN)
        return
    page.keyboard.press(key)
    expect(sign).to_be_visible()


def walk(page: Page, key: str, title: str) -> None:
    """Goes to the step beside the present one by a key."""
    press(page, key, heading(page, title))


def choose_step(page: Page, title: str) -> None:
    # Typing leaves one option, which no longer moves under the pointer.
    page.locator(".st-key-walk_chosen [role=combobox]").fill(title)
    page.get_by_role("option", name=re.compile(rf"\d+ +{title}$")).click()
    expect_step(page, title)


def test_every_step_has_its_pictures_and_fits(page, screen):
    open_page(page, screen)
    steps = int(page.locator(".walk-kicker").inner_text().split(" of ")[1].split(",")[0])
    for position in range(1, steps + 1):
        expect(page.locator(".walk-kicker")).to_contain_text(f"Step {position} of {steps}")
        picture = page.locator(".row img, .choose img").first
        expect(picture).not_to_have_js_property("naturalWidth", 0)
        expect(picture).to_have_attribute("alt", re.compile(".+"))
        assert_fits(page)
        assert page.locator(".katex-display").evaluate_all(FORMULAS_FIT)
        if position < steps:
            page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("button", name="Next")).to_be_disabled()


@on_desktop
def test_arrow_keys_walk_and_the_address_follows(page, screen):
    open_page(page, screen)
    walk(page, "ArrowRight", "Landmarks")
    expect(page).to_have_url(re.compile("step=landmarks"))
    walk(page, "ArrowRight", "Canonical pose")
    walk(page, "ArrowLeft", "Landmarks")
    expect(page.locator(".announced")).to_have_text(re.compile("Step 2 of .*: Landmarks"))
    # A keyboard whose button is switched off goes on from the title.
    page.get_by_role("button", name="Back").focus()
    page.keyboard.press("Enter")
    expect_step(page, "One photo")
    expect(heading(page, "One photo")).to_be_focused()


@on_desktop
def test_a_step_begins_at_its_top_and_its_keys_work_after_a_choice_from_the_list(page, screen):
    page.set_viewport_size({"width": 1280, "height": 500})
    try:
        open_page(page, screen)
        choose_step(page, "Canonical pose")
        walk(page, "ArrowRight", "Three more channels")
        main = page.get_by_test_id("stMain")
        main.evaluate("main => main.scrollTo(0, 400)")
        walk(page, "ArrowRight", "What the network sees")
        expect(heading(page, "What the network sees")).to_be_in_viewport()
        assert main.evaluate("main => main.scrollTop") == 0
    finally:
        page.set_viewport_size(SCREENS[screen]["viewport"])


@on_desktop
def test_present_mode_hides_the_menu_until_escape(page, screen):
    open_page(page, screen)
    press(page, "p", page.get_by_role("button", name="End"))
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    expect(page).to_have_url(re.compile("present=1"))
    walk(page, "ArrowRight", "Landmarks")
    press(page, "Escape", page.get_by_test_id("stHeader"))


@on_desktop
@pytest.mark.parametrize(
    "step, role, name",
    [("Trimap", "slider", re.compile("Width r")), ("The Laplacian", "radio", "All three")],
)
def test_a_setting_changed_by_a_key_keeps_the_focus(page, screen, step, role, name):
    open_page(page, screen)
    choose_step(page, step)
    page.get_by_role(role, name=name).focus()
    for _ in range(2):  # the first time from the shared walk of the sample
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("button", name="Back to the usual")).to_be_visible(timeout=60_000)
        wait_until_built(page)
        focused = page.locator(":is([data-testid=stSlider], [data-testid=stRadio]) :focus")
        expect(focused).to_have_count(1)
        expect_step(page, step)


@on_desktop
def test_a_click_into_the_picture_chooses_a_pixel(page, screen):
    open_page(page, screen)
    choose_step(page, "Nearest neighbours")
    words = page.get_by_text(re.compile(r"Pixel \d+, \d+ has \d+ neighbours"))
    before = words.inner_text()
    picture = page.locator(".choose img")
    expect(picture).not_to_have_js_property("naturalWidth", 0)
    box = picture.bounding_box()
    picture.click(position={"x": 0.85 * box["width"], "y": 0.6 * box["height"]})
    expect(words).not_to_have_text(before)
    # The arrow keys now belong to the slider that has the focus, not to the walk.
    page.get_by_role("slider", name="Pixel, from the top").press("ArrowRight")
    expect_step(page, "Nearest neighbours")


def test_the_panel_of_photos_closes_once_one_is_chosen(page, screen, tmp_path):
    open_page(page, screen)
    panel = page.get_by_role("radiogroup", name="Which photo")
    button = page.get_by_role("button", name="Photo", exact=True)
    button.click()
    panel.get_by_role("radio", name="Eileen Collins").focus()
    page.keyboard.press("ArrowDown")  # on the way to the next one
    expect(page).to_have_url(re.compile("photo=grace_hopper"))
    wait_until_built(page)
    panel.get_by_text("Eileen Collins").click()
    expect(panel).to_be_hidden()
    wait_until_built(page)
    button.click()
    panel.get_by_text("Your own photo").click()
    expect(panel).to_be_hidden()
    # Whoever has yet to give one is asked on the page itself, and may turn to a sample instead.
    upload = page.get_by_test_id("stFileUploaderDropzoneInput")
    expect(upload).to_have_count(1)
    wait_until_built(page)
    button.click()
    panel.get_by_text("Grace Hopper").click()
    expect(panel).to_be_hidden()
    expect(page.locator(".walk-facts")).to_be_visible()
    wait_until_built(page)
    button.click()
    panel.get_by_text("Your own photo").click()
    expect(page.locator(".walk-facts")).to_be_hidden()
    own = tmp_path / "own.jpg"
    own.write_bytes(HOPPER.file.read_bytes())
    upload.set_input_files(own)
    expect(page.locator(".walk-facts")).to_contain_text("512 × 600")
    wait_until_built(page)
    # Another one is asked for in the same place.
    button.click()
    page.get_by_role("button", name="Another photo").click()
    expect(panel).to_be_hidden()
    expect(page.locator(".walk-facts")).to_be_hidden()
    own.write_bytes(COLLINS.file.read_bytes())
    upload.set_input_files(own)
    expect(page.locator(".walk-facts")).to_contain_text("512 × 512")


@on_desktop
def test_the_panel_of_photos_opened_by_a_key_has_the_focus(page, screen):
    open_page(page, screen)
    wait_until_built(page)
    button = page.get_by_role("button", name="Photo", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name="Eileen Collins")).to_be_focused()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()


def whole_screen(page: Page):
    return page.get_by_role("dialog", name="Picture on the full screen")


@on_desktop
def test_a_picture_fills_the_screen_and_the_arrow_keys_turn_to_the_next(page, screen):
    open_page(page, screen)
    choose_step(page, "Three more channels")
    page.get_by_role("button", name="Blue above the face, gold below it").click()
    expect(whole_screen(page)).to_contain_text("y (2 of 3)")
    box = whole_screen(page).bounding_box()
    assert (box["width"], box["height"]) == tuple(page.evaluate("[innerWidth, innerHeight]"))
    page.keyboard.press("ArrowRight")
    expect(whole_screen(page)).to_contain_text("Mean mask (3 of 3)")
    page.keyboard.press("Escape")
    expect(whole_screen(page)).to_be_hidden()
    expect_step(page, "Three more channels")
    # Another step's pictures take over the key.
    walk(page, "ArrowRight", "What the network sees")
    expect(page.locator(".row img")).to_have_count(4)
    page.keyboard.press("f")
    expect(whole_screen(page)).to_contain_text("Stride 2 (1 of 4)")


@on_desktop
def test_the_picture_of_a_pixel_fills_the_screen_and_keeps_the_page_where_it_is(page, screen):
    open_page(page, screen)
    choose_step(page, "Nearest neighbours")
    page.get_by_role("button", name="Full screen").click()
    stage = page.locator(".stage[popover]")
    expect(stage).to_be_visible()
    # It is the document that hears the keys of the walk.
    page.evaluate("document.addEventListener('keydown', ({ key }) => (window.heard = key))")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("window.heard") is None
    page.keyboard.press("Escape")
    expect(stage).to_have_count(0)
    walk(page, "ArrowRight", "The Laplacian")


@on_desktop
def test_what_is_changed_is_in_the_address_and_can_be_taken_back(page, screen):
    open_page(page, screen)
    choose_step(page, "Nearest neighbours")
    for plot in ("a* and b*", "a* and L*"):
        expect(page.get_by_label(f"The pixel among its neighbours: {plot}")).to_be_visible()
    page.get_by_text("RGB", exact=True).click()
    expect(page).to_have_url(re.compile("space=rgb"))
    expect(page.get_by_label("The pixel among its neighbours: Red and Green")).to_be_visible()
    page.get_by_role("button", name="Back to the usual settings").click()
    expect(page.get_by_label("The pixel among its neighbours: a* and b*")).to_be_visible()
    assert "space" not in page.url


@on_desktop
def test_the_browser_s_back_leads_to_the_page_before(page, screen):
    open_page(page, screen)
    walk(page, "ArrowRight", "Landmarks")
    walk(page, "ArrowRight", "Canonical pose")
    page.go_back()
    expect(page.get_by_role("heading", name="We Create Real Masks")).to_be_visible()
