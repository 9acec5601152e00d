"""From an encoder's feature maps to one logit for each pixel.

The heads take the maps of strides 2, 4, 8, 16 and 32 and pad every layer "same" on both sides
alike, so that an output pixel lies where the maps' pixels lie; all but `corner_head`, where that is
the mistake.
"""

from keras import layers

from models.bilinear import Bilinear
from models.layout import channel_axis
from models.normalization import normalised

# Channels of the fused head at strides 32, 16, 8, 4 and 2, and of its lateral 1x1 convolutions.
FUSED = (64, 64, 48, 32, 24)
LATERAL = (48, 32, 24, 16)
BILINEAR = Bilinear()
# Small first logits keep the first steps from undoing the pre-trained encoder.
SMALL_BILINEAR = Bilinear(spread=0.04)
# Factors of pool3 and pool4 where all strides are trained at once (Shelhamer, Long & Darrell 2017,
# section 4.3): VGG's maps grow with the resolution.
FCN8S_FACTORS = {8: 1e-4, 16: 1e-2}


def fcn8s_head(features):
    """The head of FCN-8s (Long et al. 2015, section 4.2): scores of strides 32, 16 and 8, summed."""
    return _summed_scores(features, _enlarged)


def corner_head(features):
    """The same with a mistake that is easily made: what is enlarged is cropped at its corner.

    A transposed convolution without padding gives half a stride too much on every side. Cut off on
    one side alone, scores of strides 32, 16 and 8 come to lie 28, 12 and 4 pixels too low and too
    far to the right.
    """
    return _summed_scores(features, _enlarged_from_corner)


def _summed_scores(features, enlarged):
    *_, stride8, stride16, stride32 = features
    score = _score(stride32, "score32")
    for skip, stride in ((stride16, 16), (stride8, 8)):
        score = enlarged(score, 2, f"enlarge{stride}")
        skip = layers.Rescaling(FCN8S_FACTORS[stride], name=f"scale{stride}")(skip)
        score = layers.Add(name=f"sum{stride}")([score, _score(skip, f"score{stride}")])
    return enlarged(score, 8, "logit")


def fused_head(features):
    """The head of the light networks: every stride enlarged, laid beside the next and fused."""
    *skips, deepest = features
    # The pooled context says what the whole picture shows, which a pixel's own view cannot.
    context = layers.GlobalAveragePooling2D(keepdims=True, name="context_pool")(deepest)
    context = layers.Conv2D(FUSED[0], 1, kernel_initializer="zeros", name="context")(context)
    x = layers.Add()([_convolution(deepest, FUSED[0], 1, "top"), context])
    for skip, lateral, width_out, stride in zip(
        reversed(skips), LATERAL, FUSED[1:], (16, 8, 4, 2), strict=True
    ):
        x = layers.UpSampling2D(2, interpolation="bilinear", name=f"up{stride}")(x)
        skip = _convolution(skip, lateral, 1, f"lateral{stride}")
        x = layers.Concatenate(axis=channel_axis())([x, skip])
        x = _convolution(x, width_out, 3, f"fuse{stride}")
    return _enlarged(x, 2, "logit", SMALL_BILINEAR)


def _score(x, name):
    """One value a pixel; zero at first, as in Long et al. 2015, section 4.3."""
    return layers.Conv2D(1, 1, kernel_initializer="zeros", name=name)(x)


def _enlarged_from_corner(x, stride, name):
    x = _enlarged(x, stride, f"{name}_whole", padding="valid")
    return layers.Cropping2D(((0, stride), (0, stride)), name=name)(x)


def _enlarged(x, stride, name, first_weights=BILINEAR, padding="same"):
    return layers.Conv2DTranspose(
        1,
        2 * stride,
        stride,
        padding=padding,
        kernel_initializer=first_weights,
        # The loss needs exact logits, whatever the precision of the layers before.
        dtype="float32" if name.startswith("logit") else None,
        name=name,
    )(x)


def _convolution(x, channels, kernel, name):
    x = layers.Conv2D(channels, kernel, padding="same", use_bias=False, name=name)(x)
    return layers.ReLU()(normalised(x, f"{name}_bn"))
