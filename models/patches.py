"""The refinement network's training patches, as models/refinement_patches.py keeps them."""

from dataclasses import dataclass, fields

import numpy as np

from models.photos import CACHE

FOLDER = CACHE / "refinement"
PATCH = 128  # pixels, square


@dataclass(frozen=True)
class Patches:
    """Patches stacked along the first axis, n x PATCH x PATCH.

    image: (..., 3) uint8 RGB. alpha: float16, KNN matting's. place: float16, of
    `pipeline.refine.place_in_band`. unknown: bool. truth: uint8, 255 times the true alpha, or the
    hard mask. hard: (n,) bool, whether the truth is a hard mask.
    """

    image: np.ndarray
    alpha: np.ndarray
    place: np.ndarray
    unknown: np.ndarray
    truth: np.ndarray
    hard: np.ndarray

    def __len__(self) -> int:
        return len(self.image)


def read_patches(part: str) -> Patches:
    """All patches that have been made for "train" or "validation"."""
    paths = sorted(FOLDER.glob(f"{part}_*.npz"))
    if not paths:
        raise FileNotFoundError(f"No patches in {FOLDER}; run python -m models.refinement_patches.")
    names = [field.name for field in fields(Patches)]
    stored = []
    for path in paths:
        with np.load(path) as file:
            stored.append({name: file[name] for name in names})
    return Patches(**{name: np.concatenate([each[name] for each in stored]) for name in names})
