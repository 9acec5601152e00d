"""Deep Image Matting, layer by layer, to measure what it needs.

Xu, Price, Cohen & Huang, *Deep Image Matting*, CVPR 2017, sections 4.1 and 4.2. The published
weights may not be used commercially and are not needed here: memory depends on sizes alone.
"""

import keras
from keras import layers, ops

from models.vgg16 import STAGES

# Channels after VGG16's convolutions, of the decoder after each unpooling, of the second stage.
BOTTLENECK, NARROWED = 4096, 512
DECODER = (512, 256, 128, 64, 64)
REFINEMENT = (64, 64, 64)


def deep_image_matting(height: int, width: int) -> keras.Model:
    """Build both stages, every weight zero: the memory that random draws take is not given back.

    (batch, height, width, 4) float32, RGB and trimap -> (batch, height, width, 1) alpha in 0..1.
    Height and width must be divisible by 32, for the five poolings.
    """
    photo_and_trimap = keras.Input((height, width, 4))
    x = photo_and_trimap
    places = []
    for channels in STAGES:
        for each in channels:
            x = _convolution(x, each, 3)
        pooled = layers.MaxPooling2D()(x)
        places.append(PlacesOfMaxima()([x, pooled]))
        x = pooled
    x = _convolution(x, BOTTLENECK, 7)
    x = _convolution(x, NARROWED, 1)
    for channels, kept in zip(DECODER, reversed(places), strict=True):
        x = layers.Multiply()([layers.UpSampling2D()(x), kept])
        x = _convolution(x, channels, 5)
    alpha = _convolution(x, 1, 5, "sigmoid")

    x = layers.Concatenate()([photo_and_trimap[..., :3], alpha])
    for channels in REFINEMENT:
        x = _convolution(x, channels, 3)
    residual = _convolution(x, 1, 3, None)
    refined = layers.ReLU(1.0)(layers.Add()([alpha, residual]))
    return keras.Model(photo_and_trimap, refined, name="deep_image_matting")


class PlacesOfMaxima(layers.Layer):
    """1 where a map has the maximum of its 2x2 square, else 0: what unpooling has to remember."""

    def call(self, inputs):
        """inputs: the map (batch, H, W, C) and its pooled one (batch, H/2, W/2, C)."""
        full, pooled = inputs
        repeated = ops.repeat(ops.repeat(pooled, 2, axis=1), 2, axis=2)
        return ops.cast(ops.equal(full, repeated), full.dtype)


def _convolution(x, channels, size, activation="relu"):
    return layers.Conv2D(
        channels, size, padding="same", activation=activation, kernel_initializer="zeros"
    )(x)
