"""Compute the canonical pose, the mean mask and the mean frame from the training portraits.

    python -m models.prior

writes models/weights/portrait_prior.npz (see pipeline.align.PortraitPrior).
"""

import argparse

import cv2
import numpy as np

from models.photos import eg1800
from pipeline.align import alignment_points, fit_affine
from pipeline.weights import WEIGHTS
from pipeline.whole_file import whole_file

# Canonical extent of the mean mask; portraits hardly ever show more.
LEFT, TOP, RIGHT, BOTTOM = -4.0, -4.0, 4.0, 8.0
RESOLUTION = 20.0
PROCRUSTES_ROUNDS = 4
FILE = WEIGHTS / "portrait_prior.npz"
# A place shown by no more portraits than this tells nothing. Those that show its mirror image
# count, too, so three that show both are enough. From the pose's middle down such a place copies
# the row above; higher up it is nobody's.
SEEN_BY = 5
# Positions within POINTS of each point's mirror image: ibug's left-right pairs.
MIRROR = (
    *(9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
    *(10, 11, 12, 13, 18, 17, 16, 15, 14),
    *(28, 27, 26, 25, 30, 29, 22, 21, 20, 19, 24, 23),
    *(37, 36, 35, 34, 33, 32, 31, 42, 41, 40, 39, 38, 45, 44, 43, 48, 47, 46),
)


def main():
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    portraits = [portrait for portrait in eg1800("train") if portrait.face]
    pose = canonical_pose([alignment_points(portrait.face) for portrait in portraits])
    maps = [fit_affine(alignment_points(portrait.face), pose) for portrait in portraits]
    arrays = {
        "pose": pose.astype(np.float32),
        "mean_mask": np.rint(mean_mask(portraits, maps) * 255).astype(np.uint8),
        "origin": (LEFT, TOP),
        "resolution": RESOLUTION,
        "frame": mean_frame(portraits, maps),
    }
    print(f"prior of {len(portraits)} portraits with a face")
    # Another machine rounds in another way, and figures name the file by its hash.
    if FILE.exists() and same_but_for_rounding(_kept(), arrays):
        print("the same as the one that is there but for rounding, which stays")
        return
    with whole_file(FILE) as file:
        np.savez_compressed(file, **arrays)


def _kept() -> dict:
    with np.load(FILE) as stored:
        return dict(stored)


def same_but_for_rounding(one: dict, other: dict) -> bool:
    """Whether two priors, arrays by name, say the same: whole numbers may differ by one."""
    return one.keys() == other.keys() and all(
        _alike(np.asarray(array), np.asarray(other[name])) for name, array in one.items()
    )


def _alike(one, other):
    if one.shape != other.shape:
        return False
    least = 1 if np.issubdtype(one.dtype, np.integer) else 1e-6
    return np.abs(np.subtract(one, other, dtype=float)).max() <= least


def canonical_pose(shapes: list[np.ndarray]) -> np.ndarray:
    """Mean of (49, 2) shapes after similarity alignment, made symmetric; (49, 2).

    Generalised Procrustes analysis (Gower 1975): align all to the mean, average, repeat.
    """
    shapes = [_normalised(shape) for shape in shapes]
    mean = shapes[0]
    for _ in range(PROCRUSTES_ROUNDS):
        total = np.zeros_like(mean)
        for shape in shapes:
            left, _, right = np.linalg.svd(shape.T @ mean)
            total += shape @ left @ right
        mean = total / len(shapes)
        mean = _normalised((mean + mean[list(MIRROR)] * (-1, 1)) / 2)
    return mean


def mean_mask(portraits, maps) -> np.ndarray:
    """Average of the aligned training masks over the photos that show the place, symmetric.

    Where hardly any does, it is 0 or that of the row above (see SEEN_BY).
    """
    size = (int((RIGHT - LEFT) * RESOLUTION) + 1, int((BOTTOM - TOP) * RESOLUTION) + 1)
    total, seen = np.zeros(size[::-1]), np.zeros(size[::-1])
    for portrait, to_canonical in zip(portraits, maps, strict=True):
        to_raster = (to_canonical - [[0, 0, LEFT], [0, 0, TOP]]) * RESOLUTION
        total += cv2.warpAffine(portrait.mask.astype(np.float32) / 255, to_raster, size)
        seen += cv2.warpAffine(np.ones(portrait.mask.shape, np.float32), to_raster, size)
    total, seen = total + total[:, ::-1], seen + seen[:, ::-1]
    mean = np.where(seen > SEEN_BY, total / np.maximum(seen, 1), 0)
    for row in range(int(-TOP * RESOLUTION), len(mean)):
        unseen = seen[row] <= SEEN_BY
        mean[row, unseen] = mean[row - 1, unseen]
    return mean


def mean_frame(portraits, maps) -> np.ndarray:
    """Median left, top, right, bottom of the photos' frames in canonical coordinates."""
    frames = []
    for portrait, to_canonical in zip(portraits, maps, strict=True):
        height, width = portrait.mask.shape
        middle = (width / 2, height / 2)
        edges = [(0, middle[1], 1), (middle[0], 0, 1), (width, middle[1], 1), (middle[0], height, 1)]
        points = np.array(edges) @ to_canonical.T
        frames.append((points[0, 0], points[1, 1], points[2, 0], points[3, 1]))
    return np.median(frames, axis=0)


def _normalised(shape):
    shape = shape - shape.mean(axis=0)
    return shape / np.sqrt((shape**2).sum(axis=1).mean())


if __name__ == "__main__":
    main()
