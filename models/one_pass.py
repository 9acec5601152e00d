"""A single look of a network at a whole portrait, without anything the product adds to it."""

from collections.abc import Callable

import cv2
import numpy as np

from models.photos import Portrait
from pipeline.sampling import sample_affine
from pipeline.segment import network_input, whole_frame


def one_pass(
    portrait: Portrait, size: tuple[int, int], logit_of: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """The logit of "person" at the photo's own size, (H, W) float32.

    size: width and height of the network's input. logit_of: takes the six channels (h, w, 6)
    float32 and gives the logit (h, w) float32.
    """
    frame = whole_frame(portrait.image.shape, size)
    logit = logit_of(network_input(portrait.image, frame, portrait.face, size))
    photo_size = portrait.mask.shape[::-1]
    return sample_affine(logit, frame.from_photo(size), photo_size, cv2.BORDER_REPLICATE)
