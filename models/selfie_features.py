"""MediaPipe's selfie segmentation (Google 2021, Apache-2.0) as a second, fixed feature encoder.

It was taught on far more pictures of people than EG1800 has, so it knows a person from a chair
where 1183 portraits leave that open; its own outline is coarse. The network is a MobileNetV3
(Howard et al. 2019, section 6) with a decoder that lets each level gate the one above; batch
normalisation was folded into its convolutions, so its weights stay as they are.
"""

import keras
import numpy as np
from keras import layers, ops

from models.layout import channel_axis
from pipeline.selfie import FILE
from pipeline.wheel import wheel_file

# The inverted residuals at stride 16: (expanded channels, channels of the squeezed gate).
STRIDE16_BLOCKS = ((128, 32), (128, 32), (96, 24), (96, 24))
PREFIX = "selfie_"


def selfie_features(inputs):
    """Return its decoder's maps of strides 2, 4, 8 and 16 (16, 16, 24, 128 channels).

    `inputs` is a Keras tensor of images in the layout in force, with H and W divisible by 16;
    the first three channels are RGB scaled to (value - 127) / 128. No map is trained.
    """
    parts = _Parts()
    channels = [slice(None)] * 4
    channels[channel_axis()] = slice(0, 3)
    x = layers.Rescaling(128 / 255, 127 / 255)(inputs[tuple(channels)])  # to 0..1
    stride2 = ops.hard_swish(parts.convolution(x, 16, 3, 2))
    x = ops.relu(parts.convolution(stride2, 16))
    x = ops.relu(parts.depthwise(x, 3, 2))
    stride4 = parts.convolution(parts.gated(x, 8), 16)
    x = ops.relu(parts.convolution(stride4, 72))
    x = ops.relu(parts.depthwise(x, 3, 2))
    narrow = parts.convolution(x, 24)
    x = ops.relu(parts.convolution(narrow, 88))
    x = ops.relu(parts.depthwise(x, 3))
    stride8 = parts.convolution(x, 24) + narrow
    x = parts.inverted_residual(stride8, 96, 2, 24)
    for expanded, squeezed in STRIDE16_BLOCKS:
        x = parts.inverted_residual(x, expanded, 1, squeezed) + x
    pooled = _pooled(x)
    x = ops.relu(parts.convolution(x, 128))
    x = x * ops.sigmoid(parts.convolution(pooled, 128))
    maps = [x]
    for skip in (stride8, stride4, stride2):
        x = parts.fused(x, skip)
        maps.append(x)
    return maps[::-1]


class _Parts:
    """Its building blocks; convolutions count up in the order of the published file."""

    def __init__(self):
        self._convolutions = self._depthwise = 0

    def convolution(self, x, channels, kernel=1, stride=1):
        name = f"{PREFIX}conv2d_{self._convolutions}"
        self._convolutions += 1
        return layers.Conv2D(
            channels, kernel, stride, padding="same", trainable=False, name=name
        )(x)

    def depthwise(self, x, kernel, stride=1):
        name = f"{PREFIX}depthwise_conv2d_{self._depthwise}"
        self._depthwise += 1
        return layers.DepthwiseConv2D(kernel, stride, padding="same", trainable=False, name=name)(x)

    def gate(self, x, squeezed):
        """Squeeze and excitation: a factor for each channel (Howard et al. 2019, section 5.3)."""
        channels = x.shape[channel_axis()]
        x = ops.relu(self.convolution(_pooled(x), squeezed))
        return ops.sigmoid(self.convolution(x, channels))

    def gated(self, x, squeezed):
        return x * self.gate(x, squeezed)

    def inverted_residual(self, x, expanded, stride, squeezed):
        x = ops.hard_swish(self.convolution(x, expanded))
        x = ops.hard_swish(self.depthwise(x, 5, stride))
        return self.convolution(self.gated(x, squeezed), 32)

    def fused(self, x, skip):
        """Enlarge `x` and add as much of each channel of `skip` as both together ask for."""
        channels = skip.shape[channel_axis()]
        x = layers.UpSampling2D(2, interpolation="bilinear")(x)
        x = self.convolution(x, channels)
        x = skip * self.gate(skip + x, channels) + x
        x = ops.relu(self.convolution(x, channels))
        return x + ops.relu(self.depthwise(x, 3))


def _pooled(x):
    return layers.GlobalAveragePooling2D(keepdims=True)(x)


def load_published(model: keras.Model) -> None:
    """Give the selfie layers of `model` the weights in the mediapipe wheel."""
    weights = published_weights()
    for layer in model.layers:
        if layer.name.startswith(PREFIX):
            # The file, too, was written by Keras, which counts "conv2d", "conv2d_1" and so on.
            source = layer.name.removeprefix(PREFIX).removesuffix("_0")
            # Both kinds of kernel lie there with height and width in the middle.
            kernel = weights[f"{source}/Kernel"].transpose(1, 2, 3, 0)
            layer.set_weights([kernel, weights[f"{source}/Bias"]])


def published_weights() -> dict[str, np.ndarray]:
    """Map names as in the published file, "conv2d_1/Kernel", to float32 arrays."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(str(wheel_file(FILE)))
    return {
        tensor["name"]: interpreter.get_tensor(tensor["index"]).astype(np.float32)
        for tensor in interpreter.get_tensor_details()
        if tensor["name"].endswith(("/Kernel", "/Bias"))
    }
