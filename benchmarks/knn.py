"""KNN matting beside every method of PyMatting: quality, time, memory.

    python -m benchmarks.knn accuracy      # alphamatting photos: SAD, MSE, Grad, Conn
    python -m benchmarks.knn choose        # cross-validation of the weights of "best"
    python -m benchmarks.knn speed         # time and peak memory at 800 x 600, side by side
    python -m benchmarks.knn scaling       # time by number of unknown pixels
    python -m benchmarks.knn large         # 12, 24 and 50 MP, beside solving every pixel
    python -m benchmarks.knn figure        # docs/knn.png from the JSON

Each prints its table and writes its part of benchmarks/results/knn.json. Accuracy measures ours anew
each time; the errors of PyMatting's methods, which take long, it keeps in models/cache/knn and
measures only what is missing there (`--again`: everything). Those of another PyMatting, of other
photos or by another measure are not taken for them.
"""

import argparse
import importlib.metadata
import inspect
import itertools
import json
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import pipeline.color_prior
import pipeline.knn
from benchmarks.process_memory import forget_peak, in_own_process, memory_bytes
from benchmarks.scenes import head_with_hair
from models import metrics
from models.alphamatting import BAND, TRIMAPS, Scene, alphamatting_names, alphamatting_scene
from models.fingerprint import fingerprint
from models.measured_on import keep_figures
from pipeline.knn import knn_matting
from pipeline.refine import refine
from pipeline.story import Story
from pipeline.whole_file import whole_file

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "knn.json"
CACHE = ROOT / "models" / "cache" / "knn"
FIGURE = ROOT / "docs" / "knn.png"
MSE_TICKS = (0.01, 0.02, 0.04, 0.08)

OURS = ("best", "fast", "knn")
PEERS = ("sm", "cf", "knn", "lkm", "lbdm", "rw")
REFINED = "ours refined"  # "best" and the refinement network, as the product has it
OUR_METHODS = tuple(f"ours {name}" for name in OURS) + (REFINED,)
METHODS = OUR_METHODS + tuple(f"pymatting {name}" for name in PEERS)
DIRECT = "ours direct"  # "best" for every unknown pixel, however many
ERRORS = tuple(metrics.MATTE_ERRORS)
REPEATS = 3
# Method, height, width, and the band's width in pixels; 0 scales it with the photo and adds all hair.
LARGE = {
    "12 MP": ("ours best", 3000, 4000, 0),
    "12 MP, solved directly": (DIRECT, 3000, 4000, 0),
    "12 MP, 10 px band": ("ours best", 3000, 4000, 10),
    "24 MP": ("ours best", 4000, 6000, 0),
    "50 MP": ("ours best", 6144, 8192, 0),
}
# Real photos solved at a fraction of their size and refined, as a large photo is.
FRACTIONS = (1, 0.7, 0.5, 0.35)

