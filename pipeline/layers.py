"""What PortraitFCN+ makes of a photo between its six channels and its logit.

Shen et al. 2016 fuse the maps of several strides, as FCN-8s does: every decoder level takes the
coarser level, enlarged twice, beside the encoder's own map of its stride. The layers are found by
the names that `models.heads` gives them.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.bars import picture_area
from pipeline.face import Face
from pipeline.segment import NETWORK, network_input, network_size, whole_frame, within
from pipeline.tflite import run_and_keep

DEEPEST = 32  # the stride that the fusion starts from
FUSED = (16, 8, 4, 2)
# The last layers with a name, at each stride, of the encoder's two networks: EfficientNet-Lite0
# (models/efficientnet_lite0.py) and the selfie segmentation (models/selfie_features.py).
OWN = {
    2: "block0_project",
    4: "block2_project",
    8: "block4_project",
    16: "block10_project",
    32: "block15_project",
}
SELFIE = {
    2: "selfie_depthwise_conv2d_10",
    4: "selfie_depthwise_conv2d_9",
    8: "selfie_depthwise_conv2d_8",
    16: "selfie_conv2d_29",
}


@dataclass(frozen=True)
class Fusion:
    """One level of the decoder; each (h, w, channels) float32, not negative but for `enlarged`.

    stride: pixels of the network's input to a pixel of the map. enlarged: what the coarser level
    knows. encoder: what the encoder sees at this stride, after a 1x1 convolution. fused: a 3x3
    convolution over both.
    """

    stride: int
    enlarged: np.ndarray
    encoder: np.ndarray
    fused: np.ndarray


@dataclass(frozen=True)
class Layers:
    """The maps of one look at a photo.

    inputs: (H, W, 6) float32. own, selfie: shapes (h, w, channels) of the maps of the encoder's two
    networks by their stride. deepest: (H/32, W/32, channels) float32, the deepest of them after a
    1x1 convolution; the decoder begins with it and with the context of the whole picture.
    fusions: from coarse to fine. logit: (H, W) float32, positive where "person" is more likely.
    """

    inputs: np.ndarray
    own: dict[int, tuple[int, ...]]
    selfie: dict[int, tuple[int, ...]]
    deepest: np.ndarray
    fusions: tuple[Fusion, ...]
    logit: np.ndarray

    @property
    def by_stride(self) -> dict[int, np.ndarray]:
        """The encoder's maps as the decoder takes them, from fine to coarse."""
        encoder = {fusion.stride: fusion.encoder for fusion in reversed(self.fusions)}
        return encoder | {DEEPEST: self.deepest}


def network_layers(image: np.ndarray, face: Face | None) -> Layers:
    """Run PortraitFCN+ once on a photo, (H, W, 3) uint8, and keep what lies between.

    The look is `pipeline.segment`'s first one, at the whole picture within its bars. Takes some
    hundred megabytes and a fraction of a second, and leaves `pipeline.segment` alone.
    """
    picture, faces = within(picture_area(image), image, [face] if face else [])
    size = network_size()
    frame = whole_frame(picture.shape, size)
    inputs = network_input(picture, frame, faces[0] if faces else None, size)
    kinds = ("up", "lateral", "fuse")
    names = ["top", *(f"{kind}{stride}" for stride in FUSED for kind in kinds)]
    names += [*OWN.values(), *SELFIE.values()]
    (logit,), found = run_and_keep(NETWORK, inputs, names)
    own, selfie = (
        {stride: found[name].shape for stride, name in each.items()} for each in (OWN, SELFIE)
    )
    return Layers(
        inputs=inputs,
        own=own,
        selfie=selfie,
        deepest=found["top"],
        fusions=tuple(
            Fusion(stride, *(found[f"{kind}{stride}"] for kind in kinds)) for stride in FUSED
        ),
        logit=logit[..., 0],
    )
