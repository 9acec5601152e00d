"""Bring a face to the canonical pose, and the pose's position and shape channels to the photo.

Shen et al. 2016 (Automatic Portrait Segmentation for Image Stylization, section 4.2) add three
channels to RGB: normalised x, normalised y and the mean mask, all aligned with the face. As in
their released code the alignment is the affine map that fits 49 facial points to a reference by
least squares. Here the reference is the mean face of the training portraits (models/prior.py).
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from pipeline.face import Face
from pipeline.sampling import mapped_grid
from pipeline.weights import WEIGHTS

# Indices into the 468 mesh points that stand for the 49 inner ibug points, in ibug's order:
# brows (10), nose (9), eyes (12), outer and inner mouth (18).
POINTS = (
    *(71, 63, 105, 66, 107, 336, 296, 334, 293, 301),
    *(168, 197, 5, 4, 75, 97, 2, 326, 305),
    *(33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380),
    *(61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181, 82, 13, 312, 317, 14, 87),
)
# Divides canonical coordinates so that a portrait's channels lie within about -1..1.
CHANNEL_UNIT = 4.0
CHANNEL_LIMIT = 2.0


@dataclass(frozen=True, eq=False)
class PortraitPrior:
    """What the training portraits have in common, in canonical coordinates.

    The unit is the root mean square distance of the 49 points from their centroid, the origin;
    x points right and y down. pose: (49, 2) float32. mean_mask: (h, w) float32 in 0..1, its
    first pixel's centre at `origin` (x, y), `resolution` pixels to the unit.
    frame: left, top, right, bottom of the mean training photo.
    """

    pose: np.ndarray
    mean_mask: np.ndarray
    origin: tuple[float, float]
    resolution: float
    frame: tuple[float, float, float, float]


@cache
def portrait_prior() -> PortraitPrior:
    """Read the prior that `python -m models.prior` computed from the training portraits."""
    with np.load(WEIGHTS / "portrait_prior.npz") as stored:
        return PortraitPrior(
            pose=stored["pose"],
            mean_mask=stored["mean_mask"].astype(np.float32) / 255,
            origin=tuple(stored["origin"].tolist()),
            resolution=float(stored["resolution"]),
            frame=tuple(stored["frame"].tolist()),
        )


def alignment_points(face: Face) -> np.ndarray:
    """The 49 points of a face that the alignment uses: (49, 2) float64, pixels."""
    return face.landmarks[list(POINTS), :2].astype(np.float64)


def fit_affine(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Least-squares affine map M (2, 3) with target ~ M [x, y, 1].

    Two equations a point, six unknowns (Shen et al. 2016, section 4.2). source, target: (N, 2),
    N >= 3 points that are not all on one line.
    """
    system = np.hstack([source, np.ones((len(source), 1))])
    solution, *_ = np.linalg.lstsq(system, target, rcond=None)
    return solution.T


def align(face: Face) -> np.ndarray:
    """Affine map (2, 3) from photo pixels to canonical coordinates."""
    return fit_affine(alignment_points(face), portrait_prior().pose)


def portrait_channels(to_canonical: np.ndarray | None, shape: tuple[int, int]) -> np.ndarray:
    """The x, y and mean-mask channels for pixels of an image: (H, W, 3) float32.

    to_canonical: (2, 3) map from that image's pixels to canonical coordinates, or None when no
    face is known: then all three channels are zero, as in the code of Shen et al. x and y are
    canonical coordinates over CHANNEL_UNIT, clipped to +-CHANNEL_LIMIT; the mask is 0..1.
    """
    if to_canonical is None:
        return np.zeros((*shape, 3), np.float32)
    prior = portrait_prior()
    x, y = mapped_grid(to_canonical, shape)
    mean_mask = cv2.remap(
        prior.mean_mask,
        (x - np.float32(prior.origin[0])) * np.float32(prior.resolution),
        (y - np.float32(prior.origin[1])) * np.float32(prior.resolution),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    position = np.dstack([x, y]) / CHANNEL_UNIT
    return np.dstack([position.clip(-CHANNEL_LIMIT, CHANNEL_LIMIT), mean_mask])
