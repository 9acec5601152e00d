"""A server of our own and a real Chromium at two sizes; any error in its console fails the test."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

import preflight

ROOT = Path(__file__).resolve().parent.parent.parent
SCREENSHOTS = ROOT / "screenshots"
SECONDS_TO_START = 180
SECONDS_TO_WAIT = 180

SCREENS = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "has_touch": True,
        "is_mobile": True,
    },
}

CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """A running app of its own, and where it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    address = f"http://localhost:{port}"
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ.copy())
    try:
        _wait_for(f"{address}/_stcore/health", server)
        yield address
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(url: str, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if server.poll() is not None:
            pytest.fail(f"the app stopped while starting (status {server.returncode})")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"the app did not start within {SECONDS_TO_START} seconds")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's Chromium, or a skip that says how to get it."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next((found for found in map(shutil.which, names) if found), None)
    if program is None:
        pytest.skip("no Chromium: apt install chromium libatomic1")
    if preflight.libraries_problem({"libatomic.so.1": "libatomic1"}):
        pytest.skip("Playwright needs libatomic.so.1: apt install libatomic1")
    expect.set_options(timeout=1000 * SECONDS_TO_WAIT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(params=SCREENS)
def screen(request) -> str:
    """The test runs once on each kind of screen, unless it chooses."""
    return request.param


@pytest.fixture
def page(chromium: Browser, address: str, screen: str, request) -> Iterator[Page]:
    """The Studio, freshly opened; a picture of its end lands in screenshots/."""
    context = chromium.new_context(**SCREENS[screen], permissions=["camera"])
    context.set_default_timeout(1000 * SECONDS_TO_WAIT)
    page = context.new_page()
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    page.goto(address)
    page.get_by_role("heading", name="We Create Real Masks").wait_for()
    yield page
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{request.node.originalname}-{screen}.png")
    context.close()
    assert complaints == []
