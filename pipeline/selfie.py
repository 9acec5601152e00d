"""MediaPipe's selfie segmentation: a peer of our mask."""

import cv2
import numpy as np

from pipeline.wheel import wheel_network

FILE = "selfie_segmentation/selfie_segmentation.tflite"


def selfie_mask(image: np.ndarray) -> np.ndarray:
    """(H, W) float32 probability of "person" for (H, W, 3) uint8 RGB."""
    network = wheel_network(FILE)
    height, width = network.input_size
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    (probability,) = network(small.astype(np.float32) / 255)
    return cv2.resize(probability[..., 0], image.shape[1::-1])
