"""Correct a matte by hand: strokes painted into the trimap, only their surroundings solved anew.

A stroke is the set of pixels within a radius of a polyline. Around the changed pixels the matte
and the foreground colours are computed as for a whole photo; with growing distance they pass over
into what was there before, and beyond twice the margin nothing changes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from pipeline.band import REACH, bounding_window
from pipeline.foreground import estimate_foreground
from pipeline.knn import MOST_UNKNOWN, knn_matting
from pipeline.outputs import Finished
from pipeline.refine import refine
from pipeline.stored import StoredMatte, UnpackedMatte
from pipeline.trimap import BACKGROUND, FOREGROUND, UNKNOWN, band_width, has_both_sides

# Both in pixels of a 600x800 portrait; other photos get more or less in proportion.
# Where a stroke meets its opposite, so much of its rim is left unknown: the edge then follows the
# picture instead of the round end of the brush, though the hand went beyond it by as much.
RIM = 10.0
# Up to this far from a change its new matte counts in full, and at twice that no longer at all. In
# small photos, too, twice this is no less than the reach within which known pixels count: with
# less, alpha is off by up to 0.8 of what the whole solved anew gives at 75x100 pixels, with this by
# 0.2.
MARGIN = 12.0
LEAST_MARGIN = REACH / 2
# A rim takes up no more than this share of a stroke's radius: what is within counts as painted.
RIM_SHARE = 1 / 2


@dataclass(frozen=True, eq=False)
class Stroke:
    """One pull of the brush.

    points: (n, 2) float, x and y in pixels of the photo, n >= 1; one point paints a disc.
    radius: in pixels, positive. label: what it paints, BACKGROUND, UNKNOWN or FOREGROUND.
    """

    points: np.ndarray
    radius: float
    label: int


def paint(trimap: np.ndarray, stroke: Stroke) -> np.ndarray:
    """The trimap with a stroke in it, (H, W) uint8; outside the stroke nothing changes.

    trimap: (H, W) uint8 with 0 background, 128 unknown, 255 foreground. A stroke of foreground
    that meets background, or the other way round, leaves its rim there unknown.
    """
    painted = trimap.copy()
    covered = covered_by(stroke, trimap.shape)
    if not covered.any():
        return painted
    painted[covered] = stroke.label
    if stroke.label == UNKNOWN:
        return painted
    rim = max(1, round(min(band_width(trimap.shape, RIM), RIM_SHARE * stroke.radius)))
    window = bounding_window(covered, rim)
    opposite = painted[window] == (BACKGROUND if stroke.label == FOREGROUND else FOREGROUND)
    elsewhere = np.where(opposite, 0, 1).astype(np.uint8)
    meets = cv2.distanceTransform(elsewhere, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) <= rim
    painted[window][meets & covered[window]] = UNKNOWN
    return painted


def covered_by(stroke: Stroke, shape: tuple[int, int]) -> np.ndarray:
    """(H, W) bool: pixels whose centre lies within the radius of the stroke's polyline."""
    covered = np.zeros(shape, bool)
    points = np.asarray(stroke.points, np.float32)
    ends = points[1:] if len(points) > 1 else points
    for start, end in zip(points, ends):
        low = np.floor(np.minimum(start, end) - stroke.radius).astype(int)
        high = np.ceil(np.maximum(start, end) + stroke.radius).astype(int) + 1
        left, top = np.clip(low, 0, shape[::-1])
        right, bottom = np.clip(high, 0, shape[::-1])
        x = np.arange(left, right, dtype=np.float32)[None, :] - start[0]
        y = np.arange(top, bottom, dtype=np.float32)[:, None] - start[1]
        along = end - start
        length_squared = max(float(along @ along), 1e-12)
        # The nearest point of the segment: the projection, held between its ends.
        share = np.clip((x * along[0] + y * along[1]) / length_squared, 0, 1)
        distance_squared = (x - share * along[0]) ** 2 + (y - share * along[1]) ** 2
        covered[top:bottom, left:right] |= distance_squared <= stroke.radius**2
    return covered


def margin_of(shape: tuple[int, int]) -> float:
    """MARGIN in pixels of a photo of this shape."""
    return max(band_width(shape, MARGIN), LEAST_MARGIN)


def solve_again(
    image: np.ndarray, before: Finished, trimap: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Alpha and foreground colours after a change of the trimap, computed only around it.

    image: (H, W, 3) uint8 RGB. before: the matte of the old trimap. trimap: (H, W) uint8, new.

    Returns (H, W) float32 alpha in [0, 1] and (H, W, 3) uint8 RGB. Farther than twice the margin
    from any changed pixel both are exactly those of `before`; all that is unknown counts as changed
    if there was nothing yet to solve it from.
    """
    changed = trimap != before.trimap
    if not has_both_sides(before.trimap):
        changed |= trimap == UNKNOWN
    alpha, foreground = before.alpha.copy(), before.foreground.copy()
    if not changed.any():
        return alpha, foreground
    margin = margin_of(trimap.shape)
    window = bounding_window(changed, int(np.ceil(2 * margin)) + 1)
    distance = cv2.distanceTransform(
        (~changed[window]).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE
    )
    counts = np.clip(2 - distance / margin, 0, 1)
    # Elsewhere what is unknown counts as what it mostly is. Only the trimap is cut down: the
    # matting finds the part of the photo that matters by itself, and needs the whole photo's
    # size for the weight of position.
    local = np.where(before.alpha >= 0.5, np.uint8(FOREGROUND), np.uint8(BACKGROUND))
    np.copyto(local, trimap, where=trimap != UNKNOWN)
    solved_for = (trimap[window] == UNKNOWN) & (counts > 0)
    local[window][solved_for] = UNKNOWN
    # A part is solved as finely as the whole was, or large photos would keep people waiting.
    fineness = min(1.0, MOST_UNKNOWN / max(1, np.count_nonzero(trimap == UNKNOWN)))
    most_unknown = max(1, int(fineness * np.count_nonzero(solved_for)))
    solved = knn_matting(image, local, most_unknown=most_unknown)[window]
    solved = refine(image[window], local[window], solved, most_unknown=most_unknown)
    part = alpha[window]
    solved_for |= changed[window]
    part[solved_for] += (counts * (solved - part))[solved_for]
    # Rounding of the sum must not make known pixels uncertain.
    known = changed[window] & (trimap[window] != UNKNOWN)
    part[known] = trimap[window][known] == FOREGROUND
    np.clip(part, 0, 1, out=part)
    colours = estimate_foreground(np.ascontiguousarray(image[window]), part)
    old = foreground[window].astype(np.float32)
    mixed = old + counts[..., None] * (colours - old)
    foreground[window] = np.clip(mixed + 0.5, 0, 255).astype(np.uint8)
    return alpha, foreground


def with_strokes(
    stored: StoredMatte, strokes: Iterable[Stroke]
) -> tuple[StoredMatte, UnpackedMatte]:
    """A finished photo after strokes, in their order, have been painted into its trimap.

    Returns it packed again, and unpacked to be looked at.
    """
    before = stored.unpack()
    trimap = before.trimap
    for stroke in strokes:
        trimap = paint(trimap, stroke)
    alpha, foreground = solve_again(before.image, before, trimap)
    after = replace(before, trimap=trimap, alpha=alpha, foreground=foreground)
    return stored.with_matte(before.image, after), after
