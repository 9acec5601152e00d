"""KNN matting on the simulated MSP430FR2433: accuracy, time, memory, energy.

    python -m benchmarks.launchpad columns    # 800-pixel columns of portraits, each beside float64
    python -m benchmarks.launchpad photo      # whole photos of 120 x 160 in tiles
    python -m benchmarks.launchpad sweep      # many photos, by the core compiled for this machine
    python -m benchmarks.launchpad spatial    # why tiles weigh a pixel step as they do

The last two need gcc; that the core answers byte for byte alike on both is a test
(tests/firmware/test_simulator.py). Each prints its table and, unless --count or --band are given,
writes its part of benchmarks/results/launchpad.json. Times on the board are computed from the
cycles of the simulated processor and the bytes at 115200 baud, not measured on silicon. Needs the
evaluation photos (DEEPMASQUE_DATA).
"""

import argparse
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from firmware.host.core import Core, compile_core
from models.alphamatting import band_of_mask
from models.data import DATA, photo_files
from models.measured_on import keep_figures
from pipeline.launchpad import BAUD, JobRefused, Launchpad
from pipeline.launchpad_bytes import COLUMN, Parameters
from pipeline.launchpad_exact import exact_alpha, exact_column, root_mean_square
from pipeline.launchpad_report import FOREGROUND_CODE, UNKNOWN_CODE, Solution, Wire
from pipeline.launchpad_tiles import TILES, PhotoMatting

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "launchpad.json"
SMALL = (120, 160)  # width, height of the whole photos
BANDS = (3, 10)
COLUMNS, PHOTOS = 120, {"photo": 3, "sweep": 50, "spatial": 20}
BAR = 0.06
# A board holds 169 unknown pixels of a column at most (firmware/README.md); with few there is no work.
UNKNOWN_OF_A_COLUMN = (20, 165)


def portraits():
    """(name, photo (H, W, 3), mask (H, W) bool) of the training half, in a fixed random order."""
    paths = photo_files(DATA / "eg1800" / "train")
    for i in np.random.default_rng(0).permutation(len(paths)):
        photo = np.asarray(Image.open(paths[i].with_suffix(".jpg")).convert("RGB"))
        yield paths[i].stem, photo, np.asarray(Image.open(paths[i]).convert("L")) > 127


def columns(count: int, band: float, least: int, most: int):
    """`count` columns of 800 pixels, at most two of a photo, by their number of unknown pixels."""
    rng = np.random.default_rng(1)
    found = []
    for _, photo, mask in portraits():
        if photo.shape != (800, 600, 3):
            continue
        trimap = band_of_mask(mask, band)
        unknown = (trimap == 128).sum(0)
        fitting = np.flatnonzero((unknown >= least) & (unknown <= most))
        for x in rng.choice(fitting, min(2, len(fitting)), replace=False):
            found.append((photo[:, x], trimap[:, x]))
        if len(found) >= count:
            return found[:count]
    return found


def column_row(board: Launchpad, pixels: np.ndarray, trimap: np.ndarray) -> dict:
    """One column on the board, its RMSE to the board's own system solved in float64, which is what
    its solver rounds, and to the system whose features are not rounded either."""
    answer = board.matte_column(pixels, trimap, parameters=COLUMN)
    exact = exact_column(pixels, trimap, answer.projection, COLUMN)
    unrounded = exact_alpha(pixels[:, None], trimap[:, None], COLUMN)[:, 0]
    return {
        "unknown": answer.unknown,
        "edges": answer.edges,
        "iterations": answer.iterations,
        "rmse": root_mean_square(answer.alpha[0], exact, trimap),
        "rmse_to_float_features": root_mean_square(answer.alpha[0], unrounded, trimap),
        "seconds": answer.seconds,
        "wire_seconds": answer.wire.seconds,
        "millijoules": 1e3 * answer.energy_joules,
        "stack_unused": answer.stack_unused,
        **{f"{phase.name}_cycles": phase.cycles for phase in answer.phases[1:]},
    }


