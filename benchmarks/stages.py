"""Time and memory of every stage, photo to composite, at 0.5, 1.2 and 12 megapixels.

    python -m benchmarks.stages

Each size runs in a process of its own, so that its peak memory is its own. The photo is the
sample portrait enlarged, with sensor-like noise so that no stage profits from smoothness.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

from benchmarks.process_memory import in_own_process, memory_bytes
from models.measured_on import keep_figures

SIZES = {"0.5 MP": (600, 800), "1.2 MP": (960, 1280), "12 MP": (3000, 4000)}
WARM_ROUNDS = 5
RESULTS = Path(__file__).resolve().parent / "results" / "stages.json"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", choices=list(SIZES), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.size:
        print(json.dumps(measure(SIZES[options.size])))
        return
    results = {name: in_own_process("benchmarks.stages", "--size", name) for name in SIZES}
    print_table(results)
    keep_figures(RESULTS, results)


def measure(size) -> dict:
    """Median seconds by stage, first and warm totals, and peak resident memory in MB."""
    import numpy as np

    from pipeline import matte
    from pipeline.composite import composite, gradient

    image = portrait(size)
    background = gradient(image.shape[:2], (40, 60, 90), (10, 10, 20))
    totals, stages = [], []
    for _ in range(WARM_ROUNDS + 1):
        start = time.perf_counter()
        result = matte(image)
        middle = time.perf_counter()
        composite(result.foreground, result.alpha, background)
        totals.append(time.perf_counter() - start)
        stages.append({**result.timings, "composite": time.perf_counter() - middle})
    warm = {name: statistics.median(row[name] for row in stages[1:]) for name in stages[0]}
    return {
        "unknown_pixels": int(np.count_nonzero(result.trimap == 128)),
        "first_seconds": totals[0],
        "warm_seconds": statistics.median(totals[1:]),
        "stages": warm,
        "peak_mb": memory_bytes("VmHWM") / 1e6,
        "photo_mb": image.nbytes / 1e6,
    }


def portrait(size):
    """The sample portrait as a camera of this size (width, height) might have taken it."""
    import cv2
    import numpy as np

    from pipeline.composite import cropped_to_fill
    from pipeline.image import load_image
    from pipeline.samples import COLLINS

    width, height = size
    image = cropped_to_fill(load_image(COLLINS.file), (height, width))
    noise = np.empty(image.shape, np.int16)
    cv2.setRNGSeed(0)
    cv2.randn(noise, 0, 3)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def print_table(results):
    """One column a size."""
    first = next(iter(results.values()))
    print(f"{'seconds (median)':18}" + "".join(f"{name:>10}" for name in results))
    for stage in first["stages"]:
        print(f"{stage:18}" + "".join(f"{row['stages'][stage]:10.3f}" for row in results.values()))
    for key, label in (("warm_seconds", "all, warm"), ("first_seconds", "all, first time")):
        print(f"{label:18}" + "".join(f"{row[key]:10.3f}" for row in results.values()))
    print(f"{'peak memory, MB':18}" + "".join(f"{row['peak_mb']:10.0f}" for row in results.values()))
    print(
        f"{'unknown pixels':18}"
        + "".join(f"{row['unknown_pixels']:10d}" for row in results.values())
    )


if __name__ == "__main__":
    main()
