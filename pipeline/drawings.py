"""Pictures that explain: marks on a photo, numbers as colours, links between pixels."""

import cv2
import numpy as np
import scipy.sparse

from pipeline.align import PortraitPrior, fit_affine
from pipeline.sampling import moved, sample_affine
from pipeline.story import Neighbour

GOLD, BLUE, PALE, DARK = (217, 178, 74), (95, 160, 225), (244, 238, 225), (11, 10, 9)
# cv2 draws at positions given in sixteenths of a pixel.
SHIFT = 4
# How much of the photo's brightness is left where the drawing is about something else.
DIMMED = 0.35


def marked(
    image: np.ndarray, points: np.ndarray, color: tuple[int, int, int], radius: float
) -> np.ndarray:
    """A copy of (H, W, 3) uint8 with a dot at each of the (N, 2) points x, y in pixels."""
    picture = image.copy()
    for x, y in points:
        centre = round(x * 2**SHIFT), round(y * 2**SHIFT)
        cv2.circle(picture, centre, round(radius * 2**SHIFT), color, -1, cv2.LINE_AA, SHIFT)
    return picture


def enlarged_part(
    image: np.ndarray, box: tuple[float, float, float, float], side: int
) -> tuple[np.ndarray, np.ndarray]:
    """The part left, top, right, bottom of an image, its longer side `side` pixels long.

    Returns (h, w, 3) uint8, black beyond the image, and the (2, 3) map from photo to crop pixels.
    """
    left, top, right, bottom = box
    scale = side / max(right - left, bottom - top)
    size = round((right - left) * scale), round((bottom - top) * scale)
    to_image = np.array([[1 / scale, 0, left], [0, 1 / scale, top]])
    to_crop = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]])
    return sample_affine(image, to_image, size), to_crop


def in_canonical_pose(
    image: np.ndarray, points: np.ndarray, prior: PortraitPrior, reach: float, side: int
) -> np.ndarray:
    """The photo brought to the canonical pose, the mean face and the photo's points drawn over it.

    points: (49, 2) in the photo. reach: canonical units shown to each side of the origin. Rings
    are the mean face, dots the photo's points, lines what the affine map leaves between them.
    """
    scale = side / (2 * reach)
    on_picture = np.array([[scale, 0, side / 2], [0, scale, side / 2]])
    target = moved(prior.pose, on_picture)
    to_image = fit_affine(target, points)
    picture = sample_affine(image, to_image, (side, side))
    # The map of the fit from photo to pose, not the inverse of the one drawn with.
    to_picture = fit_affine(points, target)
    placed = moved(points, to_picture)
    picture = marked(picture, placed, GOLD, 3.5)
    for start, end in zip(placed, target, strict=True):
        ends = [tuple(np.rint(point * 2**SHIFT).astype(int).tolist()) for point in (start, end)]
        cv2.line(picture, *ends, PALE, 1, cv2.LINE_AA, SHIFT)
        cv2.circle(picture, ends[1], round(5.5 * 2**SHIFT), PALE, 1, cv2.LINE_AA, SHIFT)
    return picture


def signed(values: np.ndarray, limit: float) -> np.ndarray:
    """(H, W) numbers as colours: blue below zero, dark at zero, gold above, full at +-limit."""
    share = np.clip(values / limit, -1, 1)[..., None]
    end = np.where(share < 0, np.float32(BLUE), np.float32(GOLD))
    colors = np.float32(DARK) + np.abs(share) * (end - np.float32(DARK))
    return np.rint(colors).astype(np.uint8)


def kept_bright(image: np.ndarray, share: np.ndarray) -> np.ndarray:
    """The photo dimmed where `share`, (H, W) in 0..1, is 0."""
    brightness = DIMMED + (1 - DIMMED) * share[..., None]
    return np.rint(image * brightness).astype(np.uint8)


def tinted(image: np.ndarray, where: np.ndarray) -> np.ndarray:
    """The photo in grey, gold laid over the pixels `where`, (H, W) bool, and lined at its edge."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None].repeat(3, 2)
    picture = np.where(where[..., None], 0.45 * image + 0.55 * np.float32(GOLD), 0.75 * grey)
    rim = cv2.morphologyEx(where.view(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    picture[rim.astype(bool) & where] = GOLD
    return np.rint(picture).astype(np.uint8)


def sparsity(matrix: scipy.sparse.csr_matrix, side: int) -> np.ndarray:
    """Where a matrix has entries: (side, side) uint8, brighter for cells that hold more."""
    n = matrix.shape[0]
    cell = max(1.0, n / side)
    entries = matrix.tocoo()
    place = (entries.row // cell).astype(np.int64) * side + (entries.col // cell).astype(np.int64)
    counts = np.bincount(place, minlength=side * side).reshape(side, side)
    # Nearly all entries lie at the diagonal; the logarithm lets the few far ones be seen.
    shown = np.log1p(counts) / np.log1p(counts.max())
    return np.rint(255 * shown).astype(np.uint8)


def linked(
    image: np.ndarray, pixel: tuple[int, int], neighbours: list[Neighbour]
) -> np.ndarray:
    """A line from a pixel (x, y) to each of its neighbours, thicker for the nearest in feature."""
    picture = kept_bright(image, np.zeros(image.shape[:2], np.float32))
    weakest = min((each.affinity for each in neighbours), default=0.0)
    span = max(1e-6, 1 - weakest)
    for each in reversed(neighbours):
        strength = (each.affinity - weakest) / span
        thickness = 1 + round(2 * strength)
        cv2.line(picture, pixel, (each.x, each.y), GOLD, thickness, cv2.LINE_AA)
    for each in neighbours:
        own = tuple(int(value) for value in image[each.y, each.x])
        cv2.circle(picture, (each.x, each.y), 6, PALE, -1, cv2.LINE_AA)
        cv2.circle(picture, (each.x, each.y), 5, own, -1, cv2.LINE_AA)
    own = tuple(int(value) for value in image[pixel[1], pixel[0]])
    cv2.circle(picture, pixel, 10, GOLD, -1, cv2.LINE_AA)
    cv2.circle(picture, pixel, 7, own, -1, cv2.LINE_AA)
    return picture


def fullest_square(values: np.ndarray, side: int) -> tuple[slice, slice]:
    """Rows and columns of the square with the largest sum of values (H, W)."""
    side = min(side, *values.shape)
    total = cv2.integral(values)
    sums = total[side:, side:] - total[:-side, side:] - total[side:, :-side] + total[:-side, :-side]
    top, left = np.unravel_index(sums.argmax(), sums.shape)
    return slice(int(top), int(top) + side), slice(int(left), int(left) + side)


def magnified(pixels: np.ndarray, window: tuple[slice, slice], factor: int) -> np.ndarray:
    """A window of a picture, every pixel a square of `factor` pixels."""
    part = np.ascontiguousarray(pixels[window])
    return cv2.resize(part, None, fx=factor, fy=factor, interpolation=cv2.INTER_NEAREST)