def run_columns(count: int, band: float, least: int, most: int) -> dict:
    """Prints percentiles over many columns and returns them."""
    rows, refused = [], 0
    with Launchpad("sim://") as board:
        info = board.info()
        for pixels, trimap in columns(count, band, least, most):
            try:
                rows.append(column_row(board, pixels, trimap))
            except JobRefused as refusal:
                refused += 1
                print(f"refused: {refusal}")
        machine = board.port.machine
        used = info.static_bytes + machine.stack_used
        waits = machine.call("cache_misses") / machine.cycles
    print(f"{len(rows)} columns of 800 pixels, {least} to {most} unknown, {refused} refused")
    print(f"{'':24}{'median':>12}{'95 %':>12}{'most':>12}")
    summary = {
        "columns": len(rows),
        "refused": refused,
        "least_unknown": least,
        "most_unknown": most,
        "sram_bytes": used,
        "static_bytes": info.static_bytes,
        "fram_wait_share": waits,
    }
    for key in rows[0]:
        values = [row[key] for row in rows]
        summary[key] = {"median": float(np.median(values)),
                        "p95": float(np.percentile(values, 95)), "max": float(max(values))}
        print(f"{key:24}" + "".join(f"{value:12.5g}" for value in summary[key].values()))
    print(f"cycles spent waiting for FRAM, of all: {100 * waits:.1f} %")
    summary["within_0.8_s"] = sum(row["seconds"] <= 0.8 for row in rows)
    print(f"SRAM: {info.static_bytes} bytes static + {machine.stack_used} of stack, the deepest "
          f"seen, = {used} of 4096; within 0.8 s: {summary['within_0.8_s']} columns")
    return summary


def small_photos(count: int, band: float):
    """(name, photo (160, 120, 3), share of the person (160, 120) 0..1, trimap) of `count`."""
    for number, (name, photo, mask) in enumerate(portraits()):
        if number == count:
            return
        small = np.asarray(Image.fromarray(photo).resize(SMALL, Image.Resampling.LANCZOS))
        share = Image.fromarray(mask.astype(np.uint8) * 255).resize(SMALL, Image.Resampling.BOX)
        share = np.asarray(share) / 255
        yield name, small, share, band_of_mask(share > 0.5, band)


def run_photos(count: int, band: float) -> list[dict]:
    """Prints error, time and energy of whole photos and returns them."""
    rows = []
    for name, small, _, trimap in small_photos(count, band):
        exact = exact_alpha(small, trimap, TILES)
        matting, started = PhotoMatting(small, trimap), time.perf_counter()
        with Launchpad("sim://") as board:
            for _ in matting.steps(board):
                pass
        totals = matting.totals
        rows.append({
            "photo": name, "band": band, "unknown": int((trimap == 128).sum()),
            "jobs": totals.jobs,
            "rmse": root_mean_square(matting.alpha, exact, trimap),
            "board_seconds": totals.seconds, "compute_seconds": totals.compute_seconds,
            "wire_seconds": totals.wire_seconds, "joules": totals.energy_joules,
            "stack_unused": totals.least_stack_unused,
            "simulated_in_seconds": time.perf_counter() - started})
        print("  ".join(f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}"
                        for key, value in rows[-1].items()), flush=True)
    return rows


class CoreBoard:
    """The part of a Launchpad that a photo needs, by the core on this machine: no times."""

    def __init__(self, folder: Path):
        self.core = Core(compile_core(folder))

    def matte_tile(self, pixels, codes, *, parameters: Parameters, axes=None) -> Solution:
        height, width = codes.shape
        mean, vectors = axes if axes is not None else (None, None)
        known_or_not = np.isin(codes, (0, FOREGROUND_CODE, UNKNOWN_CODE)).all()
        status, solved = self.core.run(
            pixels, codes, width, height, neighbours=parameters.neighbours,
            spatial=parameters.spatial, map_bits=2 if known_or_not else 8,
            max_iterations=parameters.max_iterations, residual_bits=parameters.residual_bits,
            mean=mean, axes=vectors)
        answer, job = codes.copy(), self.core.job
        if status == 0:
            answer[codes == UNKNOWN_CODE] = solved
        solution = Solution(
            status=status, codes=answer, features=None, unknown=job.unknown, edges=job.edge_count,
            iterations=job.iterations, residual_exponent=job.residual_exponent,
            mean=tuple(job.mean), axes=np.array(job.axes).reshape(2, 3), phases=(),
            stack_unused=0, stack_used=0, wire=Wire(0, 0, 0, BAUD))
        if status:
            raise JobRefused(status, solution)
        return solution


