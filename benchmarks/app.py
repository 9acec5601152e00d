"""First paint of the app, its memory over twenty photos and its idling, in a real Chromium.

    python -m benchmarks.app

First paint is measured twice: from the start of the server's process (what `make run` makes a
person wait for) and from opening the page. The photos are the sample portraits in several sizes,
one of them 12 megapixels, uploaded together to one session. With all of them on the page, nobody
touches it for a while: the processor time of the server and of the page's main thread.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

from benchmarks.served import CHROMIUM_OPTIONS, HEADLINE, chromium_program, served
from benchmarks.stages import portrait
from models.measured_on import keep_figures
from pipeline.encode import encode_jpeg

RESULTS = Path(__file__).resolve().parent / "results" / "app.json"
IDLE_SECONDS = 20
PHOTOS = [(600, 800)] * 15 + [(960, 1280)] * 4 + [(3000, 4000)]


def main():
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=chromium_program(), args=CHROMIUM_OPTIONS
        )
        started = time.perf_counter()
        with served() as app:
            page = chromium.new_page()
            opened = time.perf_counter()
            page.goto(app.address)
            page.get_by_role("heading", name=HEADLINE).wait_for()
            painted = time.perf_counter()
            results = {
                "from_start_of_server_s": painted - started,
                "from_opening_the_page_s": painted - opened,
                "server_mb_at_first_paint": app.resident_mb(),
            }
            upload_all(page)
            results |= {
                "photos": len(PHOTOS),
                "server_mb_after": app.resident_mb(),
                "server_mb_peak": app.peak_mb(),
            }
            results |= idling(page, app)
        chromium.close()
    for name, value in results.items():
        print(f"{name:28}{value:10.2f}")
    keep_figures(RESULTS, results)


def idling(page, app):
    """Processor seconds that a minute costs in which nobody does anything."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_timeout(3000)  # the last picture is still being uncovered
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")

    def spent():
        metrics = devtools.send("Performance.getMetrics")["metrics"]
        page_s = {each["name"]: each["value"] for each in metrics}["TaskDuration"]
        return np.array([app.processor_s(), page_s])

    before = spent()
    page.wait_for_timeout(1000 * IDLE_SECONDS)
    server, shown = (spent() - before) * 60 / IDLE_SECONDS
    return {"idle_server_s_per_minute": server, "idle_page_s_per_minute": shown}


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


if __name__ == "__main__":
    main()
