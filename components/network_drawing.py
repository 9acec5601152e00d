"""PortraitFCN+ drawn with the shapes of its maps: down the encoder, up the pyramid, to the sum."""

from math import log2
from typing import TYPE_CHECKING

from components.chart_colors import HOUSE_GOLD
from components.drawing import as_picture

if TYPE_CHECKING:
    from pipeline.layers import Layers

WIDTH, ROW, BOX = 620, 74, 40  # of the drawing, of a stride, of a box
ENCODER, PYRAMID, SUM = 84, 305, 536  # middles of the columns
LEAST_WIDTH = 560  # in CSS pixels; its letters are no smaller than 12 of them
INPUT = 58  # what its box is wider than its six channels, for its name
LOGIT = 52  # what its box is wider than its one channel
PALE, QUIET = "#f4eee1", "#b3a995"


def network_drawing(layers: "Layers") -> str:
    """An HTML picture of one run of the network."""
    pyramid = {fusion.stride: fusion.fused.shape for fusion in layers.fusions}
    finest = min(pyramid)
    shapes = [
        _box(ENCODER, 0, layers.inputs.shape, "Photo, x, y, mean mask", INPUT),
        _box(SUM, 0, layers.logit.shape, "Logit of person", LOGIT),
        _box(SUM, 1, pyramid[finest], "Sum; 5 separable"),
        _arrow(SUM, 1, up=True),
        _arrow(SUM, 2, up=True, low=_middle(len(layers.own))),
    ]
    text = [f"The network: input {_size(layers.inputs.shape)}"]
    for row, (stride, own) in enumerate(sorted(layers.own.items()), 1):
        level = pyramid.get(stride, layers.deepest.shape)
        left, right = PYRAMID - _width(level) / 2, PYRAMID + _width(level) / 2
        shapes += [
            _arrow(ENCODER, row),
            _box(ENCODER, row, own, f"Stride {stride}"),
            _across(row, ENCODER + _width(own) / 2, left, f"1x1: {level[2]}"),
            _box(PYRAMID, row, level, "Fused" if stride in pyramid else "Coarsest"),
        ]
        if stride == finest:
            shapes.append(_across(row, right, SUM - _width(level) / 2, f"3x3: {level[2]}"))
        else:
            shapes += [
                _arrow(PYRAMID, row, up=True),
                _across(row, right, SUM, f"3x3: {level[2]}, x {stride // finest}"),
            ]
        text.append(f"stride {stride}: encoder {_size(own)}, pyramid {_size(level)}")
    text.append(
        f"the sum of all levels {_size(pyramid[finest])}, output {_size(layers.logit.shape)}"
    )
    height = ROW * (len(layers.own) + 1)
    return as_picture(WIDTH, height, "".join(shapes), "; ".join(text), least=LEAST_WIDTH)


def _box(middle, row, shape, name, wider=0):
    width, top = _width(shape) + wider, ROW * row + 14
    return (
        f'<rect x="{middle - width / 2}" y="{top}" width="{width}" height="{BOX}" rx="4" '
        f'fill="none" stroke="{HOUSE_GOLD}" stroke-width="1.5"/>'
        f'<text x="{middle}" y="{top + 17}" fill="{PALE}" font-size="15" text-anchor="middle">'
        f"{_size(shape)}</text>"
        f'<text x="{middle}" y="{top + 34}" fill="{QUIET}" font-size="13" text-anchor="middle">'
        f"{name}</text>"
    )


def _width(shape):
    """The wider, the more channels."""
    return 84 + 8 * log2(shape[2] if len(shape) > 2 else 1)


def _middle(row):
    return ROW * row + 14 + BOX / 2


def _arrow(middle, row, up=False, low=None):
    """Between a row, or the height `low`, and the row above it."""
    low, high = low or ROW * row + 14, ROW * (row - 1) + 14 + BOX
    tip, back = (high, 6) if up else (low, -6)
    return (
        f'<path d="M{middle} {low}V{high}M{middle - 4} {tip + back}L{middle} {tip}'
        f'L{middle + 4} {tip + back}" fill="none" stroke="{QUIET}"/>'
    )


def _across(row, left, right, name):
    """From a box to another column of its row, and what is done on the way."""
    y = _middle(row)
    return (
        f'<path d="M{left} {y}H{right}" stroke="{QUIET}" stroke-dasharray="3 4" fill="none"/>'
        f'<text x="{(left + right) / 2}" y="{y - 6}" fill="{QUIET}" font-size="13" '
        f'text-anchor="middle">{name}</text>'
    )


def _size(shape):
    height, width, *channels = shape
    return " x ".join(str(each) for each in (width, height, *(channels or (1,))))