def matted_by_core(board: CoreBoard, photo, trimap, parameters: Parameters) -> np.ndarray:
    matting = PhotoMatting(photo, trimap, parameters)
    for _ in matting.steps(board):
        pass
    return matting.alpha


def run_sweep(count: int) -> dict:
    """Prints the error of many photos in a narrow and a wide band and returns them."""
    summary = {}
    with tempfile.TemporaryDirectory() as folder:
        board = CoreBoard(Path(folder))
        for band in BANDS:
            errors = {}
            for name, small, _, trimap in small_photos(count, band):
                alpha, exact = matted_by_core(board, small, trimap, TILES), exact_alpha(
                    small, trimap, TILES)
                errors[name] = root_mean_square(alpha, exact, trimap)
                print(f"{name}  band {band:2}  rmse {errors[name]:.4f}", flush=True)
            values = list(errors.values())
            within = sum(value <= BAR for value in values)
            print(f"band {band}: {within} of {len(values)} photos within {BAR}, median "
                  f"{np.median(values):.4f}, most {max(values):.4f}")
            summary[f"band {band}"] = {"photos": len(values), "within_0.06": within,
                                       "median": float(np.median(values)), "rmse": errors}
    errors = [error for row in summary.values() for error in row["rmse"].values()]
    within = sum(row["within_0.06"] for row in summary.values())
    print(f"both bands: {within} of {len(errors)} within {BAR}, median {np.median(errors):.4f}")
    return summary


def run_spatial(count: int) -> dict:
    """Prints, for several weights of a pixel step, how near the board comes to the exact
    solution, and both to the photo's mask."""
    summary = {}
    print("spatial  band    to exact     most   to mask  exact to mask")
    with tempfile.TemporaryDirectory() as folder:
        board = CoreBoard(Path(folder))
        for spatial in (8, 16, 24, 32):
            parameters = replace(TILES, spatial=spatial)
            for band in BANDS:
                rows = []
                for _, small, share, trimap in small_photos(count, band):
                    exact = exact_alpha(small, trimap, parameters)
                    alpha = matted_by_core(board, small, trimap, parameters)
                    rows.append([root_mean_square(*pair, trimap) for pair in
                                 ((alpha, exact), (alpha, share), (exact, share))])
                means, most = np.mean(rows, 0), max(row[0] for row in rows)
                print(f"{spatial:8}{band:6}{means[0]:12.4f}{most:9.4f}{means[1]:10.4f}"
                      f"{means[2]:15.4f}", flush=True)
                summary[f"{spatial}, band {band}"] = dict(
                    zip(("to_exact", "to_mask", "exact_to_mask"), map(float, means)))
    return summary


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("columns", "photo", "sweep", "spatial"))
    parser.add_argument("--count", type=int, help=f"columns ({COLUMNS}) or photos {PHOTOS}")
    parser.add_argument("--band", type=float, help="unknown pixels either side (10; photo 3, 10)")
    chosen = parser.parse_args()
    if chosen.band and chosen.what in ("sweep", "spatial"):
        parser.error(f"{chosen.what} measures bands of {BANDS[0]} and {BANDS[1]} pixels, no other")
    photos = None if chosen.what == "columns" else chosen.count or PHOTOS[chosen.what]
    if chosen.what == "columns":
        result = run_columns(chosen.count or COLUMNS, chosen.band or 10, *UNKNOWN_OF_A_COLUMN)
    elif chosen.what == "photo":
        bands = [chosen.band] if chosen.band else BANDS
        result = {f"band {band:g}": run_photos(photos, band) for band in bands}
    elif chosen.what == "sweep":
        result = run_sweep(photos)
    else:
        result = run_spatial(photos)
    if not (chosen.count or chosen.band):
        keep_figures(RESULTS, result, chosen.what, photos=photos)


if __name__ == "__main__":
    main()
