"""Twenty people at once, each with a photo of their own, on a server that has just started.

    python -m benchmarks.load

Twenty sessions in a real Chromium open the Studio, upload at the same moment and wait for their
results; Chromium runs on the same processor cores as the server, without the animations that
people's own machines would draw. Every photo has a size and a tint
of its own, and every cut-out is downloaded and compared with it: a person must get their own
result. Exits with 1 if one did not, if anything complained, or if the server needed more memory
than it may.
"""

import asyncio
import io
import json
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.async_api import Browser, async_playwright

from benchmarks.served import CHROMIUM_OPTIONS, HEADLINE, ServedApp, chromium_program, served
from benchmarks.stages import portrait
from pipeline.encode import encode_jpeg
from pipeline.image import load_image

RESULTS = Path(__file__).resolve().parent / "results" / "load.json"
# (width, height) of every session's photo; each gets some columns more, so that no two are alike.
PHOTOS = [(600, 800)] * 15 + [(1200, 1600)] * 4 + [(3000, 4000)]
LONGEST_WAIT = 240  # seconds
MOST_MB = 1200  # of the server's resident memory
# Opaque pixels keep the photo's colours but for the old background's light in the edge.
SAME_COLOUR = 2.0  # of 255 levels, on average


@dataclass
class Visit:
    """One session: how long its result took, and whatever went wrong."""

    number: int
    seconds: float = float("nan")
    problems: list[str] = field(default_factory=list)


def main():
    with tempfile.TemporaryDirectory() as folder, served() as app:
        files = [_photo(Path(folder), number, *size) for number, size in enumerate(PHOTOS)]
        before = app.resident_mb()
        visits = asyncio.run(_all_at_once(app, files))
        seconds = [visit.seconds for visit in visits]
        problems = [f"session {visit.number}: {each}" for visit in visits for each in visit.problems]
        results = {
            "sessions": len(visits),
            "own_results": sum(not visit.problems for visit in visits),
            "errors": len(problems),
            "median_s": statistics.median(seconds),
            "worst_s": max(seconds),
            "all_done_per_minute": 60 * len(visits) / max(seconds),
            "server_mb_before": before,
            "server_mb_peak": app.peak_mb(),
            "server_mb_after": app.resident_mb(),
            "cores": len(os.sched_getaffinity(0)),
        }
    for name, value in results.items():
        print(f"{name:22}{value:10.1f}")
    print(*problems, sep="\n")
    RESULTS.parent.mkdir(exist_ok=True)
    by_session = [round(each, 2) for each in seconds]
    RESULTS.write_text(json.dumps({**results, "seconds": by_session}, indent=1) + "\n")
    sys.exit(bool(problems) or results["server_mb_peak"] > MOST_MB)


def _photo(folder: Path, number: int, width: int, height: int) -> Path:
    """A portrait with a width and a tint that no other session's has."""
    tint = np.float32([1, 1 - 0.02 * number, 0.6 + 0.02 * number])
    pixels = np.rint(portrait((width + 2 * number, height)) * tint).astype(np.uint8)
    path = folder / f"photo{number:02}.jpg"
    path.write_bytes(encode_jpeg(pixels, quality=92))
    return path


async def _all_at_once(app: ServedApp, files: list[Path]) -> list[Visit]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=chromium_program(), args=CHROMIUM_OPTIONS
        )
        everybody_is_there = asyncio.Barrier(len(files))
        visits = await asyncio.gather(
            *(
                _visit(chromium, app.address, number, file, everybody_is_there)
                for number, file in enumerate(files)
            )
        )
        await chromium.close()
    return visits


async def _visit(
    chromium: Browser, address: str, number: int, file: Path, everybody_is_there: asyncio.Barrier
) -> Visit:
    visit = Visit(number)
    context = await chromium.new_context(reduced_motion="reduce")
    context.set_default_timeout(1000 * LONGEST_WAIT)
    page = await context.new_page()
    page.on("pageerror", lambda error: visit.problems.append(str(error)))
    page.on(
        "console",
        lambda message: visit.problems.append(message.text) if message.type == "error" else None,
    )
    await page.goto(address)
    await page.get_by_role("heading", name=HEADLINE).wait_for()
    await everybody_is_there.wait()
    start = time.perf_counter()
    uploader = page.locator("[data-testid=stFileUploaderDropzoneInput]").first
    await uploader.set_input_files(file)
    await page.get_by_text("Done in").or_(page.get_by_test_id("stAlert")).first.wait_for()
    visit.seconds = time.perf_counter() - start
    print(f"session {number:2} has its result after {visit.seconds:6.1f} s")
    # Downloads are no part of the time: they wait until everybody has a result.
    await everybody_is_there.wait()
    for alert in await page.get_by_test_id("stAlert").all_inner_texts():
        visit.problems.append(alert)
    if not visit.problems:
        async with page.expect_download() as saved:
            await page.get_by_role("button", name="Cut-out").click()
        cutout = await (await saved.value).path()
        visit.problems += _differences(file, cutout.read_bytes())
    await context.close()
    return visit


def _differences(file: Path, cutout: bytes) -> list[str]:
    """What shows that a cut-out is not that of this photo."""
    photo = load_image(file)
    with Image.open(io.BytesIO(cutout)) as picture:
        pixels = np.asarray(picture)
    if pixels.shape != (*photo.shape[:2], 4):
        return [f"the cut-out is {pixels.shape}, the photo {photo.shape}"]
    opaque = pixels[..., 3] == 255
    if opaque.mean() < 0.1:
        return ["the cut-out is empty"]
    difference = np.abs(pixels[opaque][:, :3].astype(int) - photo[opaque]).mean()
    return [f"colours differ by {difference:.1f}"] if difference > SAME_COLOUR else []


if __name__ == "__main__":
    main()
