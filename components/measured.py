"""What the measuring scripts wrote, and how it is set as a table."""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODELS, BENCHMARKS = ROOT / "models" / "results", ROOT / "benchmarks" / "results"
# How the errors of a matte are printed (models/metrics.py).
ERRORS = {"SAD": ".2f", "MSE": ".4f", "Grad": ".2f", "Conn": ".2f"}


def read(file: Path) -> dict:
    """The figures of one script."""
    return json.loads(file.read_text(encoding="utf-8"))


def table(head: list[str], rows: list[list[str]]) -> str:
    """Markdown; the first column is left-aligned."""
    lines = [head, [":--", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def on_scenes() -> str:
    """The sentence on whole scenes."""
    figures = read(MODELS / "scenes.json")
    low, high = figures["margin_95"]
    return (
        f"On {figures['scenes']} whole scenes of PASCAL VOC that training never saw, the person "
        f"IoU pooled over all pixels is {figures['mask']:.3f}, MediaPipe selfie's "
        f"{figures['mediapipe_selfie']:.3f} (difference {low:+.3f} to {high:+.3f}"
        f"{', so it may be chance' if low < 0 < high else ''}; "
        "`python -m models.evaluate_scenes`)."
    )
