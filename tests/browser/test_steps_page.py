"""The step-by-step page in a real Chromium, on a laptop and on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

on_desktop = pytest.mark.parametrize("screen", ["desktop"], indirect=True)

# The first visit walks through the sample, on a busy machine slowly.
MILLISECONDS = 180_000


def open_page(page: Page, screen: str) -> None:
    if screen == "phone":
        page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("link", name="Step by step").click()
    page.locator(".walk-facts").wait_for(timeout=MILLISECONDS)
    expect_step(page, "One photo")
    # A key that is pressed while the page is still being built is lost.
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def expect_step(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()


def assert_fits(page: Page) -> None:
    """Nothing makes the page scroll sideways."""
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1]


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
        if position < steps:
            page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("button", name="Next")).to_be_disabled()


@on_desktop
def test_arrow_keys_walk_and_the_address_follows(page, screen):
    open_page(page, screen)
    page.keyboard.press("ArrowRight")
    expect_step(page, "Landmarks")
    expect(page).to_have_url(re.compile("step=landmarks"))
    page.keyboard.press("ArrowRight")
    expect_step(page, "Canonical pose")
    page.keyboard.press("ArrowLeft")
    expect_step(page, "Landmarks")


@on_desktop
def test_present_mode_hides_the_menu_until_escape(page, screen):
    open_page(page, screen)
    page.keyboard.press("p")
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    expect(page).to_have_url(re.compile("present=1"))
    page.keyboard.press("ArrowRight")
    expect_step(page, "Landmarks")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stHeader")).to_be_visible()


@on_desktop
def test_a_click_into_the_picture_chooses_a_pixel(page, screen):
    open_page(page, screen)
    choose_step(page, "Nearest neighbours")
    words = page.get_by_text(re.compile(r"Pixel \d+, \d+ has \d+ neighbours"))
    before = words.inner_text()
    picture = page.locator(".choose img")
    box = picture.bounding_box()
    picture.click(position={"x": 0.85 * box["width"], "y": 0.6 * box["height"]})
    expect(words).not_to_have_text(before)
    # The arrow keys now belong to the slider that has the focus, not to the walk.
    page.get_by_role("slider", name="Pixel, from the top").press("ArrowRight")
    expect_step(page, "Nearest neighbours")


def whole_screen(page: Page):
    return page.get_by_role("dialog", name="Picture on the whole screen")


@on_desktop
def test_a_picture_fills_the_screen_and_the_arrow_keys_turn_to_the_next(page, screen):
    open_page(page, screen)
    choose_step(page, "Three more channels")
    page.get_by_role("button", name="y: whole screen").click()
    expect(whole_screen(page)).to_contain_text("y (2 of 3)")
    box = whole_screen(page).bounding_box()
    assert (box["width"], box["height"]) == tuple(page.evaluate("[innerWidth, innerHeight]"))
    page.keyboard.press("ArrowRight")
    expect(whole_screen(page)).to_contain_text("Mean mask (3 of 3)")
    page.keyboard.press("Escape")
    expect(whole_screen(page)).to_be_hidden()
    expect_step(page, "Three more channels")
    # Another step's pictures take over the key.
    page.keyboard.press("ArrowRight")
    expect_step(page, "What the network sees")
    expect(page.locator(".row img")).to_have_count(5)
    page.keyboard.press("f")
    expect(whole_screen(page)).to_contain_text("Stride 2 (1 of 5)")


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
