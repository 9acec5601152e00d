"""Both themes in a real Chromium: what stands there can be read, and the menu changes them."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from benchmarks.served import ROOT
from pipeline.samples import HOPPER
from tests.browser.studio import choose_page, choose_tab, on_desktop, wait_until_built

pytestmark = pytest.mark.browser

CONTRAST = (Path(__file__).parent / "contrast.js").read_text()
INK, IVORY = "rgb(11, 10, 9)", "rgb(250, 247, 241)"
# Colours fade from one theme to the other, on a busy machine slowly.
LOOKS, MILLISECONDS_BETWEEN = 20, 300


def ground(page: Page):
    return page.locator(".stApp")


def page_count() -> int:
    return len(list((ROOT / "pages").glob("*.py")))


def assert_readable_in_both_themes(page: Page) -> None:
    for scheme, color in (("dark", INK), ("light", IVORY)):
        page.emulate_media(color_scheme=scheme)
        expect(ground(page)).to_have_css("background-color", color)
        for _ in range(LOOKS):
            page.wait_for_timeout(MILLISECONDS_BETWEEN)
            faint = page.evaluate(CONTRAST)
            if not faint:
                break
        assert faint == [], scheme


def test_every_page_can_be_read_in_both_themes(page, screen):
    pages = page.get_by_test_id("stTopNavLink" if screen == "desktop" else "stSidebarNavLink")
    for position in range(page_count()):
        address = pages.nth(position).get_attribute("href")
        # The phone's menu need not be open for its links to be followed.
        pages.nth(position).dispatch_event("click")
        expect(page).to_have_url(address)
        if address.endswith("/steps"):
            page.locator(".walk-facts").wait_for()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        wait_until_built(page)
        # Once the page is left, the server forgets its pictures: none may still be on its way.
        page.wait_for_function("[...document.images].every(picture => picture.complete)")
        assert_readable_in_both_themes(page)


@on_desktop
def test_a_result_can_be_read_in_both_themes(page, screen):
    page.get_by_role("button", name=HOPPER.person).click()
    expect(page.get_by_text("Done in")).to_be_visible()
    assert_readable_in_both_themes(page)


@on_desktop
@pytest.mark.parametrize("tab", ["Mattes", "Memory", "Your photo", "The network"])
def test_every_tab_of_results_can_be_read_in_both_themes(page, screen, tab):
    choose_page(page, screen, "Results")
    choose_tab(page, tab)
    wait_until_built(page)
    assert_readable_in_both_themes(page)


@on_desktop
def test_every_step_can_be_read_on_paper(page, screen):
    """In the light theme, where the colours of charts are faintest."""
    page.emulate_media(color_scheme="light")
    choose_page(page, screen, "Step by step")
    page.locator(".walk-facts").wait_for()
    ahead = page.get_by_role("button", name="Next")
    faint = {}
    while True:
        wait_until_built(page)
        faint[page.url] = page.evaluate(CONTRAST)
        if ahead.is_disabled():
            break
        here = page.url
        ahead.click()
        page.wait_for_function("here => location.href !== here", arg=here)
    assert len(faint) > 10 and not any(faint.values()), faint


@on_desktop
def test_a_pop_up_can_be_read_in_both_themes(page, screen):
    choose_page(page, screen, "Step by step")
    page.locator(".walk-facts").wait_for()
    wait_until_built(page)
    page.get_by_role("button", name="Photo", exact=True).click()
    expect(page.get_by_role("radiogroup", name="Which photo")).to_be_visible()
    assert_readable_in_both_themes(page)
    page.get_by_text("Your own photo").click()
    expect(page.get_by_test_id("stFileUploaderDropzoneInstructions")).to_be_visible()
    assert_readable_in_both_themes(page)


def test_the_menu_offers_the_themes_and_nothing_else(page, screen):
    page.emulate_media(color_scheme="light")
    expect(ground(page)).to_have_css("background-color", IVORY)
    page.get_by_test_id("stMainMenu").click()
    expect(page.get_by_text("Print", exact=True)).to_be_hidden()
    expect(page.get_by_text("Made with Streamlit")).to_be_hidden()
    page.get_by_role("menuitemradio", name="Dark").click()
    expect(ground(page)).to_have_css("background-color", INK)
