"""What PortraitFCN+ makes of a photo between its six channels and its logit.

Shen et al. 2016 fuse the maps of several strides, as FCN-8s does; here by a feature pyramid (Lin et
al. 2017): every level is the coarser one, enlarged twice, plus the encoder's own map of its stride.
The layers are found by the names that `models.multiclass_features` gives them.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.bars import picture_area
from pipeline.face import Face
from pipeline.segment import NETWORK, network_input, network_size, whole_frame, within
from pipeline.tflite import run_and_keep

DEEPEST = 16  # the stride that the fusion starts from
FUSED = (8, 4, 2)
# At each stride, by its number in the published file: the encoder's last layer, and the one that
# picks from its map for the pyramid.
OWN = {
    2: "multiclass_encoder_01",
    4: "multiclass_encoder_12",
    8: "multiclass_encoder_34",
    16: "multiclass_encoder_70",
}
LATERAL = {
    2: "multiclass_encoder_03",
    4: "multiclass_encoder_14",
    8: "multiclass_encoder_36",
    16: "multiclass_encoder_72",
}


@dataclass(frozen=True, eq=False)
class Fusion:
    """One level of the pyramid; each (h, w, channels) float32, of any sign.

    stride: pixels of the network's input to a pixel of the map. enlarged: what the coarser level
    knows. encoder: what the encoder sees at this stride, after a 1x1 convolution. fused: their sum.
    """

    stride: int
    enlarged: np.ndarray
    encoder: np.ndarray
    fused: np.ndarray


@dataclass(frozen=True, eq=False)
class Layers:
    """The maps of one look at a photo.

    inputs: (H, W, 6) float32. own: shapes (h, w, channels) of the encoder's maps by their stride.
    deepest: (H/16, W/16, channels) float32, the deepest of them after a 1x1 convolution, which the
    pyramid begins with. fusions: from coarse to fine. logit: (H, W) float32, positive where
    "person" is more likely.
    """

    inputs: np.ndarray
    own: dict[int, tuple[int, ...]]
    deepest: np.ndarray
    fusions: tuple[Fusion, ...]
    logit: np.ndarray

    @property
    def by_stride(self) -> dict[int, np.ndarray]:
        """The encoder's maps as the pyramid takes them, from fine to coarse."""
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
    names = [f"{kind}{stride}" for stride in FUSED for kind in ("up", "fuse")]
    (logit, _), found = run_and_keep(NETWORK, inputs, [*OWN.values(), *LATERAL.values(), *names])
    return Layers(
        inputs=inputs,
        own={stride: found[name].shape for stride, name in OWN.items()},
        deepest=found[LATERAL[DEEPEST]],
        fusions=tuple(
            Fusion(stride, found[f"up{stride}"], found[LATERAL[stride]], found[f"fuse{stride}"])
            for stride in FUSED
        ),
        logit=logit[..., 0],
    )
