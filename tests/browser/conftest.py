"""A server of our own and a real Chromium at two sizes; any error in its console fails the test."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

import preflight
from benchmarks.served import CHROMIUM_OPTIONS, HEADLINE, ROOT, chromium_program, served

# So that their assertions, too, say what they found.
pytest.register_assert_rewrite("tests.browser.studio")

from tests.browser.studio import wait_until_built  # noqa: E402

SCREENSHOTS = ROOT / "screenshots"
SECONDS_TO_WAIT = 180

SCREENS = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
        "is_mobile": True,
    },
}

PRETENDED_CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """A running app of its own, and where it answers."""
    with served() as app:
        yield app.address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's Chromium, or a skip that says how to get it."""
    program = chromium_program()
    if program is None:
        pytest.skip("no Chromium: apt install chromium libatomic1")
    if preflight.libraries_problem({"libatomic.so.1": "libatomic1"}):
        pytest.skip("Playwright needs libatomic.so.1: apt install libatomic1")
    expect.set_options(timeout=1000 * SECONDS_TO_WAIT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=[*CHROMIUM_OPTIONS, *PRETENDED_CAMERA]
        )
        yield browser
        browser.close()


@pytest.fixture(params=SCREENS)
def screen(request) -> str:
    """The test runs once on each kind of screen, unless it chooses."""
    return request.param


@pytest.fixture(scope="session")
def tab_of(chromium: Browser) -> Callable[[str], Page]:
    """The tab of a screen; all tests share it, so that scripts are fetched and compiled once."""

    @cache
    def tab(screen: str) -> Page:
        # What moves is drawn by the processor here, and takes a tenth of its time.
        context = chromium.new_context(
            **SCREENS[screen], permissions=["camera"], reduced_motion="reduce"
        )
        context.set_default_timeout(1000 * SECONDS_TO_WAIT)
        return context.new_page()

    return tab


@pytest.fixture
def page(tab_of: Callable[[str], Page], address: str, screen: str, request) -> Iterator[Page]:
    """The Studio, freshly opened; a picture of its end lands in screenshots/."""
    page = tab_of(screen)
    complaints = []

    def note_error(error) -> None:
        complaints.append(str(error))

    def note_message(message) -> None:
        if message.type == "error":
            complaints.append(f"{message.text} {message.location}")

    page.on("pageerror", note_error)
    page.on("console", note_message)
    page.goto(address)
    page.get_by_role("heading", name=HEADLINE).wait_for()
    wait_until_built(page)
    yield page
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{request.node.originalname}-{screen}.png")
    # What the page has stored, its theme say, and its size are no matter of the next test.
    page.evaluate("localStorage.clear(); sessionStorage.clear()")
    page.context.clear_cookies()
    page.emulate_media(color_scheme="null")
    page.set_viewport_size(SCREENS[screen]["viewport"])
    page.remove_listener("pageerror", note_error)
    page.remove_listener("console", note_message)
    page.goto("about:blank")
    assert complaints == []
