"""KNN matting: an alpha matte from a photo and a trimap, in closed form on a CPU.

Chen, Li & Tang, *KNN Matting*, CVPR 2012 and TPAMI 2013, made symmetric and restricted to the
unknown band; the best quality adds a local colour-line term and what the known colours suggest.
"""

import logging

import cv2
import numpy as np
from scipy.sparse.csgraph import connected_components

from pipeline.band import BACKGROUND, FOREGROUND, Band
from pipeline.color_prior import ridge_prior
from pipeline.conjugate_gradient import conjugate_gradient
from pipeline.image import ImageError
from pipeline.laplacian import FEATURES, Energy, color_line_energy, data_energy, knn_energy
from pipeline.large_photo import refined_to_full_size, reduced

QUALITIES = ("knn", "fast", "best")

# Near and far neighbours as (count, weight of position): as good as the 20 + 10 of PyMatting.
LEVELS = ((10, 2.0), (5, 0.1))

# More unknown pixels than this are solved at a lower resolution and refined in the band.
MOST_UNKNOWN = 150_000

# Weights of the energies in "best", relative to the colour-line term.
KNN_WEIGHT = 0.01
PRIOR_WEIGHT = 0.05
COLOR_LINE_EPSILON = 1e-5
PRIOR_SAMPLES = 7
PRIOR_POSITION_WEIGHT = 10.0
PRIOR_RIDGE = 1e-3

TOLERANCE = 2e-3
MOST_ITERATIONS = 500

log = logging.getLogger(__name__)


def knn_matting(
    image: np.ndarray,
    trimap: np.ndarray,
    *,
    quality: str = "best",
    features: str = "lab",
    levels: tuple[tuple[int, float], ...] = LEVELS,
    most_unknown: int = MOST_UNKNOWN,
    workers: int = -1,
) -> np.ndarray:
    """The alpha matte of a photo from its trimap.

    Parameters
    ----------
    image: (H, W, 3) uint8 RGB; grey (H, W), RGBA, uint16 and float in [0, 1] are taken too.
    trimap: (H, W) uint8; 0 is background, 255 foreground, everything between is unknown.
    quality:
        "knn": the paper's KNN matting alone, symmetric.
        "fast": the colour-line term and the colour prior, without neighbour search in the band.
        "best": all three terms.
    features: colour space of the neighbour search, "lab", "rgb" or "hsv" (as in the paper).
    levels: (neighbours, weight of position) of each neighbour search.
    most_unknown:
        With more unknown pixels than this the system is solved at a lower resolution and the
        matte refined to the photo's pixels; bounds time and memory.
    workers: threads of the neighbour search; -1 uses every core.

    Returns
    -------
    (H, W) float32 in [0, 1]; exactly 0 and 1 on the trimap's known pixels. A trimap without any
    foreground or without any background says nothing of the unknown pixels: they get 0.5.

    Raises
    ------
    ImageError: the arrays do not fit together or hold values that are not colours.

    Example
    -------
    >>> import numpy as np
    >>> image = np.zeros((4, 5, 3), np.uint8)
    >>> image[:, 2:] = 255
    >>> trimap = np.full((4, 5), 128, np.uint8)
    >>> trimap[:, 0], trimap[:, 4] = 0, 255
    >>> knn_matting(image, trimap).round().astype(int)[0]
    array([0, 0, 1, 1, 1])
    """
    _check_options(quality, features, levels)
    image, trimap = _checked(image, trimap)
    alpha = (trimap == FOREGROUND).astype(np.float32)
    unknown = (trimap != FOREGROUND) & (trimap != BACKGROUND)
    if not unknown.any():
        return alpha
    if not (trimap == FOREGROUND).any() or not (trimap == BACKGROUND).any():
        log.warning("The trimap lacks foreground or background: unknown pixels get alpha 0.5.")
        alpha[unknown] = 0.5
        return alpha
    scale = (most_unknown / np.count_nonzero(unknown)) ** 0.5
    if scale < 1:
        small_image, small_trimap = reduced(image, trimap, scale)
        small_alpha = _solve(small_image, small_trimap, quality, features, levels, workers)
        alpha[unknown] = refined_to_full_size(image, unknown, small_image, small_alpha)
    else:
        alpha[unknown] = _solve(image, trimap, quality, features, levels, workers)[unknown]
    return alpha