# The grid of cross-validation, which takes half an hour; a fold is three photos.
GRID = {
    "KNN_WEIGHT": (0.015, 0.03, 0.06),
    "MIXTURE_WEIGHT": (0.000625, 0.00125, 0.0025, 0.005, 0.01),
    "CONTRAST": (0.02, 0.03, 0.04),
}
FOLD = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=["accuracy", *PARTS, "one"])
    parser.add_argument(
        "--again", action="store_true", help="accuracy: measure PyMatting's cached methods, too"
    )
    parser.add_argument("--ours", action="store_true", help="accuracy: of our methods alone")
    parser.add_argument("--method", choices=[*METHODS, DIRECT], help=argparse.SUPPRESS)
    parser.add_argument("--scene", nargs=3, type=float, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if (arguments.again or arguments.ours) and arguments.part != "accuracy":
        parser.error("--again and --ours go with accuracy")
    if arguments.part == "one":
        print(json.dumps(measure_here(arguments.method, arguments.scene)))
    elif arguments.part == "accuracy":
        accuracy(OUR_METHODS if arguments.ours else METHODS, arguments.again)
    else:
        PARTS[arguments.part]()


# Quality ------------------------------------------------------------------------------------


def accuracy(methods: tuple[str, ...], again: bool) -> None:
    """Mean errors over the unknown pixels of the alphamatting photos."""
    for trimap in TRIMAPS:
        for method in methods:
            errors = method_errors(method, trimap, again)
            row = dict(zip(ERRORS, errors.mean(0).tolist()))
            numbers = "  ".join(f"{n} {v:.4g}" for n, v in row.items())
            print(f"{trimap}  {method:15}  {numbers}", flush=True)
            keep_figures(RESULTS, row, "accuracy", trimap, method, photos=len(errors))


def method_errors(method: str, trimap: str, again: bool) -> np.ndarray:
    """(photos, 4) errors of a method; of a peer, which does not change, from the cache if there."""
    scenes = [alphamatting_scene(name, trimap) for name in alphamatting_names()]
    if not method.startswith("pymatting"):
        return errors_of_all(method, scenes)
    path = CACHE / f"{method.replace(' ', '_')}_{trimap}_{measured_by(scenes)}.npy"
    if again or not path.exists():
        errors = errors_of_all(method, scenes)
        CACHE.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            np.save(file, errors)
    return np.load(path)


def errors_of_all(method: str, scenes: list[Scene]) -> np.ndarray:
    return np.array([errors_of(solve(method, scene), scene) for scene in scenes])


def measured_by(scenes: list[Scene]) -> str:
    """Tells a peer's errors from those of other scenes, another PyMatting or another measure."""
    code = inspect.getsource(solve), inspect.getsource(errors_of), Path(metrics.__file__)
    arrays = [array for scene in scenes for array in (scene.image, scene.trimap, scene.alpha)]
    return fingerprint(importlib.metadata.version("pymatting"), *code, *arrays)


def errors_of(alpha: np.ndarray, scene: Scene) -> list[float]:
    region = scene.trimap == 128
    return [error(alpha, scene.alpha, region) for error in metrics.MATTE_ERRORS.values()]


def solve(method: str, scene: Scene) -> np.ndarray:
    package, name = method.split()
    if method == DIRECT:
        return knn_matting(scene.image, scene.trimap, most_unknown=10**9)
    if method == REFINED:
        return refine(scene.image, scene.trimap, knn_matting(scene.image, scene.trimap))
    if package == "ours":
        return knn_matting(scene.image, scene.trimap, quality=name)
    import pymatting  # compiles on first use: only where it is measured

    trimap = scene.trimap / 255
    trimap[scene.trimap == 128] = 0.5
    estimate = getattr(pymatting, f"estimate_alpha_{name}")
    return np.clip(estimate(scene.image / 255, trimap), 0, 1)


def choose() -> None:
    """Cross-validation: the weights chosen on the other photos, the errors on those left out."""
    names = alphamatting_names()
    settings = [dict(zip(GRID, values)) for values in itertools.product(*GRID.values())]
    trimaps = ("trimap1", "band10")
    errors = np.array(
        [
            [[tuned_errors(setting, name, trimap) for trimap in trimaps] for name in names]
            for setting in settings
        ]
    )
    # Sums of unlike errors weigh alike as logarithms.
    cost = np.log(errors).mean((2, 3))
    chosen, held_out = [], []
    for number, (fold, best) in enumerate(chosen_without(cost, FOLD)):
        chosen.append(settings[best])
        held_out.append(errors[best, fold].reshape(-1, len(trimaps), len(ERRORS)))
        print("fold", number, settings[best], flush=True)
    held_out = np.concatenate(held_out)
    summary = {
        trimap: {
            error: {"mean": float(values.mean()), "spread": float(values.std())}
            for error, values in zip(ERRORS, held_out[:, place].T)
        }
        for place, trimap in enumerate(trimaps)
    }
    best = settings[int(cost.mean(1).argmin())]
    print("all photos:", best)
    print("held out:", json.dumps(summary, indent=1))
    choice = {"grid": GRID, "folds": chosen, "all": best, "held out": summary}
    keep_figures(RESULTS, choice, "choice", photos=len(names))


def chosen_without(cost: np.ndarray, size: int) -> Iterator[tuple[np.ndarray, int]]:
    """For each fold of `size` photos in turn, the setting that costs least on all other photos.

    cost: (settings, photos). Yields the fold's photos, (size,) int or fewer at the end, and the
    number of the setting.
    """
    photos = np.arange(cost.shape[1])
    for fold in np.split(photos, photos[size::size]):
        yield fold, int(np.delete(cost, fold, axis=1).mean(1).argmin())


def tuned_errors(setting: dict[str, float], name: str, trimap: str) -> list[float]:
    scene = alphamatting_scene(name, trimap)
    before = {}
    for constant, value in setting.items():
        module = pipeline.knn if hasattr(pipeline.knn, constant) else pipeline.color_prior
        before[constant] = module, getattr(module, constant)
        setattr(module, constant, value)
    errors = errors_of(knn_matting(scene.image, scene.trimap), scene)
    for constant, (module, value) in before.items():
        setattr(module, constant, value)
    return errors


# Time and memory: every measurement in a process of its own --------------------------------


def measure_here(method: str, scene_size: list[float]) -> dict[str, float]:
    """Times and peak memory of one solve in this process, after a warm-up on a small photo."""
    height, width, band = scene_size
    solve(method, head_with_hair(60, 80))
    scene = head_with_hair(int(height), int(width), band or None)
    before = memory_in_use()
    wall, processor = time.perf_counter(), time.process_time()
    alpha = solve(method, scene)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    region = scene.trimap == 128
    return {
        "wall_s": wall,
        "processor_s": processor,
        "peak_mb": memory_bytes("VmHWM") / 1e6,
        "added_mb": max(0.0, memory_bytes("VmHWM") / 1e6 - before),
        "unknowns": int(region.sum()),
        "mse": metrics.mean_squared_error(alpha, scene.alpha, region),
        "grad": metrics.gradient_error(alpha, scene.alpha, region),
    }


def memory_in_use() -> float:
    """Resident MB now; forgets the peak of making the scene."""
    forget_peak()
    return memory_bytes("VmRSS") / 1e6


def measure(method: str, height: int, width: int, band: float = 0) -> dict[str, float]:
    scene = map(str, (height, width, band))
    return in_own_process("benchmarks.knn", "one", "--method", method, "--scene", *scene)


def medians(runs: list[dict[str, float]]) -> dict[str, float]:
    return {key: statistics.median(run[key] for run in runs) for key in runs[0]}


def speed() -> None:
    """All methods at 800 x 600, unknown within 10 px of the boundary, interleaved, medians."""
    runs: dict[str, list] = {method: [] for method in METHODS}
    for _ in range(REPEATS):
        for method in METHODS:
            runs[method].append(measure(method, 600, 800, BAND))
    for method in runs:
        keep_figures(RESULTS, medians(runs[method]), "speed", method)
    table = read_results()["speed"]
    for method, row in table.items():
        print(
            f"{method:15}  {row['wall_s']:7.2f} s  processor {row['processor_s']:7.2f} s  "
            f"peak {row['peak_mb']:6.0f} MB  added {row['added_mb']:6.0f} MB  "
            f"{row['unknowns']:.0f} unknown"
        )
    peer = table["pymatting knn"]
    for name in OURS:
        ours = table[f"ours {name}"]
        print(
            f"ours {name} beside pymatting knn: {peer['wall_s'] / ours['wall_s']:.1f} times as "
            f"fast ({peer['processor_s'] / ours['processor_s']:.1f} in processor time), "
            f"1/{peer['peak_mb'] / ours['peak_mb']:.1f} of its peak memory, "
            f"1/{peer['added_mb'] / ours['added_mb']:.1f} of what it adds"
        )


def scaling() -> None:
    """One solve at full resolution for 10 thousand to a million unknown pixels."""
    rows = []
    solve("ours best", head_with_hair(60, 80))  # a warm-up
    for height in (420, 600, 1200, 2400, 4800):
        scene = head_with_hair(height, height * 4 // 3)
        story = Story(with_links=False)
        begin = time.process_time()
        knn_matting(scene.image, scene.trimap, most_unknown=10**9, story=story)
        rows.append({"unknowns": story.unknowns, "processor_s": time.process_time() - begin})
        print(f"{story.unknowns:8d} unknown  {rows[-1]['processor_s']:.2f} s", flush=True)
    logarithms = np.log([[row["unknowns"], row["processor_s"]] for row in rows])
    exponent, _ = np.polyfit(logarithms[:, 0], logarithms[:, 1], 1)
    print(f"time grows with the unknowns to the power of {exponent:.2f}")
    keep_figures(RESULTS, {"rows": rows, "exponent": float(exponent)}, "scaling")


def large() -> None:
    """Whole photos through the multi-resolution path, and what that costs in quality."""
    scenes = [alphamatting_scene(name, "trimap1") for name in alphamatting_names()]
    rows = {}
    for name, (method, *scene) in LARGE.items():
        rows[name] = row = measure(method, *scene)
        print(
            f"{name:22}  {row['wall_s']:.2f} s  processor {row['processor_s']:.2f} s  "
            f"added {row['added_mb']:.0f} MB  {row['unknowns']} unknown  "
            f"MSE {row['mse']:.5f}  Grad {row['grad']:.3f}",
            flush=True,
        )
    for fraction in FRACTIONS:
        errors = np.mean([errors_of(solve_at(fraction, scene), scene) for scene in scenes], 0)
        rows[f"alphamatting at {fraction}"] = dict(zip(ERRORS, errors.tolist()))
        print(f"alphamatting at {fraction}: ", dict(zip(ERRORS, errors.round(4))), flush=True)
    keep_figures(RESULTS, rows, "large", photos=len(scenes))


def solve_at(fraction: float, scene: Scene) -> np.ndarray:
    """The matte by way of a photo of `fraction` times the size."""
    count = np.count_nonzero(scene.trimap == 128)
    most = count if fraction == 1 else int(count * fraction**2 / pipeline.knn.REDUCED)
    return knn_matting(scene.image, scene.trimap, most_unknown=most)


def figure() -> None:
    """Quality against processor time, and time against unknowns."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    results = read_results()
    drawing, (left, right) = pyplot.subplots(1, 2, figsize=(10, 5), layout="constrained")
    for method, row in results["speed"].items():
        errors = results["accuracy"]["band10"].get(method)
        if errors:
            place = row["processor_s"], errors["MSE"]
            mine = method.startswith("ours")
            left.scatter(*place, color="tab:orange" if mine else "tab:gray")
            left.annotate(
                method,
                place,
                (-7 if mine else 7, -3),
                textcoords="offset points",
                ha="right" if mine else "left",
                fontsize=8,
            )
    left.margins(x=0.4)
    left.set(xscale="log", xlabel="processor seconds, 800 x 600")
    left.set(yscale="log", ylabel="MSE, 10 px band", yticks=MSE_TICKS, yticklabels=MSE_TICKS)
    left.minorticks_off()
    rows = results["scaling"]["rows"]
    unknowns, seconds = zip(*((row["unknowns"], row["processor_s"]) for row in rows))
    right.loglog(unknowns, seconds, "o-", color="tab:orange")
    right.set(xlabel="unknown pixels", ylabel="processor seconds, ours best")
    FIGURE.parent.mkdir(exist_ok=True)
    drawing.savefig(FIGURE, dpi=120)


def read_results() -> dict:
    return json.loads(RESULTS.read_text()) if RESULTS.exists() else {}


PARTS = {
    "choose": choose,
    "speed": speed,
    "scaling": scaling,
    "large": large,
    "figure": figure,
}

if __name__ == "__main__":
    main()
