"""EfficientNet-Lite0 (Tan & Le 2019, "lite" variant of the TPU repository), as feature encoder.

The lite variants drop squeeze-and-excitation and use ReLU6, which is what makes them quick on
a CPU. Stride-2 convolutions pad as TensorFlow's "same" does, because the ImageNet weights were
trained that way: below and to the right only. So a pixel of the map of stride s looks at a place
(s - 1) / 2 pixels below and to the right of its square's middle, which the layers after it learn.
"""

import keras
from keras import layers

from models.imagenet import lite0_weights
from models.layout import channel_axis
from models.normalization import normalised

# (repeats, kernel, stride, expansion, output channels) of each stage, Tan & Le 2019, table 1.
LITE0_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
STEM_CHANNELS = 32


def efficientnet_lite0(inputs):
    """Return the feature maps of strides 2, 4, 8, 16 and 32 (16, 24, 40, 112, 320 channels).

    `inputs` is a Keras tensor of images in the layout in force, with H and W divisible by 32; the
    first three channels are RGB scaled to (value - 127) / 128.
    """
    x = _convolution(inputs, STEM_CHANNELS, 3, 2, "stem")
    x = layers.ReLU(6.0)(x)
    features = {}
    stride, block = 2, 0
    for repeats, kernel, stage_stride, expansion, channels in LITE0_STAGES:
        for repeat in range(repeats):
            block_stride = stage_stride if repeat == 0 else 1
            stride *= block_stride
            x = _inverted_residual(x, channels, kernel, block_stride, expansion, f"block{block}")
            block += 1
        features[stride] = x
    return [features[stride] for stride in (2, 4, 8, 16, 32)]


def _inverted_residual(x, channels, kernel, stride, expansion, name):
    """Mobile inverted bottleneck (Sandler et al. 2018, section 3.3), no squeeze-and-excitation."""
    shortcut = x
    if expansion > 1:
        x = _convolution(x, expansion * x.shape[channel_axis()], 1, 1, f"{name}_expand")
        x = layers.ReLU(6.0)(x)
    x = layers.DepthwiseConv2D(
        kernel, stride, padding="same", use_bias=False, name=f"{name}_depthwise"
    )(x)
    x = normalised(x, f"{name}_depthwise_bn")
    x = layers.ReLU(6.0)(x)
    x = _convolution(x, channels, 1, 1, f"{name}_project")
    if stride == 1 and shortcut.shape[channel_axis()] == channels:
        x = layers.Add()([shortcut, x])
    return x


def _convolution(x, channels, kernel, stride, name):
    x = layers.Conv2D(channels, kernel, stride, padding="same", use_bias=False, name=name)(x)
    return normalised(x, f"{name}_bn")


def block_count() -> int:
    """Number of inverted residual blocks, named block0 and on."""
    return sum(repeats for repeats, *_ in LITE0_STAGES)


def load_imagenet(model: keras.Model) -> None:
    """Copy the published ImageNet weights into the encoder layers of `model` (see `imagenet`).

    Input channels beyond RGB start at zero, so the network begins as if they were not there.
    """
    state = lite0_weights()

    def convolution(layer_name, key):
        layer = model.get_layer(layer_name)
        kernel = state[key].transpose(2, 3, 1, 0)  # out, in, h, w -> h, w, in, out
        if isinstance(layer, layers.DepthwiseConv2D):
            kernel = kernel.transpose(0, 1, 3, 2)
        wanted = layer.get_weights()[0]
        wanted[...] = 0
        wanted[:, :, : kernel.shape[2]] = kernel
        layer.set_weights([wanted])

    def normalisation(layer_name, prefix):
        names = ("weight", "bias", "running_mean", "running_var")
        model.get_layer(layer_name).set_weights([state[f"{prefix}.{name}"] for name in names])

    convolution("stem", "_conv_stem.weight")
    normalisation("stem_bn", "_bn0")
    for block in range(block_count()):
        source, parts = f"_blocks.{block}", ["expand", "depthwise", "project"]
        if f"{source}._expand_conv.weight" not in state:
            parts.remove("expand")
        for part in parts:
            convolution(f"block{block}_{part}", f"{source}._{part}_conv.weight")
            index = ["expand", "depthwise", "project"].index(part)
            normalisation(f"block{block}_{part}_bn", f"{source}._bn{index}")
