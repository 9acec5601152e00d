"""What people upload leaves the server's memory as soon as it is read or replaced."""

import re
import urllib.request

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.studio import (
    choose_page,
    choose_tab,
    on_desktop,
    open_sample,
    upload,
    wait_for_result,
    wait_until_built,
)

pytestmark = [pytest.mark.browser, on_desktop]

TIMES = 3


@pytest.fixture
def picture(tmp_path):
    """A file larger than what other visitors' uploads can be taken for: noise, 3 MB."""
    path = tmp_path / "noise.png"
    pixels = np.random.default_rng(0).integers(0, 256, (1000, 1000, 3), np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def held(address: str) -> int:
    """Bytes of uploads that the server holds, of all its visitors."""
    with urllib.request.urlopen(f"{address}/_stcore/metrics") as answer:
        lines = answer.read().decode()
    return sum(
        int(number) for number in re.findall(r'"UploadedFileManager".*\} (\d+)', lines)
    )


def test_what_is_read_is_let_go(page: Page, address, picture):
    before = held(address)
    upload(page, picture)
    wait_for_result(page)
    assert held(address) <= before
    choose_page(page, "desktop", "3D face")
    upload(page, picture)
    expect(page.get_by_text("No face was found").first).to_be_visible()
    assert held(address) <= before


def test_one_s_own_photo_on_another_page_is_held_once(page: Page, address, picture):
    before = held(address)
    for _ in range(TIMES):
        choose_page(page, "desktop", "Results")
        choose_tab(page, "Your photo")
        page.get_by_role("radio", name="Your own photo").click()
        wait_until_built(page)
        upload(page, picture)
        expect(page.get_by_text(picture.name, exact=True).first).to_be_visible()
        expect(page.locator(".frame .after")).to_be_visible()
        choose_page(page, "desktop", "About")
        page.get_by_role("heading", level=1).wait_for()
    assert held(address) <= before + picture.stat().st_size
    choose_page(page, "desktop", "Results")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_test_id("stFileUploaderDropzone").filter(visible=True)).to_be_visible()
    expect(page.get_by_role("button", name="Remove")).to_be_hidden()
    expect(page.locator(".frame .after")).to_be_hidden()
    assert held(address) <= before


def test_a_picture_behind_the_person_is_held_once(page: Page, address, picture):
    before = held(address)
    for _ in range(TIMES):
        open_sample(page)
        page.get_by_role("radio", name="Picture").click()
        wait_until_built(page)
        upload(page, picture)
        expect(page.get_by_text(picture.name, exact=True).first).to_be_visible()
        wait_until_built(page)
        page.get_by_role("button", name="New photo").click()
        page.get_by_test_id("stFileUploaderDropzone").first.wait_for()
        wait_until_built(page)
    assert held(address) <= before + picture.stat().st_size
