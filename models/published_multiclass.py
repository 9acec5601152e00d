"""MediaPipe's multi-class selfie segmentation as published: the peer that our network began as."""

from functools import cache

import cv2
import numpy as np
from scipy.special import softmax

from models.multiclass_features import checked_file
from pipeline.tflite import Network


def published_mask(image: np.ndarray) -> np.ndarray:
    """(H, W) float32 probability of "person", any class but the background, for (H, W, 3) uint8 RGB.

    The photo is squeezed to the network's square, as MediaPipe does. Raises what `checked_file`
    does.
    """
    network = _network()
    height, width = network.input_size
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    (scores,) = network(small.astype(np.float32) / 127.5 - 1)
    ground = softmax(scores, axis=-1)[..., 0]
    return cv2.resize(1 - ground, image.shape[1::-1])


@cache  # the file is read and its hash taken once, not for every photo
def _network() -> Network:
    return Network(checked_file())
