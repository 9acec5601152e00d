"""How fast the Studio answers on the server: another background or crop, a stroke of the brush.

    python -m benchmarks.studio

Medians over repeated answers for the sample portrait at two sizes. An answer is everything from
the change to the two JPEG pictures that go to the browser; for a stroke also packing the result.
Processor seconds, over all threads, stay true on a machine that has other work as well.
"""

import argparse
import statistics
import time
from pathlib import Path

import numpy as np

from benchmarks.stages import portrait
from components.background_picker import GRADIENTS
from components.picture import screen_jpeg
from components.view import SHOWN_SIDE
from models.measured_on import keep_figures
from pipeline import matte
from pipeline.brush import Stroke, with_strokes
from pipeline.composite import blurred, cropped_to_fill, gradient, plain
from pipeline.encode import encode_jpeg
from pipeline.framing import for_document, head_and_shoulders, square, whole
from pipeline.id_formats import PASSPORT
from pipeline.scene import Look, arrange
from pipeline.stored import StoredMatte
from pipeline.studio_sets import SETS
from pipeline.trimap import FOREGROUND

RESULTS = Path(__file__).resolve().parent / "results" / "studio.json"
SIZES = {"0.5 MP": (600, 800), "12 MP": (3000, 4000)}
REPEATS = 3


def main():
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    results = {}
    for name, size in SIZES.items():
        image = portrait(size)
        matted = matte(image)
        stored = StoredMatte.of(encode_jpeg(image), image, matted)
        view = stored.unpack().reduced(SHOWN_SIDE)
        results[name] = {
            "slowest background": slowest(
                answer(view, stored, Look(whole(stored.shape), make, light=0.5, shadow=0.5))
                for make in backgrounds(image).values()
            ),
            "slowest crop": slowest(
                answer(view, stored, Look(frame, lambda image, alpha: SETS["Paper"](alpha.shape)))
                for frame in crops(stored, matted)
            ),
            "stroke": stroke(stored),
        }
    for name, row in results.items():
        for what, taken in row.items():
            print(f"{name:8}{what:20}", *(f"{each} {value:.3f}" for each, value in taken.items()))
    keep_figures(RESULTS, results)


def backgrounds(image):
    """One of every kind."""
    top, bottom = (tuple(bytes.fromhex(colour[1:])) for colour in GRADIENTS["Gold"])
    makers = {
        "gradient": lambda image, alpha: gradient(alpha.shape, top, bottom),
        "colour": lambda image, alpha: plain(alpha.shape, top),
        "blur": blurred,
        "picture": lambda behind, alpha: cropped_to_fill(image, alpha.shape),
        "transparent": None,
    }
    sets = {name: lambda image, alpha, make=make: make(alpha.shape) for name, make in SETS.items()}
    return makers | sets


def crops(stored, matted):
    """One of every kind."""
    return (
        whole(stored.shape),
        square(stored.shape, matted.alpha, matted.face),
        head_and_shoulders(stored.shape, matted.face),
        for_document(PASSPORT, matted.face),
    )


def answer(view, stored, look):
    """How long it takes from a look to its pictures."""
    scale = view.alpha.shape[1] / stored.shape[1]

    def once():
        scene = arrange(view, look, scale)
        screen_jpeg(scene.image)
        screen_jpeg(scene.picture())

    return median(once)


def stroke(stored):
    """How long it takes from a stroke beside the head to the new result and its picture."""
    unit = stored.shape[0] / 800
    points = np.float32([[300, 60], [420, 70], [520, 150]]) * unit
    line = Stroke(points, 25 * unit, FOREGROUND)

    def once():
        view = with_strokes(stored, [line])[1].reduced(SHOWN_SIDE)
        screen_jpeg(view.image)

    return median(once)


def median(once):
    """Median wall and processor seconds of a few calls, after one that warms up."""
    once()
    taken = []
    for _ in range(REPEATS):
        wall, processor = time.perf_counter(), time.process_time()
        once()
        taken.append((time.perf_counter() - wall, time.process_time() - processor))
    names = ("wall_s", "processor_s")
    return dict(zip(names, map(statistics.median, zip(*taken)), strict=True))


def slowest(answers):
    """The answer that took the most processor time."""
    return max(answers, key=lambda taken: taken["processor_s"])


if __name__ == "__main__":
    main()
