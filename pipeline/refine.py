"""Refine the alpha matte: a small residual network looks at the unknown band once more.

The network (models/refinement.py) sees colours, alpha and the place in the band, and says what to
add to alpha. It runs on tiles that hold unknown pixels; only their inner part is used, beyond
which nothing that was cut off can be felt, so that there are no seams.

It ships switched on because it makes the matte better by every figure that
models/evaluate_refinement.py asks for (models/results/refinement.json).
"""

from collections.abc import Callable, Iterator

import cv2
import numpy as np

from pipeline.arrays import ALPHA_ROUNDING, check_picture, check_shares, check_trimap
from pipeline.knn import MOST_UNKNOWN, solving_scale
from pipeline.large_photo import reduced
from pipeline.tflite import loaded_network
from pipeline.trimap import BACKGROUND, FOREGROUND, alpha_of, has_both_sides, unknown_pixels
from pipeline.weights import WEIGHTS

NETWORK = WEIGHTS / "refinement.tflite"
INPUT_CHANNELS = 5
# The network is convolutional with stride 4, and an output pixel depends on inputs up to 25
# pixels away.
STRIDE, MARGIN = 4, 28
TILE = 160
INNER = TILE - 2 * MARGIN

# The network has learnt from drawn hair, so it should change no more than it must: this keeps two
# thirds of its gain in SAD, MSE and Grad on the validation patches
# (python -m models.train_refinement --limits).
LARGEST_CHANGE = 0.1


def refine(
    image: np.ndarray, trimap: np.ndarray, alpha: np.ndarray, *, most_unknown: int = MOST_UNKNOWN
) -> np.ndarray:
    """The alpha matte with the network's residual added: (H, W) float32 in [0, 1].

    No pixel changes by more than LARGEST_CHANGE.

    image: (H, W, 3) uint8 RGB. trimap: (H, W) uint8, 0 background, 255 foreground, unknown
    between. alpha: (H, W) float32 in [0, 1], of KNN matting. Known pixels come out exactly 0 and
    1; a trimap without any foreground or without any background leaves alpha as it is elsewhere.

    most_unknown: with more unknown pixels than this the network looks at a smaller picture, as
    `knn_matting` does, and its residual is enlarged: the detail of a large photo is KNN matting's,
    the network has learnt from photos of up to half a megapixel, and the time stays bounded.

    Raises ImageError if image, trimap and alpha do not have these shapes, types and ranges.
    """
    check_picture("photo", image)
    check_trimap(trimap, image.shape[:2])
    check_shares("alpha matte", alpha, image.shape[:2], rounding=ALPHA_ROUNDING)
    unknown = unknown_pixels(trimap)
    values = alpha[unknown]
    if len(values) and has_both_sides(trimap):
        scale = solving_scale(unknown, most_unknown)
        change = _change(image, trimap, alpha, scale)[unknown]
        values = np.clip(values + np.clip(change, -LARGEST_CHANGE, LARGEST_CHANGE), 0, 1)
    # Made last: of a phone's photo each array of its size takes 50 MB.
    return alpha_of(trimap, values)


def _change(image, trimap, alpha, scale):
    """The residual at the photo's size, found at `scale` of it."""
    if scale == 1:
        return residual(image, trimap, alpha)
    small_image, small_trimap = reduced(image, trimap, scale)
    small_alpha = cv2.resize(alpha, small_trimap.shape[::-1], interpolation=cv2.INTER_AREA)
    return cv2.resize(residual(small_image, small_trimap, small_alpha), trimap.shape[::-1])


def residual(
    image: np.ndarray,
    trimap: np.ndarray,
    alpha: np.ndarray,
    network: Callable[[np.ndarray], list[np.ndarray]] | None = None,
) -> np.ndarray:
    """What the network adds to alpha: (H, W) float32, 0 far from unknown pixels.

    Arrays as for `refine`. network: called with (TILE, TILE, 5) float32, gives a list with
    (TILE, TILE, 1); the shipped one if None.
    """
    network = network or loaded_network(NETWORK)
    unknown = unknown_pixels(trimap)
    height, width = trimap.shape
    place = place_in_band(trimap)
    image, alpha, place = (
        cv2.copyMakeBorder(array, *(MARGIN, MARGIN + INNER) * 2, cv2.BORDER_REPLICATE)
        for array in (image, alpha, place)
    )
    change = np.zeros((height + INNER, width + INNER), np.float32)
    for y, x in tiles(unknown):
        tile = np.s_[y : y + TILE, x : x + TILE]
        (output,) = network(network_input(image[tile], alpha[tile], place[tile]))
        inner = output[MARGIN : MARGIN + INNER, MARGIN : MARGIN + INNER, 0]
        change[y : y + INNER, x : x + INNER] = inner
    return change[:height, :width]


def network_input(image: np.ndarray, alpha: np.ndarray, place: np.ndarray) -> np.ndarray:
    """(H, W, 5) float32: RGB, alpha and place, each in [-1, 1].

    image: (H, W, 3) uint8. alpha: (H, W) in [0, 1]. place: of `place_in_band`.
    """
    colours = image.astype(np.float32) * np.float32(1 / 127.5) - 1
    return np.dstack([colours, 2 * alpha.astype(np.float32) - 1, place])


def place_in_band(trimap: np.ndarray) -> np.ndarray:
    """(H, W) float32 from -1, known background, to 1, known foreground.

    Between them it grows with the distance from the one as a share of both distances: 0 lies
    midway. 0 everywhere unknown if the trimap lacks one of the two.
    """
    foreground, background = trimap == FOREGROUND, trimap == BACKGROUND
    place = foreground.astype(np.float32) - background
    if foreground.any() and background.any():
        unknown = place == 0
        to_foreground, to_background = (
            cv2.distanceTransform((~known).view(np.uint8), cv2.DIST_L2, 3)[unknown]
            for known in (foreground, background)
        )
        place[unknown] = (to_background - to_foreground) / (to_background + to_foreground)
    return place


def tiles(unknown: np.ndarray) -> Iterator[tuple[int, int]]:
    """Top left corners (y, x) of squares of INNER pixels that cover all unknown pixels (H, W)."""
    for y in range(0, unknown.shape[0], INNER):
        columns = np.flatnonzero(unknown[y : y + INNER].any(0))
        while columns.size:
            # The network's strides must fall on the same pixels in every tile.
            x = int(columns[0]) // STRIDE * STRIDE
            yield y, x
            columns = columns[columns >= x + INNER]
