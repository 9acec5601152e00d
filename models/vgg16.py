"""VGG16 (Simonyan & Zisserman 2015, configuration D) as the encoder of FCN-8s.

The fully connected layers become convolutions (Long et al. 2015, section 3.1), here with 512
channels instead of 4096 and fc6 3x3 instead of 7x7: 17 million parameters instead of 134.
"""

import keras
import numpy as np
from keras import layers

from models.imagenet import vgg16_weights

# Channels of the convolutions between the poolings.
STAGES = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))
FULLY_CONNECTED = 512
# What the published weights expect: BGR in 0..255 minus this. Ours is RGB, (value - 127) / 128.
BGR_MEAN = np.array((104.007, 116.669, 122.679))


def vgg16(inputs):
    """Return the maps of strides 2, 4, 8, 16 (pool1 to pool4) and 32 (fc7).

    `inputs` is a Keras tensor of images in the layout in force, H and W divisible by 32.
    """
    x = inputs
    features = []
    for stage, widths in enumerate(STAGES, start=1):
        for index, width in enumerate(widths, start=1):
            x = _convolution(x, width, f"conv{stage}_{index}")
        x = layers.MaxPooling2D(padding="same", name=f"pool{stage}")(x)
        features.append(x)
    x = _convolution(x, FULLY_CONNECTED, "fc6")
    features[-1] = _convolution(x, FULLY_CONNECTED, "fc7", 1)
    return features


def load_imagenet(model: keras.Model) -> None:
    """Copy ImageNet weights into the 13 convolutions of `model`.

    Input channels beyond RGB start at zero. The first layer takes over the change of scale and
    order of the channels: w (128 x + 127 - mean) = (128 w) x + w (127 - mean).
    """
    for name, (kernel, bias) in vgg16_weights().items():
        layer = model.get_layer(name)
        if name == "conv1_1":
            bias = bias + np.einsum("hwio,i->o", kernel, 127 - BGR_MEAN)
            wanted = np.zeros(layer.kernel.shape, np.float32)
            wanted[:, :, :3] = 128 * kernel[:, :, ::-1]
            kernel = wanted
        layer.set_weights([kernel, bias])


def _convolution(x, channels, name, size=3):
    return layers.Conv2D(
        channels,
        size,
        padding="same",
        activation="relu",
        kernel_initializer="he_normal",
        name=name,
    )(x)
