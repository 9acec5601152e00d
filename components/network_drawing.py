"""PortraitFCN+ drawn with the shapes of its maps: down the encoder, up the decoder."""

from math import log2
from typing import TYPE_CHECKING

from components.drawing import as_picture

if TYPE_CHECKING:
    from pipeline.layers import Layers

WIDTH, ROW, BOX = 720, 74, 40  # of the drawing, of a stride, of a box
LEFT, RIGHT = 190, 530  # middles of the two columns
GOLD, PALE, QUIET = "#d9b24a", "#f4eee1", "#b3a995"


def network_drawing(layers: "Layers") -> str:
    """An HTML picture of one run of the network."""
    encoder = layers.by_stride
    decoder = {fusion.stride: fusion.fused for fusion in layers.fusions}
    strides = sorted(encoder)
    shapes = [_box(LEFT, 0, layers.inputs.shape, "Photo, x, y, mean mask")]
    shapes.append(_box(RIGHT, 0, layers.logit.shape, "Logit of person"))
    for row, stride in enumerate(strides, 1):
        shapes.append(_arrow(LEFT, row))
        name = f"Stride {stride}" if stride in decoder else f"Stride {stride}, with context"
        shapes.append(_box(LEFT, row, encoder[stride].shape, name))
        if stride in decoder:
            shapes.append(_box(RIGHT, row, decoder[stride].shape, "Fused: 3x3 convolution"))
            shapes.append(_skip(row, encoder[stride].shape, decoder[stride].shape))
            shapes.append(_arrow(RIGHT, row, up=True))
    last = len(strides)
    shapes.append(_turn(last, encoder[strides[-1]].shape))
    shapes.append(_arrow(RIGHT, last, up=True))
    text = "; ".join(
        ["The network: input " + _size(layers.inputs.shape)]
        + [f"encoder at stride {stride} {_size(encoder[stride].shape)}" for stride in strides]
        + [
            f"fused at stride {stride} {_size(decoder[stride].shape)}"
            for stride in reversed(sorted(decoder))
        ]
        + ["output " + _size(layers.logit.shape)]
    )
    return as_picture(WIDTH, ROW * (last + 1), "".join(shapes), text)


def _box(middle, row, shape, name):
    width, top = _width(shape), ROW * row + 14
    return (
        f'<rect x="{middle - width / 2}" y="{top}" width="{width}" height="{BOX}" rx="4" '
        f'fill="none" stroke="{GOLD}" stroke-width="1.5"/>'
        f'<text x="{middle}" y="{top + 17}" fill="{PALE}" font-size="14" text-anchor="middle">'
        f"{_size(shape)}</text>"
        f'<text x="{middle}" y="{top + 33}" fill="{QUIET}" font-size="12" text-anchor="middle">'
        f"{name}</text>"
    )


def _width(shape):
    """The wider, the more channels."""
    return 150 + 14 * log2(shape[2] if len(shape) > 2 else 1)


def _arrow(middle, row, up=False):
    """Between a row and the one above it."""
    low, high = ROW * row + 14, ROW * (row - 1) + 14 + BOX
    tip, back = (high, 6) if up else (low, -6)
    return (
        f'<path d="M{middle} {low}V{high}M{middle - 4} {tip + back}L{middle} {tip}'
        f'L{middle + 4} {tip + back}" fill="none" stroke="{QUIET}"/>'
    )


def _skip(row, encoded, fused):
    """From an encoder's map to the decoder's level of the same stride."""
    y = ROW * row + 14 + BOX / 2
    return _dashes(f"M{LEFT + _width(encoded) / 2} {y}H{RIGHT - _width(fused) / 2}")


def _turn(row, deepest):
    """From the deepest map to below the decoder's lowest level."""
    y = ROW * row + 14
    return _dashes(f"M{LEFT + _width(deepest) / 2} {y + BOX / 2}H{RIGHT}V{y}")


def _dashes(path):
    return f'<path d="{path}" stroke="{QUIET}" stroke-dasharray="3 4" fill="none"/>'


def _size(shape):
    height, width, *channels = shape
    return " x ".join(str(each) for each in (width, height, *(channels or (1,))))
