"""Twenty people at once, each with a photo of their own, on a server that has just started.

    python -m benchmarks.load

Twenty sessions open the Studio, upload at the same moment and wait for their results. Every photo
has a size and a tint of its own, and every cut-out is downloaded and compared with it: a person
must get their own result. Exits with 1 if one did not, if the app showed an error, or if the
server needed more memory than it may.
"""

import argparse
import io
import os
import statistics
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from websockets.exceptions import WebSocketException

from benchmarks.served import served
from benchmarks.stages import portrait
from benchmarks.visitor import Visitor
from models.measured_on import keep_figures
from pipeline.encode import encode_jpeg
from pipeline.image import load_image

RESULTS = Path(__file__).resolve().parent / "results" / "load.json"
# (width, height) of every session's photo; each gets some columns more, so that no two are alike.
PHOTOS = [(600, 800)] * 15 + [(1200, 1600)] * 4 + [(3000, 4000)]
LONGEST_WAIT = 600  # seconds
MOST_MB = 1200  # of the server's resident memory
# Opaque pixels keep the photo's colours but for the old background's light in the edge.
SAME_COLOUR = 2.0  # of 255 levels, on average
# What a wait can end in: the network, the protocol or the app.
FAILURES = (OSError, RuntimeError, WebSocketException)


@dataclass(frozen=True)
class Visit:
    """One session: how long its result took, and what went wrong, if anything did."""

    seconds: float
    problem: str | None


def main():
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    photos = [_photo(number, *size) for number, size in enumerate(PHOTOS)]
    everybody_is_there = threading.Barrier(len(photos), timeout=LONGEST_WAIT)
    with served() as app, ThreadPoolExecutor(len(photos)) as sessions:
        before = app.resident_mb()
        visits = list(
            sessions.map(
                lambda numbered: _visit(app.address, *numbered, everybody_is_there),
                enumerate(photos),
            )
        )
        peak, after = app.peak_mb(), app.resident_mb()
    seconds = [visit.seconds for visit in visits]
    problems = {number: visit.problem for number, visit in enumerate(visits) if visit.problem}
    results = {
        "sessions": len(visits),
        "own_results": len(visits) - len(problems),
        "errors": len(problems),
        "median_s": statistics.median(seconds),
        "worst_s": max(seconds),
        "server_mb_before": before,
        "server_mb_peak": peak,
        "server_mb_after": after,
        "cores": len(os.sched_getaffinity(0)),
    }
    for name, value in results.items():
        print(f"{name:22}{value:10.1f}")
    for number, problem in problems.items():
        print(f"session {number}: {problem}")
    if problems:  # what has failed, or waited for that, is no measurement
        sys.exit(1)
    by_session = [round(each, 2) for each in seconds]
    keep_figures(RESULTS, {**results, "seconds": by_session})
    sys.exit(peak > MOST_MB)


def _photo(number: int, width: int, height: int) -> bytes:
    """A portrait as JPEG with a width and a tint that no other session's has."""
    tint = np.float32([1, 1 - 0.02 * number, 0.6 + 0.02 * number])
    pixels = portrait((width + 2 * number, height)) * tint
    return encode_jpeg(np.rint(pixels).astype(np.uint8), quality=92)


def _visit(
    address: str, number: int, photo: bytes, everybody_is_there: threading.Barrier
) -> Visit:
    start = time.perf_counter()
    seconds = float("inf")
    try:
        with Visitor(address, LONGEST_WAIT) as visitor:
            visitor.open_page()
            uploader = visitor.wait_for(lambda element: element.HasField("file_uploader"))
            everybody_is_there.wait()
            start = time.perf_counter()
            visitor.upload(uploader, f"photo{number:02}.jpg", photo)
            cutout = visitor.wait_for(
                lambda element: element.HasField("download_button")
                and element.download_button.label == "Cut-out"
            )
            visitor.wait_for(lambda element: "Done in" in element.markdown.body)
            seconds = time.perf_counter() - start
            print(f"session {number:2} has its result after {seconds:.1f} s", flush=True)
            # Downloads are no part of the time: they wait until everybody has a result.
            everybody_is_there.wait()
            return Visit(seconds, _difference(photo, visitor.download(cutout)))
    except FAILURES as failure:
        everybody_is_there.abort()
        return Visit(seconds, f"{type(failure).__name__}: {failure}")


def _difference(photo: bytes, cutout: bytes) -> str | None:
    """What shows that a cut-out is not that of this photo."""
    own = load_image(photo)
    with Image.open(io.BytesIO(cutout)) as picture:
        pixels = np.asarray(picture)
    if pixels.shape != (*own.shape[:2], 4):
        return f"the cut-out is {pixels.shape}, the photo {own.shape}"
    opaque = pixels[..., 3] == 255
    if opaque.mean() < 0.1:
        return "the cut-out is empty"
    difference = np.abs(pixels[opaque][:, :3].astype(int) - own[opaque]).mean()
    return f"colours differ by {difference:.1f}" if difference > SAME_COLOUR else None


if __name__ == "__main__":
    main()
