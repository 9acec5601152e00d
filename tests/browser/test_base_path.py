"""The app behind a reverse proxy, under a path and a name that are not its own."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from benchmarks.served import CHROMIUM_OPTIONS, chromium_program, served
from pipeline.samples import HOPPER, SAMPLES
from tests.browser.proxy import proxied

pytestmark = pytest.mark.browser

HOST = "masque.example"
SECONDS = 180


@pytest.fixture
def below_masque():
    """A server of its own that answers below /masque; its port."""
    with served("/masque") as app:
        yield urlsplit(app.address).port


def test_pages_files_and_uploads_work_below_a_path(chromium, below_masque):
    browser = chromium.browser_type.launch(
        executable_path=chromium_program(),
        args=[*CHROMIUM_OPTIONS, f"--host-resolver-rules=MAP {HOST} 127.0.0.1"],
    )
    complaints = []
    try:
        with proxied(below_masque, "/masque/") as (port, refused):
            address = f"http://{HOST}:{port}/masque/"
            # The first visitor of a server opens a page by its address (components/entrance.py).
            # Streamlit looks for itself below that page first, in vain.
            first = browser.new_page()
            first.set_default_timeout(1000 * SECONDS)
            first.goto(f"{address}steps?photo=eileen_collins&step=trimap")
            # Its address brings back what it says all the same.
            title = first.get_by_role("heading", name="Trimap", exact=True)
            title.wait_for()
            first.goto(f"{address}about")
            first.get_by_role("heading", name="About and Privacy").wait_for()
            first.close()

            page = browser.new_page()
            page.set_default_timeout(1000 * SECONDS)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on(
                "console",
                lambda message: complaints.append(message.text)
                if message.type == "error"
                else None,
            )
            page.goto(address)
            page.get_by_role("heading", name="We Create Real Masks").wait_for()
            # Fonts and the samples' pictures are files of ours.
            page.wait_for_function("document.fonts.check('16px Marcellus')")
            for sample in SAMPLES:
                page.wait_for_function(
                    "file => performance.getEntriesByName(file)[0]?.responseStatus === 200",
                    arg=f"{address}app/static/samples/{sample.file.name}",
                )
            page.get_by_role("link", name="3D face").click()
            page.get_by_role("heading", name="A Face in Three Dimensions").wait_for()
            uploader = page.locator("[data-testid=stFileUploaderDropzoneInput]").first
            uploader.set_input_files(HOPPER.file)
            expect(page.locator(".stage[data-face]")).to_be_visible()
            with page.expect_download() as saved:
                page.get_by_role("button", name="GLB").click()
            assert saved.value.path().read_bytes()[:4] == b"glTF"
            assert refused == [] and complaints == []
    finally:
        browser.close()
