"""Measure the matte with and without the refinement network, in one run.

    python -m models.evaluate_refinement                writes models/results/refinement.json
    python -m models.evaluate_refinement --validation   validation portraits alone, for choices

alphamatting: means over its photos of SAD, MSE, Grad and Conn of the unknown pixels, for each of
its two trimaps and for a band of 10 px to either side of the true mask's boundary. EG1800: mean
foreground IoU of mask, KNN alpha and refined alpha through the product's own road.
"""

import argparse
import statistics
import time

import numpy as np
from tqdm import tqdm

from models.alphamatting import TRIMAPS, alphamatting_names, alphamatting_scene
from models.bootstrap import bootstrap_interval
from models.metrics import MATTE_ERRORS, foreground_iou
from models.photos import portrait_names, read_portrait, validation_names
from models.record import MASK_WEIGHTS, RESULTS, keep
from pipeline import matte
from pipeline.knn import knn_matting
from pipeline.refine import refine
from pipeline.trimap import UNKNOWN

# The network ships switched on only if each of these falls, and IoU on EG1800 rises.
DECISIVE = ("SAD", "MSE", "Grad")
DECISIVE_TRIMAPS = ("trimap1", "trimap2")
FILE = RESULTS / "refinement.json"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--validation", action="store_true", help="the validation portraits alone")
    if parser.parse_args().validation:
        print_portraits(portraits("train", validation_names()))
        return
    scenes = {trimap: alphamatting(trimap) for trimap in TRIMAPS}
    print_scenes(scenes)
    test = portraits("test", portrait_names("test"))
    print_portraits(test)
    results = {"alphamatting": scenes, "eg1800_test": test, "passes": passes(scenes, test)}
    print("passes" if results["passes"] else "does not pass: not better in every figure")
    photos = test["photos"] + len(alphamatting_names())
    keep(FILE, results, *MASK_WEIGHTS, "refinement.tflite", photos=photos)


def alphamatting(trimap: str) -> dict:
    """{"knn": {"SAD": mean, ...}, "refined": {...}, "photos_better": {"SAD": count, ...}}."""
    found = {"knn": [], "refined": []}
    for name in tqdm(alphamatting_names(), desc=trimap):
        scene = alphamatting_scene(name, trimap)
        unknown = scene.trimap == UNKNOWN
        before = knn_matting(scene.image, scene.trimap)
        after = refine(scene.image, scene.trimap, before)
        for method, alpha in (("knn", before), ("refined", after)):
            found[method].append(
                [error(alpha, scene.alpha, unknown) for error in MATTE_ERRORS.values()]
            )
    before, after = (np.array(found[method]) for method in ("knn", "refined"))
    return {
        "photos": len(before),
        "knn": _by_name(before.mean(0)),
        "refined": _by_name(after.mean(0)),
        "photos_better": {
            error: int(count)
            for error, count in zip(MATTE_ERRORS, (after < before).sum(0), strict=True)
        },
    }


def portraits(split: str, names: list[str]) -> dict:
    """Mean foreground IoU of mask, KNN alpha and refined alpha, and the seconds it takes."""
    scores, seconds = [], []
    for name in tqdm(names, desc="portraits"):
        image, mask = read_portrait(split, name)
        result = matte(image, refine=False)
        start = time.perf_counter()
        refined = refine(image, result.trimap, result.alpha)
        seconds.append(time.perf_counter() - start)
        scores.append(
            [foreground_iou(each >= 0.5, mask > 0) for each in (result.mask, result.alpha, refined)]
        )
    scores = np.array(scores)
    gain = scores[:, 2] - scores[:, 1]
    return {
        "photos": len(scores),
        **{
            method: round(float(value), 5)
            for method, value in zip(("mask", "knn", "refined"), scores.mean(0), strict=True)
        },
        "gain_over_knn": round(float(gain.mean()), 5),
        "gain_interval_95": bootstrap_interval(gain),
        "photos_better": int((gain > 0).sum()),
        "seconds_median": round(statistics.median(seconds), 3),
    }


def passes(scenes: dict, test: dict) -> bool:
    """Whether the network has earned its place."""
    lower = all(
        scenes[trimap]["refined"][error] < scenes[trimap]["knn"][error]
        for trimap in DECISIVE_TRIMAPS
        for error in DECISIVE
    )
    return lower and test["refined"] > test["knn"]


def print_scenes(scenes: dict) -> None:
    """Two lines a trimap."""
    print(f"{'alphamatting':22}" + "".join(f"{error:>10}" for error in MATTE_ERRORS))
    for trimap, figures in scenes.items():
        for method in ("knn", "refined"):
            values = "".join(f"{value:10.4f}" for value in figures[method].values())
            print(f"{trimap + ', ' + method:22}{values}")


def print_portraits(figures: dict) -> None:
    """IoU of the three, and how sure the gain is."""
    low, high = figures["gain_interval_95"]
    print(
        f"EG1800, {figures['photos']} portraits: mask {figures['mask']:.4f}, "
        f"KNN {figures['knn']:.4f}, refined {figures['refined']:.4f}; "
        f"gain over KNN {figures['gain_over_knn']:+.4f} ({low:+.4f} to {high:+.4f}), "
        f"better on {figures['photos_better']}, {figures['seconds_median']} s"
    )


def _by_name(values) -> dict:
    return {
        error: round(float(value), 7) for error, value in zip(MATTE_ERRORS, values, strict=True)
    }


if __name__ == "__main__":
    main()
