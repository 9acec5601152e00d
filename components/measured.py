"""What the measuring scripts wrote, and how it is set as a table."""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODELS, BENCHMARKS = ROOT / "models" / "results", ROOT / "benchmarks" / "results"
# How the errors of a matte are printed (models/metrics.py).
ERRORS = {"SAD": ".2f", "MSE": ".4f", "Grad": ".2f", "Conn": ".2f"}
TRIMAPS = {"band10": "10 px band", "trimap1": "Trimap 1", "trimap2": "Trimap 2, wide"}

# What flatters our errors on alphamatting.com's photos.
CHOSEN_ON_THEM = (
    "The solver's weights and constants were chosen on these very photos, three of them confirmed by "
    "cross-validation; of several versions of the refinement network, all held against them, one "
    "of the best was taken (its card tells of each)."
)

# Published networks as they are called where their figures stand beside ours.
PEERS = {
    "mediapipe_multiclass": "MediaPipe multi-class",
    "mediapipe_multiclass_edges": "MediaPipe multi-class, edges followed",
    "robust_video_matting": "Robust Video Matting",
    "mediapipe_selfie": "MediaPipe selfie",
    "mediapipe_selfie_alpha": "MediaPipe selfie, with our matting",
}


def read(file: Path) -> dict:
    """The figures of one script."""
    return json.loads(file.read_text(encoding="utf-8"))


def table(head: list[str], rows: list[list[str]]) -> str:
    """Markdown; the first column is left-aligned."""
    lines = [head, [":--", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def refinement_table() -> str:
    """Errors on alphamatting.com before and after the refinement network."""
    rows = [
        [f"{TRIMAPS[trimap]}, {name}", *(format(found[key][e], ERRORS[e]) for e in ERRORS)]
        for trimap, found in read(MODELS / "refinement.json")["alphamatting"].items()
        for key, name in (("knn", "ours best"), ("refined", "ours refined"))
    ]
    return table(["", *ERRORS], rows)


def on_matting() -> str:
    """The sentence on what matting adds to two masks."""
    figures = read(MODELS / "eg1800.json")
    ours, coarser = (
        "{:+.4f} (95 %: {:+.4f} to {:+.4f})".format(
            figures[name]["gain_by_matting"], *figures[name]["gain_by_matting_95"]
        )
        for name in ("alpha", "mediapipe_selfie_alpha")
    )
    return (
        f"Matting changes the mean IoU of our mask by {ours} and that of the coarser MediaPipe "
        f"selfie by {coarser}."
    )


def on_training() -> str:
    """The sentences on what we have over the network that ours began as, like beside like."""
    figures = read(MODELS / "eg1800.json")
    published, followed = (
        {
            ours: "{:+.4f} (95 %: {:+.4f} to {:+.4f})".format(
                each["foreground_iou"], *each["interval_95"]
            )
            for ours, each in figures[peer]["margins"].items()
        }
        for peer in ("mediapipe_multiclass", "mediapipe_multiclass_edges")
    )
    return (
        "What our training added to MediaPipe's multi-class network is the difference between like "
        f"and like, photo by photo: {published['one_pass']} for a single pass, and "
        f"{followed['one_pass_edges']} where the boundary of both is moved onto the photo's edges. "
        f"Our mask has {published['mask']} over the network as published, and {followed['mask']} "
        "over it with edges followed."
    )


def on_scenes() -> str:
    """The sentence on whole scenes."""
    figures = read(MODELS / "scenes.json")
    said = "{} has {:.3f} (ours minus theirs, 95 %: {:+.3f} to {:+.3f})".format
    peers = [
        said(PEERS[name], peer["iou"], *peer["margin_95"]) for name, peer in figures["peers"].items()
    ]
    return (
        f"On {figures['scenes']} whole scenes of PASCAL VOC that training never saw, the person "
        f"IoU pooled over all pixels is {figures['mask']:.3f}. {', '.join(peers)}. "
        "`python -m models.evaluate_scenes`"
    )
