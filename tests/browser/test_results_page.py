"""The results page in a real Chromium."""

import re

import pytest
from playwright.sync_api import Page, expect

from pipeline.samples import HOPPER
from tests.browser.studio import assert_fits, choose_page, choose_tab, upload

pytestmark = pytest.mark.browser


def open_tab(page: Page, screen: str, tab: str) -> None:
    choose_page(page, screen, "Results")
    page.get_by_role("heading", name="Measured Results").wait_for()
    choose_tab(page, tab)


def test_figures_are_drawn_and_fit(page, screen):
    open_tab(page, screen, "Masks")
    charts = page.get_by_test_id("stVegaLiteChart").locator("svg.marks")
    # The photos' IoU, and loss and IoU of each of three trainings.
    expect(charts.filter(visible=True)).to_have_count(1 + 3 * 2)
    assert_fits(page)
    choose_tab(page, "Memory")
    expect(page.get_by_text("Deep Image Matting").first).to_be_visible()
    assert_fits(page)


@pytest.mark.parametrize("screen", ["phone"], indirect=True)
def test_best_and_worst_are_shown_on_samples(page, screen):
    open_tab(page, screen, "Mattes")
    for title in ("Best", "Worst"):
        expect(page.locator(".row figure").filter(has_text=f"{title}:")).to_have_count(2)
    assert_fits(page)


def test_two_networks_are_compared_on_a_photo(page, screen):
    open_tab(page, screen, "Your photo")
    said = page.get_by_text(re.compile(r"differ on \d+\.\d percent"))
    expect(said).to_be_visible()
    result = page.locator(".frame .after")
    expect(result).to_have_attribute("src", re.compile("data:"))
    before = result.get_attribute("src")
    page.get_by_role("radio", name="Your own photo").click()
    upload(page, HOPPER.file)
    expect(result).to_have_attribute("src", re.compile("data:"))
    expect(result).not_to_have_attribute("src", before)
    assert_fits(page)


def test_network_is_drawn_and_its_layers_explained(page, screen):
    open_tab(page, screen, "The network")
    drawing = page.get_by_role("img", name=re.compile("The network: input 192 x 256 x 6"))
    expect(drawing).to_be_visible()
    expect(page.locator(".row img")).to_have_count(5)
    assert_fits(page)
