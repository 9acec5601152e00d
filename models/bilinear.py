"""Bilinear interpolation as the first weights of a transposed convolution.

Long et al. 2015, *Fully Convolutional Networks*, section 3.3.
"""

import keras
import numpy as np


class Bilinear(keras.initializers.Initializer):
    """Each output channel begins as a mix of the bilinearly enlarged input channels.

    With `spread` 0 channel k of the output is channel k of the input; otherwise the mixing
    coefficients are normally distributed with that standard deviation. Kernels have the size of
    two strides, so that with padding "same" an output pixel lies where its input pixel lies.
    """

    def __init__(self, spread: float = 0.0, seed: int = 0):
        self.spread, self.seed = spread, seed

    def __call__(self, shape, dtype=None):
        height, width, outputs, inputs = shape
        mix = np.eye(outputs, inputs)
        if self.spread:
            mix = np.random.default_rng(self.seed).normal(0, self.spread, (outputs, inputs))
        kernel = np.outer(_tent(height), _tent(width))[..., None, None] * mix
        return keras.ops.convert_to_tensor(kernel, dtype=dtype)

    def get_config(self):
        return {"spread": self.spread, "seed": self.seed}


def _tent(size):
    """The triangle of height 1 over `size` = two strides samples."""
    stride = size / 2
    return 1 - np.abs(np.arange(size) + 0.5 - stride) / stride
