"""KNN matting: an alpha matte from a photo and a trimap, in closed form on a CPU.

Chen, Li & Tang, *KNN Matting*, CVPR 2012 and TPAMI 2013, made symmetric and restricted to the
unknown band; the best quality adds a local colour-line term and what the known colours suggest.
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from numbers import Integral

import numpy as np
from scipy.sparse.csgraph import connected_components

from pipeline.band import Band, count_nearby
from pipeline.color_prior import ColorSamples, color_prior
from pipeline.conjugate_gradient import conjugate_gradient
from pipeline.image_error import ImageError
from pipeline.laplacian import (
    FEATURES,
    Energy,
    color_line_energy,
    data_energy,
    knn_energy,
    knn_links,
)
from pipeline.large_photo import reduced, refined_to_full_size
from pipeline.sampling import LONGEST_SIDE
from pipeline.story import Story
from pipeline.trimap import alpha_of, has_both_sides, unknown_pixels

QUALITIES = ("knn", "fast", "best")

# Near and far neighbours as (count, weight of position): as good as the 20 + 10 of PyMatting.
LEVELS = ((7, 2.0), (4, 0.1))

# More unknown pixels than this are solved at a lower resolution and refined in the band.
MOST_UNKNOWN = 150_000
# So are those that lie farther apart, as strands and dots do, than within so many times as many
# pixels: the known ones around them are searched. A band around a person has 2 to 3 times as many.
SPREAD = 8 / 3
# At the lower resolution so many times as few are enough: the refinement brings the detail.
REDUCED = 2 / 3

# This one, CONTRAST and color_prior.MIXTURE_WEIGHT were chosen by cross-validation over the
# alphamatting photos: `python -m benchmarks.knn choose`.
KNN_WEIGHT = 0.03  # of the KNN energy beside the colour-line energy
COLOR_LINE_EPSILON = 1e-5
CONTRAST = 0.03  # alphas this close to 0 and 1 are the smoothing's haze

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
    story: Story | None = None,
) -> np.ndarray:
    """The alpha matte of a photo from its trimap.

    image: (H, W, 3) uint8 RGB; grey (H, W), RGBA, uint16 and float in [0, 1] are taken too.
    trimap: (H, W) uint8; 0 is background, 255 foreground, everything between is unknown.
    quality: "knn" is the paper's KNN matting alone, symmetric; "fast" the colour-line term and the
    colour prior, without neighbour search in the band; "best" all three terms.
    features: colour space of the neighbour search, "lab", "rgb" or "hsv" (as in the paper).
    levels: (neighbours, weight of position) of each neighbour search.
    most_unknown: with more unknown pixels than this the system is solved at a lower resolution and
    the matte refined to the photo's pixels, as it is where they lie far apart (SPREAD); bounds time
    and memory.
    workers: threads of the neighbour search; -1 uses every core.
    story: filled with what the solver did, see `pipeline.story.Story`.

    Returns (H, W) float32 in [0, 1]; exactly 0 and 1 on the trimap's known pixels. A trimap without
    any foreground or without any background says nothing of the unknown pixels: they get 0.5.

    The system is single precision. Solved until its relative residual is below 1e-6, pure KNN
    comes within 1e-3 of a dense solution in double precision (tests/test_knn.py); as shipped,
    iterations end at the relative residual TOLERANCE. The same arguments give the same bits,
    whatever the number of workers.

    Raises ImageError if the arrays do not fit together or hold values that are not colours,
    ValueError for an option that there is not.

    >>> import numpy as np
    >>> image = np.zeros((4, 5, 3), np.uint8)
    >>> image[:, 2:] = 255
    >>> trimap = np.full((4, 5), 128, np.uint8)
    >>> trimap[:, 0], trimap[:, 4] = 0, 255
    >>> knn_matting(image, trimap).round().astype(int)[0]
    array([0, 0, 1, 1, 1])
    """
    _check_options(quality, features, levels, most_unknown)
    image, trimap = _checked(image, trimap)
    unknown = unknown_pixels(trimap)
    if not unknown.any():
        return alpha_of(trimap, ())
    if not has_both_sides(trimap):
        log.warning("The trimap lacks foreground or background: unknown pixels get alpha 0.5.")
        return alpha_of(trimap, 0.5)
    if story is None:
        story = Story(with_links=False)
    story.scale = solving_scale(unknown, most_unknown)
    options = quality, features, levels, workers, story
    if story.scale == 1:
        return alpha_of(trimap, _solve(image, trimap, *options))
    with story.step("smaller photo") as kept:
        small_image, small_trimap = reduced(image, trimap, story.scale)
        kept += [small_image, small_trimap]
    solvable = unknown_pixels(small_trimap).any()
    small_alpha = alpha_of(
        small_trimap, _solve(small_image, small_trimap, *options) if solvable else ()
    )
    with story.step("full size"):
        values = refined_to_full_size(image, unknown, small_image, small_trimap, small_alpha)
    return alpha_of(trimap, values)


def solving_scale(unknown: np.ndarray, most_unknown: int) -> float:
    """The scale, at most 1, at which a photo with these unknown pixels, (H, W) bool, is worked on."""
    most_nearby = SPREAD * max(most_unknown, MOST_UNKNOWN)
    excess = max(np.count_nonzero(unknown) / most_unknown, count_nearby(unknown) / most_nearby)
    if excess <= 1:
        return 1.0
    # What is reduced is looked at by places, which OpenCV does up to a longest side.
    return min((REDUCED / excess) ** 0.5, (LONGEST_SIDE - 1) / max(unknown.shape))


def _solve(
    image: np.ndarray,
    trimap: np.ndarray,
    quality: str,
    features: str,
    levels: tuple[tuple[int, float], ...],
    workers: int,
    story: Story,
) -> np.ndarray:
    """(n,) float32 alpha of the trimap's unknown pixels in scan order; there is at least one."""
    with story.step("unknown band") as kept:
        band = Band.around_unknown(image, trimap)
        kept += [band.colors, band.foreground, band.unknown, band.nearby, band.row]
    terms, start = _terms(band, quality, features, levels, workers, story)
    with story.step("system") as kept:
        energy = sum(terms[1:], start=terms[0])
        # Overlapping 3x3 windows link every unknown pixel to a known one.
        if quality == "knn" or min(band.shape) < 3:
            energy += _tie_of_unlinked(band, energy)
        terms.clear()
        kept += energy.arrays()
    if start is None:
        start = energy.right_side / energy.matrix.diagonal()
    story.unknowns, story.nonzeros = len(band), energy.matrix.nnz
    with story.step("conjugate gradients") as kept:
        x = conjugate_gradient(
            energy.matrix,
            energy.right_side,
            start,
            TOLERANCE,
            MOST_ITERATIONS,
            story.residuals,
        )
        kept.append(x)
    return stretched(x, quality)


