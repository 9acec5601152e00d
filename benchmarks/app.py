"""First paint of the app and the server's memory over twenty photos, in a real Chromium.

    python -m benchmarks.app

First paint is measured twice: from the start of the server's process (what `make run` makes a
person wait for) and from opening the page. The photos are the sample portraits in several sizes,
one of them 12 megapixels, uploaded together to one session.
"""

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
from playwright.sync_api import sync_playwright

from benchmarks.stages import portrait
from pipeline.encode import encode_jpeg

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).resolve().parent / "results" / "app.json"
PHOTOS = [(600, 800)] * 15 + [(960, 1280)] * 4 + [(3000, 4000)]
CHROMIUM_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic"]
CHROMIUM_OPTIONS += ["--disable-background-networking"]
HEADLINE = "We Create Real Masks"


def main():
    started = time.perf_counter()
    server, address = start_server()
    try:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=CHROMIUM_OPTIONS
            )
            wait_until_up(address)
            page = chromium.new_page()
            opened = time.perf_counter()
            page.goto(address)
            page.get_by_role("heading", name=HEADLINE).wait_for()
            painted = time.perf_counter()
            results = {
                "from_start_of_server_s": painted - started,
                "from_opening_the_page_s": painted - opened,
                "server_mb_at_first_paint": resident_mb(server),
            }
            upload_all(page)
            results |= {
                "photos": len(PHOTOS),
                "server_mb_after": resident_mb(server),
                "server_mb_peak": peak_mb(server),
            }
            chromium.close()
    finally:
        server.terminate()
        server.wait(20)
    for name, value in results.items():
        print(f"{name:28}{value:10.2f}")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")


def start_server():
    """Start the app on a free port; return its process and address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    server = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    return server, f"http://localhost:{port}"


def wait_until_up(address):
    """Return as soon as the server answers."""
    while True:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)


def upload_all(page):
    """Give all photos to the page and wait until each has its result."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, size in enumerate(PHOTOS):
            path = Path(folder) / f"photo{number:02}.jpg"
            path.write_bytes(encode_jpeg(portrait(size), quality=92))
            files.append(path)
        page.locator("[data-testid=stFileUploaderDropzoneInput]").first.set_input_files(files)
        # The Studio names its row of finished photos by their number.
        page.locator(f".st-key-chosen_of_{len(PHOTOS)}").wait_for(timeout=600_000)


def resident_mb(process) -> float:
    """Resident memory now."""
    return psutil.Process(process.pid).memory_info().rss / 1e6


def peak_mb(process) -> float:
    """Highest resident memory so far, from the kernel's own count."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024 / 1e6


if __name__ == "__main__":
    main()
