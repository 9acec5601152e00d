"""Draw the trimap: sure background, sure foreground, and the unknown band between them."""

from numbers import Real

import cv2
import numpy as np

from pipeline.arrays import check_shares
from pipeline.image_error import ImageError
from pipeline.sampling import nearest, scaled_size

BACKGROUND, UNKNOWN, FOREGROUND = 0, 128, 255
# The band reaches this far, in pixels of a 600x800 portrait, the size of the training photos.
BAND = 10
REFERENCE_PIXELS = 600 * 800
# Larger masks come from a network that sees far less anyway: the band is drawn at this size.
MOST_PIXELS = 2_000_000
# Between these probabilities the network itself does not know: hair, motion blur, thin straps.
UNSURE = (0.2, 0.8)
# Unsure areas count as far as this many bands from the boundary; beyond, they are mistakes.
UNSURE_REACH = 3.0
# Locks of hair lie outside the mask. Where hair shows there, the band follows it out to so many of
# its widths.
HAIR_FOLLOWED = 8
# Beyond that hair it goes on for so many, unless another number is asked for: a strand is thinner
# than what the network sees.
HAIR_REACH = 0.6
# A band wider than the person, or than the ground, leaves what lies deeper than this share.
CORE = 2 / 3
# Hair shows where it is at least this likely: strands are (0.1 to 0.6 on most of those of the CC0
# portraits), bars and bricks beside short hair are not (models/EXPERIMENTS.md).
LEAST_HAIR = 0.1


def make_trimap(
    mask: np.ndarray,
    band: float = BAND,
    hair: np.ndarray | None = None,
    hair_reach: float = HAIR_REACH,
) -> np.ndarray:
    """Trimap of a soft mask: (H, W) uint8 with 0 background, 128 unknown, 255 foreground.

    mask: (H, W) float32 in 0..1. band: unknown reaches this far to either side of the boundary,
    in pixels of a 600x800 portrait; larger photos get a wider band in proportion. Where the mask
    is unsure near its boundary, as it is in hair, the unknown area widens to hold all of that.
    hair: (h, w) float32 in 0..1, the probability of "hair" in the same photo, of any size. Where it
    is LEAST_HAIR or more outside the mask, the band follows it, to HAIR_FOLLOWED times its width.
    hair_reach: how many of its widths it goes on beyond that hair; some 2 for strands that fly far.
    Where all of a side, person or ground, would be unknown, its innermost part is not, as the
    matting needs to know both.

    Raises ImageError for another mask or hair, and what `check_widths` does.
    """
    check_shares("mask", mask)
    if hair is not None:
        check_shares("hair", hair)
    check_widths(band=band, hair_reach=hair_reach)
    scale = (MOST_PIXELS / mask.size) ** 0.5
    if scale >= 1:
        return _drawn(mask, band, hair, hair_reach)
    small_size = scaled_size(mask.shape, scale)
    small_mask = cv2.resize(mask, small_size, interpolation=cv2.INTER_AREA)
    small = _drawn(small_mask, band, hair, hair_reach)
    return nearest(small, mask.shape)


def check_widths(**widths: float) -> None:
    """Raises ImageError for a width, by its name, that is negative, infinite or no number."""
    for name, width in widths.items():
        if not isinstance(width, Real) or not 0 <= width < np.inf:  # not of NaN either
            raise ImageError(
                f"{name} must be a number of zero or more, neither negative nor infinite; it is "
                f"{width}."
            )


def hair_at(hair: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """The probability of "hair", (h, w) float32 of any size, in a photo of this shape: (H, W)."""
    return cv2.resize(hair, shape[::-1], interpolation=cv2.INTER_LINEAR)


def unknown_pixels(trimap: np.ndarray) -> np.ndarray:
    """Which pixels of a trimap (H, W) uint8 are neither background nor foreground: (H, W) bool."""
    return (trimap != BACKGROUND) & (trimap != FOREGROUND)


def has_both_sides(trimap: np.ndarray) -> bool:
    """Whether a trimap (H, W) uint8 says of some pixels that they are person and of some that they
    are background: without both there is nothing to solve from.
    """
    return all((trimap == side).any() for side in (BACKGROUND, FOREGROUND))


def alpha_of(trimap: np.ndarray, values: np.ndarray | float) -> np.ndarray:
    """Alpha matte (H, W) float32: 0 and 1 where the trimap knows, `values` where it does not.

    values: (n,) of the n unknown pixels in scan order, or one for all of them.
    """
    alpha = (trimap == FOREGROUND).astype(np.float32)
    alpha[unknown_pixels(trimap)] = values
    return alpha


def _drawn(mask, band, hair, hair_reach):
    person = (mask >= 0.5).astype(np.uint8)
    trimap = np.where(person, FOREGROUND, BACKGROUND).astype(np.uint8)
    if not person.any() or person.all():
        return trimap
    reach = band_width(mask.shape, band)
    # Distances are between pixel centres; the boundary runs half a pixel before the other side.
    inside = cv2.distanceTransform(person, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) - 0.5
    outside = cv2.distanceTransform(1 - person, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) - 0.5
    distance = np.where(person, inside, outside)
    low, high = UNSURE
    unknown = (mask > low) & (mask < high) & (distance <= UNSURE_REACH * reach)
    unknown |= distance <= reach
    if hair is not None:
        shown = hair_at(hair, mask.shape) >= LEAST_HAIR
        near = (person == 0) & (outside <= HAIR_FOLLOWED * reach)
        unknown |= near & _near(shown, hair_reach * reach)
    for side, depth in ((person > 0, inside), (person == 0, outside)):
        if unknown[side].all():
            unknown &= ~(side & (depth >= CORE * depth.max()))
    trimap[unknown] = UNKNOWN
    return trimap


def _near(shown, margin):
    """Which pixels lie within a margin, in pixels, of one that is True: (H, W) bool."""
    if not shown.any():
        return shown
    away = (~shown).view(np.uint8)
    return cv2.distanceTransform(away, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) <= margin


def band_width(shape: tuple[int, int], band: float) -> float:
    """The band's reach in pixels of a photo of this shape."""
    return band * float(np.sqrt(shape[0] * shape[1] / REFERENCE_PIXELS))
