"""What the layers of a convolutional network do, each applied to a photo by itself."""

import cv2
import numpy as np

from pipeline.layer_drawings import glowing
from pipeline.step import Picture

SIDE = 48  # pixels of the photo that is worked on: few enough to be seen one by one
SHOWN = 480
# Sobel's kernel for edges that run from top to bottom.
KERNEL = np.float32([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 4
# Bilinear interpolation by two, written as the kernel of a transposed convolution.
BILINEAR = np.outer([1, 3, 3, 1], [1, 3, 3, 1]).astype(np.float32) / 16


def convolution(values: np.ndarray) -> np.ndarray:
    """(H, W) float32 -> (H, W): every pixel becomes the sum of its neighbours times KERNEL."""
    return cv2.filter2D(values, cv2.CV_32F, KERNEL, borderType=cv2.BORDER_REPLICATE)


def relu(values: np.ndarray) -> np.ndarray:
    """Negative values become zero."""
    return np.maximum(values, 0)


def max_pooling(values: np.ndarray) -> np.ndarray:
    """(2h, 2w) -> (h, w): the largest of each square of 2 x 2."""
    height, width = values.shape
    return values.reshape(height // 2, 2, width // 2, 2).max(axis=(1, 3))


def transposed_convolution(values: np.ndarray) -> np.ndarray:
    """(h, w) -> (2h, 2w): every value stamps BILINEAR times itself, two pixels from the next."""
    height, width = values.shape
    stamped = np.zeros((2 * height + 2, 2 * width + 2), np.float32)
    for row in range(4):
        for column in range(4):
            part = stamped[row : row + 2 * height : 2, column : column + 2 * width : 2]
            part += BILINEAR[row, column] * values
    return stamped[1:-1, 1:-1]


def pictures(image: np.ndarray) -> tuple[Picture, ...]:
    """The four operations one after the other, on a square part (H, H, 3) uint8 of a photo."""
    small = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    edges = convolution(grey)
    positive = relu(edges)
    pooled = max_pooling(positive)
    enlarged = transposed_convolution(pooled)
    return (
        Picture.of("Input", f"{SIDE} by {SIDE} grey pixels of the photo", _large(grey)),
        Picture.of(
            "Convolution",
            "Edges from dark to bright are bright, the opposite ones dark, even parts grey",
            _large(edges / (2 * np.abs(edges).max()) + 0.5),
        ),
        Picture.of("ReLU", "Only the edges from dark to bright are left", _gold(positive)),
        Picture.of("Max pooling", "The same edges, half as large and coarser", _gold(pooled)),
        Picture.of(
            "Transposed convolution",
            "The pooled map doubled in size, smooth between its values",
            _gold(enlarged),
        ),
    )


def _gold(values: np.ndarray) -> np.ndarray:
    return _large(glowing(values))


def _large(values: np.ndarray) -> np.ndarray:
    """So large that every pixel is a square; (H, W) in 0..1 become uint8."""
    if values.ndim == 2:
        values = np.rint(255 * np.clip(values, 0, 1)).astype(np.uint8)
    return cv2.resize(values, (SHOWN, SHOWN), interpolation=cv2.INTER_NEAREST)
