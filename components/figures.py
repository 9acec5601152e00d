"""The measured figures that pages quote, read from the files that the measuring scripts wrote."""

import statistics
from dataclasses import dataclass

from components.measured import BENCHMARKS, CHOSEN_ON_THEM, MODELS, read

# As benchmarks/face3d.py calls them, and as the page does.
FACE_MODELS = {"DeepMasque": "Face mesh", "Surrey": "Surrey model"}


@dataclass(frozen=True)
class Figure:
    """what: a name. value: the result in words. how: what was measured. command: prints it again."""

    what: str
    value: str
    how: str
    command: str


def figures() -> list[Figure]:
    """All figures, in the order in which a photo meets what they measure."""
    return [_mask(), _matting(), _road(), _app(), *_face(), _board()]


def _read(name: str) -> dict:
    return read(BENCHMARKS / f"{name}.json")


def _mask():
    results = read(MODELS / "eg1800.json")
    ours, *peers = (
        results[name]
        for name in (
            "mask",
            "mediapipe_multiclass",
            "mediapipe_multiclass_edges",
            "robust_video_matting",
            "mediapipe_selfie",
        )
    )
    multiclass, followed, video, selfie = (f"{each['foreground_iou']:.3f}" for each in peers)
    low, high = ours["interval_95"]
    return Figure(
        "Mask",
        f"IoU {ours['foreground_iou']:.3f}",
        f"Mean overlap with hand-drawn masks of {ours['photos']} portraits of EG1800's test half "
        f"(95 % interval {low:.3f} to {high:.3f}). In the same run MediaPipe's selfie segmentation "
        f"has {selfie}, Robust Video Matting {video}, and MediaPipe's multi-class segmentation, with "
        f"whose weights ours began, {multiclass}; {followed} with its outline moved onto the photo's "
        "edges as that of ours is.",
        "python -m models.evaluate",
    )


def _matting():
    errors = {name: each["SAD"] for name, each in _read("knn")["accuracy"]["band10"].items()}
    peers = [error for name, error in errors.items() if name.startswith("pymatting")]
    return Figure(
        "Matte",
        f"SAD {errors['ours refined']:.2f}",
        "Mean sum of absolute differences, in thousands, to the true mattes of alphamatting.com's "
        "training photos, unknown within 10 px, after the refinement network; PyMatting's best has "
        f"{min(peers):.2f} by the same measure. {CHOSEN_ON_THEM}",
        "python -m benchmarks.knn accuracy",
    )


def _road():
    (size, road), *_ = _read("stages").items()
    return Figure(
        "Photo to composite",
        f"{road['warm_seconds']:.1f} s",
        f"A photo of {size} on two processor cores, no graphics card; peak memory "
        f"{road['peak_mb']:.0f} MB.",
        "python -m benchmarks.stages",
    )


def _app():
    app = _read("app")
    return Figure(
        "This app",
        f"{app['server_mb_after']:.0f} MB",
        f"Memory of the server after {app['photos']} photos, with a peak of "
        f"{app['server_mb_peak']:.0f} MB; the first page shows its heading after "
        f"{app['from_opening_the_page_s']:.1f} s.",
        "python -m benchmarks.app",
    )


def _face():
    for model, records in _read("face3d").items():
        error, fit, texture = (
            statistics.median(record[name] for record in records)
            for name in ("error", "fit", "texture")
        )
        yield Figure(
            f"3D face, {FACE_MODELS[model]}",
            f"{fit + texture:.2f} s",
            f"Median over {len(records)} portraits: fit {fit:.3f} s, texture at 1024x1024 "
            f"{texture:.2f} s"
            # The face mesh goes through its landmarks, so only a fit has an error.
            + (f", landmarks {error:.2f} % of the eyes' distance away." if error else "."),
            "python -m benchmarks.face3d",
        )


def _board():
    columns = _read("launchpad")["columns"]
    unrounded = columns["rmse_to_float_features"]
    return Figure(
        "4 KB board",
        f"{columns['sram_bytes']} bytes",
        f"SRAM of the matting on the simulated MSP430FR2433 with the deepest stack seen in "
        f"{columns['columns']} columns. 95 % of them are within {columns['rmse']['p95']:.4f} (RMSE) of "
        "the board's own system solved in float64; with features that are not rounded to eight bits "
        f"the difference is {unrounded['median']:.3f} in the median, 95 % within "
        f"{unrounded['p95']:.3f}.",
        "python -m benchmarks.launchpad columns",
    )
