"""The networks of one family, each with either encoder.

* `fcn8s`: FCN-8s (Long, Shelhamer & Darrell 2015) with one class, "person", from RGB.
* `portrait_fcn`: the same for portraits; with the light encoder it fuses every stride.
* `portrait_fcn_plus`: PortraitFCN+ (Shen et al. 2016, *Automatic Portrait Segmentation for Image
  Stylization*, section 4): three channels more, normalised x and y and the mean mask, all in the
  pose of the face.
* `portrait_fcn_plus_corner`: the same with output that lies beside its input (`heads.corner_head`),
  to see what this costs.

The encoders are VGG16, as in the papers; EfficientNet-Lite0, which runs on a phone-sized CPU
budget and fits in 10 MB; the latter with the maps of MediaPipe's selfie segmentation beside its
own; and MediaPipe's multi-class selfie segmentation, whose strides end at 16, with a head of its
own. The app uses the last.
"""

from collections.abc import Callable
from dataclasses import dataclass

import keras
from keras import layers

from models import efficientnet_lite0, multiclass_features, selfie_features, vgg16
from models.drop import DropTogether
from models.heads import corner_head, fcn8s_head, fused_head
from models.layout import channel_axis, input_shape

RGB, PORTRAIT = 3, 6  # channels
NETWORKS = {
    "fcn8s": RGB,
    "portrait_fcn": RGB,
    "portrait_fcn_plus": PORTRAIT,
    "portrait_fcn_plus_corner": PORTRAIT,
}
STRIDES = 5  # 2 to 32
# Networks with the same head whatever the encoder.
HEADS = {"fcn8s": fcn8s_head, "portrait_fcn_plus_corner": corner_head}

# Share of the samples that are learnt from the selfie network's maps alone: on portraits seen
# dozens of times the encoder's own say enough, and the head would lean on nothing else.
SELFIE_ALONE = 0.2


def lite0_and_selfie(inputs):
    """EfficientNet-Lite0's maps; those of strides 2 to 16 with the selfie network's beside them."""
    own = efficientnet_lite0.efficientnet_lite0(inputs)
    *maps, deepest = DropTogether(SELFIE_ALONE, name="own_maps")(own)
    people = selfie_features.selfie_features(inputs)
    beside = layers.Concatenate(axis=channel_axis())
    return [beside(pair) for pair in zip(maps, people, strict=True)] + [deepest]


def load_lite0_and_selfie(model: keras.Model) -> None:
    """Copy the published weights of both."""
    efficientnet_lite0.load_imagenet(model)
    selfie_features.load_published(model)


@dataclass(frozen=True)
class Encoder:
    """A network's first half, and the head that belongs to it."""

    features: Callable  # inputs -> maps of strides 2, 4, 8, 16 and, but for multiclass, 32
    load_pretrained: Callable  # copies its published weights into a model
    head: Callable  # maps -> logit
    exported: Callable = lambda model: model  # model -> the same with all outputs the app wants


ENCODERS = {
    "vgg16": Encoder(vgg16.vgg16, vgg16.load_imagenet, fcn8s_head),
    "lite0": Encoder(
        efficientnet_lite0.efficientnet_lite0,
        efficientnet_lite0.load_imagenet,
        fused_head,
    ),
    "lite0_selfie": Encoder(lite0_and_selfie, load_lite0_and_selfie, fused_head),
    "multiclass": Encoder(
        multiclass_features.multiclass_features,
        multiclass_features.load_published,
        multiclass_features.multiclass_head,
        multiclass_features.with_scores,
    ),
}


def build(
    network: str = "portrait_fcn_plus",
    encoder: str = "lite0",
    height: int | None = None,
    width: int | None = None,
) -> keras.Model:
    """Build a network of the family with random weights.

    (batch, height, width, 3 or 6) float32 -> (batch, height, width, 1) float32, the logit of
    "person"; the axes are in the order of models.layout. RGB is scaled to (value - 127) / 128.
    Height and width must be divisible by 32, with the multiclass encoder by 64; None leaves them
    open. KeyError for another name, ValueError for FCN-8s' head on maps that end at stride 16.
    """
    channels, chosen = NETWORKS[network], ENCODERS[encoder]
    inputs = keras.Input(input_shape(height, width, channels), name="portrait")
    maps = chosen.features(inputs)
    if network in HEADS and len(maps) < STRIDES:
        raise ValueError(f"{network} needs a map of stride 32, which {encoder} does not have.")
    head = HEADS.get(network, chosen.head)
    return keras.Model(inputs, head(maps), name=f"{network}_{encoder}")


def load_pretrained(model: keras.Model, encoder: str) -> None:
    """Give the encoder of `model` the published weights that training begins with."""
    ENCODERS[encoder].load_pretrained(model)
