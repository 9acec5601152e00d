"""What the tests of the Studio do and look at, again and again."""

import io
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, TimeoutError, expect

from pipeline.samples import HOPPER

# For what does not depend on the width of the screen.
on_desktop = pytest.mark.parametrize("screen", ["desktop"], indirect=True)

WAY = ".way img"
THUMB_PIXELS = 44
MILLISECONDS_TO_SETTLE = 10_000

# Every control that can be seen, in the page and within its components; links in running text and
# Streamlit's question marks, which only repeat what is written, are none.
SMALL_CONTROLS = """(least) => {
    const found = [];
    const look = (root) => {
        for (const each of root.querySelectorAll("*")) {
            if (each.shadowRoot) look(each.shadowRoot);
            if (!each.matches("button, a[role=button], select, [role=tab]")) continue;
            if (each.closest('[data-testid="stTooltipHoverTarget"]') && !each.textContent) continue;
            const { width, height } = each.getBoundingClientRect();
            const seen = each.checkVisibility({ visibilityProperty: true });
            if (seen && width && (height < least - 0.5 || width < least - 0.5)) {
                found.push(`${each.textContent || each.ariaLabel} ${width} x ${height}`);
            }
        }
    };
    look(document.querySelector('[data-testid="stAppViewContainer"]'));
    return found;
}"""

PICTURES_WITHOUT_WORDS = """() => {
    const found = [];
    const look = (root) => {
        for (const each of root.querySelectorAll("*")) {
            if (each.shadowRoot) look(each.shadowRoot);
            if (each.matches("img") && !each.alt) found.push(each.outerHTML.slice(0, 80));
        }
    };
    look(document.querySelector('[data-testid="stMain"]'));
    return found;
}"""


def choose_page(page: Page, screen: str, name: str) -> None:
    """Goes to a page by the menu, as people do."""
    wait_until_built(page)
    if screen == "phone":
        page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("link", name=name).click()
    if screen == "phone":
        # The menu closes by itself, and would catch a click until then.
        expect(page.get_by_test_id("stSidebar")).not_to_be_in_viewport()


def wait_until_built(page: Page) -> None:
    """A key or a click on a page that is still being built is lost."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def choose_tab(page: Page, name: str) -> None:
    """Streamlit disables a tab while its script runs, until the script has sent it again.

    A click on the tab that is open already begins such a run, too, in which the next click is lost;
    and one that is no longer open still looks so for a moment.
    """
    wait_until_built(page)
    tab = page.get_by_role("tab", name=name)
    if tab.get_attribute("aria-selected") != "true":
        tab.click()
    expect(tab).to_have_attribute("aria-selected", "true")


def upload(page: Page, *files) -> None:
    page.locator("[data-testid=stFileUploaderDropzoneInput]").first.set_input_files(files)


def wait_for_result(page: Page) -> None:
    expect(page.locator(WAY)).to_have_count(4)
    expect(page.get_by_text("Done in")).to_be_visible()


def open_sample(page: Page) -> None:
    page.get_by_role("button", name=HOPPER.person).click()
    wait_for_result(page)


def show_single_files(page: Page) -> None:
    """Opens the list of single files; a click while it unrolls would miss its button."""
    page.get_by_text("Single files").click()
    page.wait_for_function(
        "list => list.open && list.getAnimations({ subtree: true }).length === 0",
        arg=page.locator("details", has_text="Single files").element_handle(),
    )


def download(page: Page, name: str) -> bytes:
    """The file behind a button, by its name in pipeline/scene_files.py."""
    wait_until_built(page)  # until then the button still has what was there before
    with page.expect_download() as saved:
        page.locator(f".st-key-download_{name} button").click()
    return saved.value.path().read_bytes()


def alpha_of(page: Page) -> np.ndarray:
    """The present matte as it is downloaded, (H, W) of 0 to 65535."""
    with Image.open(io.BytesIO(download(page, "alpha-16-bit"))) as picture:
        return np.asarray(picture).astype(int)


def assert_fits(page: Page) -> None:
    """Nothing makes the page scroll sideways."""
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1]


def assert_large_enough_for_a_thumb(page: Page) -> None:
    wait_until_built(page)
    # On a page opened for the first time, letters, styles and scripts may still be on their way.
    with suppress(TimeoutError):
        page.wait_for_function(
            f"least => !({SMALL_CONTROLS})(least).length && !({PICTURES_WITHOUT_WORDS})().length",
            arg=THUMB_PIXELS,
            timeout=MILLISECONDS_TO_SETTLE,
        )
    assert page.evaluate(SMALL_CONTROLS, THUMB_PIXELS) == []
    assert page.evaluate(PICTURES_WITHOUT_WORDS) == []


def save_with_trimap(folder: Path, size: tuple[int, int]) -> list[Path]:
    """A large photo with its own trimap, so that little is to be solved; returns both files."""
    photo, own = folder / "Image1.jpg", folder / "Trimap1.png"
    with Image.open(HOPPER.file) as picture:
        picture.resize(size).save(photo)
    trimap = np.full(size[::-1], 128, np.uint8)
    middle = size[0] // 2
    trimap[:, : middle + 2], trimap[:, middle + 6 :] = 0, 255
    Image.fromarray(trimap).save(own)
    return [photo, own]


def wait_for_strokes(page: Page, count: int) -> None:
    expect(page.locator(".brush .said")).to_have_text(f"Strokes painted: {count}")


def open_brush(page: Page, strokes: int = 0) -> Locator:
    """The frame that is painted on; what is said under it is said by a brush that works."""
    choose_tab(page, "Correct")
    wait_for_strokes(page, strokes)
    frame = page.get_by_role("application")
    frame.scroll_into_view_if_needed()
    return frame
