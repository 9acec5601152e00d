"""Where the evaluations keep what they measured, and of which weights."""

import hashlib
import json
from pathlib import Path

from models.measured_on import keep_figures
from pipeline.segment import NETWORK
from pipeline.weights import WEIGHTS
from pipeline.whole_file import write_json

RESULTS = Path(__file__).resolve().parent / "results"
PROVENANCE = RESULTS / "weights.json"
# What a mask depends on.
MASK_WEIGHTS = (NETWORK.name, "portrait_prior.npz")


def keep(file: Path, results: dict, *weights: str, photos: int | None = None) -> None:
    """Write the figures; note the day and the hashes of the weights they were measured with.

    weights: names in models/weights. photos: as for `keep_figures`.
    """
    keep_figures(file, results, photos=photos)
    known = json.loads(PROVENANCE.read_text()) if PROVENANCE.exists() else {}
    known[file.name] = {name: sha256(name) for name in weights}
    write_json(PROVENANCE, dict(sorted(known.items())))


def sha256(name: str) -> str:
    """The hash of a file in models/weights."""
    return hashlib.sha256((WEIGHTS / name).read_bytes()).hexdigest()


def training_log(name: str) -> Path:
    """The JSON of a network's training, a dict for each epoch."""
    return RESULTS / f"training_{name}.json"
