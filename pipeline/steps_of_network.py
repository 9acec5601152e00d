"""The middle of the walk: what PortraitFCN+ sees between its six channels and its answer."""

import cv2
import numpy as np

from pipeline import drawings
from pipeline.layer_drawings import GAP, in_three_colours, mosaic
from pipeline.step import Picture, Step, duration, memory_in_words
from pipeline.walk import Walk

MOSAIC_COLUMNS, MOSAIC_ROWS = 3, 4
MAP_WIDTH = 128  # pixels of one map of a mosaic
FUSION_WIDTH = 192  # pixels of one map of a fusion


def features(walk: Walk) -> Step:
    """The encoder's maps, stride by stride."""
    maps = walk.layers.by_stride
    shown = MOSAIC_COLUMNS * MOSAIC_ROWS
    pictures = tuple(
        Picture.of(
            f"Stride {stride}",
            f"{shown} maps in which one pixel stands for {stride} of the network's input, light "
            "where the channel says most",
            mosaic(values, MOSAIC_COLUMNS, MOSAIC_ROWS, MAP_WIDTH),
        )
        for stride, values in maps.items()
    )
    return Step(
        "features",
        "What the network sees",
        "The encoder halves the picture four times: inverted residuals and, at strides 8 and 16, "
        "attention between parts of the picture. Fine maps answer to edges and cloth, coarse ones "
        "to *a head there, background here*. It began as MediaPipe's multi-class selfie "
        f"segmentation, which has seen far more people. Of every stride the {shown} liveliest "
        "channels are shown as the decoder takes them, each dark where it says least and pale where "
        "it says most. It is the first look, in which a photo that is not 3 to 4 goes on beyond its "
        "edges with their own colours (in the mirror image with grey).",
        (r"a^{(s)} = W^{(s)} h^{(s)}, \quad s = 2, 4, 8, 16",),
        "Sandler et al., *MobileNetV2*, CVPR 2018, section 3.3; Mehta and Rastegari, *Separable "
        "Self-attention for Mobile Vision Transformers*, 2022, section 3.1",
        pictures,
        tuple(
            (f"Stride {stride}", f"{width} × {height}, {channels} channels")
            for stride, (height, width, channels) in ((s, m.shape) for s, m in maps.items())
        )
        + (
            ("Memory of these maps", memory_in_words(sum(each.nbytes for each in maps.values()))),
            ("One look, keeping all maps", duration(walk.seconds["layers"])),
        ),
    )


def fusion(walk: Walk) -> Step:
    """The decoder: coarse knowledge joined with fine edges."""
    layers = walk.layers
    pictures = tuple(
        Picture.of(
            f"Stride {each.stride}",
            "Three pictures below each other: what the coarser stride knows, blurred; the edges "
            "that the encoder sees; and both fused, a person with sharper edges",
            np.vstack([_coloured(part) for part in (each.enlarged, each.encoder, each.fused)]),
        )
        for each in layers.fusions
    )
    limit = float(np.abs(layers.logit).max())
    answer = Picture.of(
        "Logit",
        "The network's answer: gold where it sees person, blue where it sees background",
        drawings.signed(layers.logit, limit),
    )
    kept = sum(
        part.nbytes for each in layers.fusions for part in (each.enlarged, each.encoder, each.fused)
    )
    return Step(
        "fusion",
        "Fusion of strides",
        "From coarse to fine: what the coarser stride knows is doubled in size, every "
        "pixel repeated (top), what the encoder sees here (middle) is added to it, and that is the next "
        "level (bottom). All channels of a map are shown at once: its three principal components as "
        "red, green and blue, so within one picture like colours mean like answers. Every level, "
        "brought smoothly to stride 2, has its say in the scores of hair, face, body, clothes and "
        "things; the logit is what they have together over the background: gold where that says "
        "person, blue where it says background.",
        (
            r"\begin{gathered} f^{(16)} = a^{(16)}, \\ f^{(s)} = {\uparrow_2} f^{(2s)} + a^{(s)},"
            r" \quad s = 8, 4, 2 \end{gathered}",
            r"z = g\Big(\textstyle\sum_s {\uparrow_{s/2}}\, V^{(s)} * f^{(s)}\Big)",
            r"\text{logit} = \log \textstyle\sum_{c > 0} e^{z_c} - z_0",
        ),
        "Lin et al., *Feature Pyramid Networks*, CVPR 2017, section 3; Shen et al. 2016, section 4",
        (*pictures, answer),
        (
            ("Logit", f"{layers.logit.min():+.1f} to {layers.logit.max():+.1f}"),
            ("Memory of these maps", memory_in_words(kept)),
        ),
    )


def _coloured(maps):
    height = round(FUSION_WIDTH * maps.shape[0] / maps.shape[1])
    colours = in_three_colours(maps)
    tile = cv2.resize(colours, (FUSION_WIDTH, height), interpolation=cv2.INTER_NEAREST)
    return np.vstack([tile, np.full((GAP, FUSION_WIDTH, 3), drawings.DARK, np.uint8)])
