"""Draw the trimap: sure background, sure foreground, and the unknown band between them."""

import cv2
import numpy as np

BACKGROUND, UNKNOWN, FOREGROUND = 0, 128, 255
# The band is stated in pixels of a 600x800 portrait, the size of the training photos.
REFERENCE_PIXELS = 600 * 800
# Larger masks come from a network that sees far less anyway: the band is drawn at this size.
MOST_PIXELS = 2_000_000
# Between these probabilities the network itself does not know: hair, motion blur, thin straps.
UNSURE = (0.08, 0.92)
# Unsure areas count as far as this many bands from the boundary; beyond, they are mistakes.
UNSURE_REACH = 3.0


def make_trimap(mask: np.ndarray, band: float = 10.0) -> np.ndarray:
    """Trimap of a soft mask: (H, W) uint8 with 0 background, 128 unknown, 255 foreground.

    mask: (H, W) float32 in 0..1. band: unknown reaches this far to either side of the boundary,
    in pixels of a 600x800 portrait; larger photos get a wider band in proportion. Where the mask
    is unsure near its boundary, as it is in hair, the unknown area widens to hold all of that.
    """
    if band < 0:
        raise ValueError(f"The band must not be negative; it is {band}.")
    height, width = mask.shape
    scale = (MOST_PIXELS / mask.size) ** 0.5
    if scale < 1:
        small_size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = _drawn(cv2.resize(mask, small_size, interpolation=cv2.INTER_AREA), band)
        return cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST)
    return _drawn(mask, band)


def _drawn(mask, band):
    person = (mask >= 0.5).astype(np.uint8)
    trimap = np.where(person, FOREGROUND, BACKGROUND).astype(np.uint8)
    if not person.any() or person.all():
        return trimap
    reach = band_width(mask.shape, band)
    # Distances are between pixel centres; the boundary runs half a pixel before the other side.
    distance = np.where(
        person,
        cv2.distanceTransform(person, cv2.DIST_L2, cv2.DIST_MASK_PRECISE),
        cv2.distanceTransform(1 - person, cv2.DIST_L2, cv2.DIST_MASK_PRECISE),
    )
    low, high = UNSURE
    unsure = (mask > low) & (mask < high) & (distance <= UNSURE_REACH * reach)
    trimap[(distance - 0.5 <= reach) | unsure] = UNKNOWN
    return trimap


def band_width(shape: tuple[int, int], band: float) -> float:
    """The band's reach in pixels of a photo of this shape."""
    return band * float(np.sqrt(shape[0] * shape[1] / REFERENCE_PIXELS))