def _solve(image, trimap, quality, features, levels, workers) -> np.ndarray:
    """(H, W) float32 alpha by solving for every unknown pixel of the trimap."""
    alpha = (trimap == FOREGROUND).astype(np.float32)
    unknown = (trimap != FOREGROUND) & (trimap != BACKGROUND)
    if not unknown.any():
        return alpha
    band = Band.around_unknown(image, trimap)
    energy, start = _assemble(band, quality, features, levels, workers)
    energy += _tie_of_unlinked(band, energy, trimap)
    if start is None:
        start = energy.right_side / energy.matrix.diagonal()
    x = conjugate_gradient(
        energy.matrix, energy.right_side, start, TOLERANCE, MOST_ITERATIONS
    )
    alpha[unknown] = np.clip(x, 0, 1)
    return alpha


def _assemble(band, quality, features, levels, workers) -> tuple[Energy, np.ndarray | None]:
    """The energy of the asked quality and, where a term has a guess, a start for the solver."""
    if quality == "knn":
        return knn_energy(band, levels, features, workers)[0], None
    energy = color_line_energy(band, COLOR_LINE_EPSILON)
    start = None
    if all(len(side) for side in band.known_nearby()):
        start, trust = ridge_prior(
            band, PRIOR_SAMPLES, PRIOR_POSITION_WEIGHT, PRIOR_RIDGE, workers
        )
        energy += data_energy(PRIOR_WEIGHT * trust, start)
    if quality == "best":
        energy += KNN_WEIGHT * knn_energy(band, levels, features, workers)[0]
    return energy, start


def _tie_of_unlinked(band: Band, energy: Energy, trimap: np.ndarray) -> Energy:
    """Tie groups of unknown pixels that no term links to a known one to their nearest label.

    Without it their alpha is undetermined and the matrix singular.
    """
    _, group = connected_components(energy.matrix, directed=False)
    held = np.zeros(group.max() + 1, bool)
    held[group[energy.held]] = True
    to_foreground, to_background = (
        cv2.distanceTransform((trimap[band.window] != label).view(np.uint8), cv2.DIST_L2, 5)
        for label in (FOREGROUND, BACKGROUND)
    )
    nearest = (to_foreground < to_background).ravel()[band.unknown]
    return data_energy(~held[group], nearest)


def _check_options(quality: str, features: str, levels: tuple[tuple[int, float], ...]) -> None:
    if quality not in QUALITIES:
        raise ValueError(f"quality must be one of {', '.join(QUALITIES)}, not {quality!r}")
    if features not in FEATURES:
        raise ValueError(f"features must be one of {', '.join(FEATURES)}, not {features!r}")
    if not levels or any(count < 1 or weight < 0 for count, weight in levels):
        raise ValueError("levels need at least one neighbour each and weights of 0 or more")


def _checked(image: np.ndarray, trimap: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The photo as (H, W, 3) uint8, uint16 or float32 and the trimap as (H, W) uint8."""
    image, trimap = np.asarray(image), np.asarray(trimap)
    if trimap.ndim != 2 or trimap.dtype != np.uint8:
        raise ImageError(
            "The trimap must be a single grey channel of 8 bits: 0 background, 255 foreground."
        )
    if image.ndim == 2:
        image = image[..., None].repeat(3, 2)
    if image.ndim != 3 or image.shape[2] not in (3, 4):
        raise ImageError("The photo must be grey or have red, green and blue channels.")
    if image.shape[:2] != trimap.shape:
        raise ImageError(
            f"The photo is {image.shape[1]} x {image.shape[0]} pixels but its trimap is "
            f"{trimap.shape[1]} x {trimap.shape[0]}; they must have the same size."
        )
    if trimap.size == 0:
        raise ImageError("The photo has no pixels.")
    if np.issubdtype(image.dtype, np.floating):
        if not (np.isfinite(image).all() and image.min() >= 0 and image.max() <= 1):
            raise ImageError("The photo's colours must be numbers between 0 and 1.")
        image = image.astype(np.float32)
    elif image.dtype not in (np.uint8, np.uint16):
        raise ImageError("The photo must have 8 or 16 bits per channel.")
    return image[..., :3], trimap
