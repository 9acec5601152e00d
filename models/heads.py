"""PortraitFCN+ with a light encoder.

Shen et al. 2016 (Automatic Portrait Segmentation for Image Stylization, section 4) give FCN-8s
three channels besides RGB: normalised x, normalised y and the mean mask, all in the pose of the
face. We keep that input and the fusion of strides, and replace VGG16 by EfficientNet-Lite0, so
that the network runs on a phone-sized CPU budget and fits in 10 MB.
"""

import keras
from keras import layers

from models.encoders import efficientnet_lite0
from models.layout import channel_axis, input_shape
from models.normalization import normalised

INPUT_CHANNELS = 6
# Channels of the decoder at strides 32, 16, 8, 4 and 2, and of the lateral 1x1 convolutions.
DECODER = (64, 64, 48, 32, 24)
LATERAL = (48, 32, 24, 16)


def portrait_fcn_plus(
    height: int | None = None, width: int | None = None, channels: int = INPUT_CHANNELS
) -> keras.Model:
    """Build the network: (batch, height, width, channels) float32 -> (batch, height, width, 1).

    The output is the logit of "person". Height and width must be divisible by 32; None leaves
    them open. The axes are in the order of models.layout.
    """
    inputs = keras.Input(input_shape(height, width, channels), name="portrait")
    *skips, deepest = efficientnet_lite0(inputs)
    # The pooled context says what the whole picture shows, which a pixel's own view cannot.
    context = layers.GlobalAveragePooling2D(keepdims=True, name="context_pool")(deepest)
    context = layers.Conv2D(DECODER[0], 1, kernel_initializer="zeros", name="context")(context)
    x = layers.Add()([_convolution(deepest, DECODER[0], 1, "top"), context])
    for skip, lateral, width_out, stride in zip(
        reversed(skips), LATERAL, DECODER[1:], (16, 8, 4, 2), strict=True
    ):
        x = layers.UpSampling2D(2, interpolation="bilinear", name=f"up{stride}")(x)
        x = layers.Concatenate(axis=channel_axis())([x, _convolution(skip, lateral, 1, f"lateral{stride}")])
        x = _convolution(x, width_out, 3, f"fuse{stride}")
    # float32 whatever the training precision: the loss needs exact logits.
    logit = layers.Conv2DTranspose(
        1, 4, 2, padding="same", dtype="float32", kernel_initializer=_small_normal(), name="logit"
    )(x)
    return keras.Model(inputs, logit, name="portrait_fcn_plus")


def _convolution(x, channels, kernel, name):
    x = layers.Conv2D(channels, kernel, padding="same", use_bias=False, name=name)(x)
    return layers.ReLU()(normalised(x, f"{name}_bn"))


def _small_normal():
    # Small first logits keep the first steps from undoing the pre-trained encoder.
    return keras.initializers.RandomNormal(stddev=0.02, seed=0)
