"""Foreground colours beside PyMatting's estimate_foreground_ml: error on known composites, time.

    python -m benchmarks.foreground quality
    python -m benchmarks.foreground speed

Writes benchmarks/results/foreground.json. Error: |F - truth| * alpha, in 8-bit steps, over the
pixels with 0.01 < alpha < 0.99, because that is what a composite shows of it.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable

import cv2
import numpy as np

from benchmarks.knn import ROOT
from benchmarks.scenes import head_with_hair
from models.alphamatting import alphamatting_names, alphamatting_scene
from models.data import DATA, photo_files
from models.measured_on import keep_figures
from pipeline.foreground import estimate_foreground
from pipeline.knn import knn_matting

RESULTS = ROOT / "benchmarks" / "results" / "foreground.json"
REPEATS = 3
SIZES = {"1 MP": (866, 1155), "12 MP": (3000, 4000)}


def theirs(image: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    import pymatting  # compiles when imported: only where it is measured

    foreground = pymatting.estimate_foreground_ml(image / np.float32(255), alpha)
    return np.rint(foreground * 255).astype(np.uint8)


METHODS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "none": lambda image, alpha: image,
    "pymatting ml": theirs,
    "ours": estimate_foreground,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=["quality", "speed"])
    arguments = parser.parse_args()
    results = quality() if arguments.part == "quality" else speed()
    print(json.dumps(results, indent=1))
    keep_figures(RESULTS, results, arguments.part, photos=results.get("photos"))


def quality() -> dict:
    """Mean errors with the true matte and with the one our solver finds, and of how many photos.

    {"photos": count, "errors": {what: {method: error}}}.
    """
    errors: dict[str, dict[str, list[float]]] = {}
    names = alphamatting_names()
    backgrounds = photo_files(DATA / "backgrounds", "jpg")
    for place, name in enumerate(names):
        scene = alphamatting_scene(name, "trimap1")
        size = scene.alpha.shape[1::-1]
        truth = spread_colors(scene.image, scene.alpha)
        photo = cv2.imread(str(backgrounds[place * 5]))[:, :, ::-1]
        plain = {"green": (0, 200, 30), "white": (255, 255, 255), "black": (0, 0, 0)}
        scenery = {"photo": cv2.resize(photo, size)}
        scenery |= {kind: np.full_like(scene.image, color) for kind, color in plain.items()}
        share = scene.alpha[..., None]
        for kind, background in scenery.items():
            image = np.rint(share * truth + (1 - share) * background).astype(np.uint8)
            mattes = {"true matte": scene.alpha}
            if kind == "photo":
                mattes["our matte"] = knn_matting(image, scene.trimap)
            for matte, alpha in mattes.items():
                for method, estimate in METHODS.items():
                    row = errors.setdefault(f"{kind}, {matte}", {}).setdefault(method, [])
                    row.append(visible_error(estimate(image, alpha), truth, scene.alpha))
    means = {
        kind: {method: statistics.mean(values) for method, values in row.items()}
        for kind, row in errors.items()
    }
    return {"photos": len(names), "errors": means}


def spread_colors(image: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """The colours of the nearest opaque pixel, a little smoothed: a foreground that is known."""
    opaque = alpha >= 0.98
    _, nearest = cv2.distanceTransformWithLabels(
        (~opaque).view(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    colors = np.zeros((nearest.max() + 1, 3), np.uint8)
    colors[nearest[opaque]] = image[opaque]
    return np.where(opaque[..., None], image, cv2.blur(colors[nearest], (5, 5)))


def visible_error(foreground: np.ndarray, truth: np.ndarray, alpha: np.ndarray) -> float:
    mixed = (alpha > 0.01) & (alpha < 0.99)
    difference = np.abs(foreground[mixed].astype(np.float32) - truth[mixed])
    return float((difference * alpha[mixed, None]).mean())


def speed() -> dict[str, dict[str, float]]:
    """Median processor and wall seconds, interleaved."""
    theirs(np.zeros((8, 8, 3), np.uint8), np.zeros((8, 8), np.float32))  # has it compiled
    table = {}
    for name, (height, width) in SIZES.items():
        scene = head_with_hair(height, width)
        alpha = cv2.GaussianBlur(scene.alpha, (0, 0), height / 300)
        seconds: dict[str, list[tuple[float, float]]] = {"pymatting ml": [], "ours": []}
        for _ in range(REPEATS):
            for method, runs in seconds.items():
                wall, processor = time.perf_counter(), time.process_time()
                METHODS[method](scene.image, alpha)
                runs.append((time.perf_counter() - wall, time.process_time() - processor))
        for method, runs in seconds.items():
            wall, processor = (statistics.median(values) for values in zip(*runs))
            table[f"{name}, {method}"] = {"wall_s": wall, "processor_s": processor}
    return table


if __name__ == "__main__":
    main()
