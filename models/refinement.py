"""The refinement network: what the KNN alpha still misses, as a residual to it.

A shallow U-Net with three scales and residual blocks (He et al. 2016) at the coarsest. Xu et al.
2017 (Deep Image Matting, section 4.2) refine a network's alpha in this way; here the alpha comes
from KNN matting, and the network also sees what the trimap knows.
"""

import keras
from keras import layers

from models.layout import input_shape
from models.normalization import normalised
from pipeline.refine import INPUT_CHANNELS

HALF_CHANNELS, QUARTER_CHANNELS = 16, 48
BLOCKS = 3


def refinement(height: int | None = None, width: int | None = None) -> keras.Model:
    """Build the network: (batch, height, width, 5) float32 -> (batch, height, width, 1).

    The input is `pipeline.refine.network_input`, the output is added to alpha. Height and width
    must be divisible by 4; None leaves them open. The axes are in the order of models.layout.
    Untrained, the output is zero.
    """
    inputs = keras.Input(input_shape(height, width, INPUT_CHANNELS), name="matte")
    # Even kernels: with stride 2 they lie centred on the pixels they merge.
    half = _convolution(inputs, HALF_CHANNELS, 4, 2, "half_in")
    half = _convolution(half, HALF_CHANNELS, 3, 1, "half")
    x = _convolution(half, QUARTER_CHANNELS, 4, 2, "quarter_in")
    for block in range(BLOCKS):
        name = f"quarter{block}"
        change = layers.Conv2D(QUARTER_CHANNELS, 3, padding="same", use_bias=False, name=name)(x)
        x = layers.ReLU()(layers.Add()([x, normalised(change, f"{name}_bn")]))
    x = _convolution(x, HALF_CHANNELS, 1, 1, "quarter_out")
    x = layers.UpSampling2D(2, interpolation="bilinear", name="up")(x)
    x = _convolution(layers.Add()([x, half]), HALF_CHANNELS, 3, 1, "half_out")
    residual = layers.Conv2DTranspose(
        1, 4, 2, padding="same", kernel_initializer="zeros", name="residual"
    )(x)
    return keras.Model(inputs, residual, name="refinement")


def _convolution(x, channels, kernel, stride, name):
    x = layers.Conv2D(channels, kernel, stride, padding="same", use_bias=False, name=name)(x)
    return layers.ReLU()(normalised(x, f"{name}_bn"))