def stretched(solution: np.ndarray, quality: str) -> np.ndarray:
    """Alpha, 0 to 1, from a solution of the equations; all but "knn" gain CONTRAST at both ends."""
    if quality != "knn":
        solution = (solution - CONTRAST) / (1 - 2 * CONTRAST)
    return np.clip(solution, 0, 1)


def _terms(
    band: Band,
    quality: str,
    features: str,
    levels: tuple[tuple[int, float], ...],
    workers: int,
    story: Story,
) -> tuple[list[Energy], np.ndarray | None]:
    """The energies of a quality, and the first guess (n,) that the known colours give."""

    def links() -> tuple[list[Energy], None]:
        with story.step("neighbours") as kept:
            neighbours, affinities = knn_links(band, levels, features, workers)
            kept += [neighbours, affinities]
        with story.step("KNN Laplacian") as kept:
            term = knn_energy(band, neighbours, affinities)
            kept += term.arrays()
        story.keep_links(band, neighbours, affinities)
        return [term if quality == "knn" else KNN_WEIGHT * term], None

    def colors() -> tuple[list[Energy], np.ndarray | None]:
        start = None
        with story.step("colour lines") as kept:
            terms = [color_line_energy(band, COLOR_LINE_EPSILON)]
            kept += terms[0].arrays()
        if all(len(side) for side in band.known_nearby()):
            with story.step("known colours") as kept:
                prior, start = color_prior(ColorSamples.gather(band, workers))
                kept += prior.arrays()
            terms.append(prior)
        return terms, start

    tasks = {"knn": [links], "fast": [colors], "best": [links, colors]}[quality]
    # Side by side they take little more time than the longer one; a story is told in order.
    if workers == 1 or story.with_links:
        found = [task() for task in tasks]
    else:
        with ThreadPoolExecutor(len(tasks)) as pool:
            found = list(pool.map(lambda task: task(), tasks))
    # Where colours are asked for, they come last.
    return [term for terms, _ in found for term in terms], found[-1][1]


def _tie_of_unlinked(band: Band, energy: Energy) -> Energy:
    """Tie groups of unknown pixels that no term links to a known one to their nearest label.

    One half where foreground and background are equally far. Without it their alpha is
    undetermined and the matrix singular.
    """
    _, group = connected_components(energy.matrix, directed=False)
    held = np.zeros(group.max() + 1, bool)
    held[group[energy.held]] = True
    return data_energy(~held[group], (1 + np.sign(band.depth())) / 2)


def _check_options(
    quality: str, features: str, levels: tuple[tuple[int, float], ...], most_unknown: int
) -> None:
    if quality not in QUALITIES:
        raise ValueError(f"quality must be one of {', '.join(QUALITIES)}, not {quality!r}")
    if features not in FEATURES:
        raise ValueError(f"features must be one of {', '.join(FEATURES)}, not {features!r}")
    if not levels or not all(
        isinstance(count, Integral) and count >= 1 and 0 <= weight < np.inf
        for count, weight in levels
    ):
        raise ValueError("levels need at least one neighbour each and weights of 0 or more")
    if not most_unknown >= 1:  # not of NaN either
        raise ValueError(f"most_unknown must be 1 or more, not {most_unknown!r}")


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
    elif image.dtype.newbyteorder("=") == np.uint16:
        image = image.astype(np.uint16, copy=False)
    elif image.dtype != np.uint8:
        raise ImageError("The photo must have 8 or 16 bits per channel.")
    return image[..., :3], trimap
