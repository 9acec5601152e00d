"""PortraitFCN+ drawn with the shapes of its maps: down both encoders, up the decoder."""

from math import log2
from typing import TYPE_CHECKING

from components.drawing import as_picture

if TYPE_CHECKING:
    from pipeline.layers import Layers

WIDTH, ROW, BOX = 620, 74, 40  # of the drawing, of a stride, of a box
OWN, SELFIE, DECODER = 95, 279, 530  # middles of the columns
LABEL = 409  # middle between the encoders and the decoder
LOGIT = 52  # what its box is wider than its one channel, for its name
GOLD, PALE, QUIET = "#d9b24a", "#f4eee1", "#b3a995"


def network_drawing(layers: "Layers") -> str:
    """An HTML picture of one run of the network."""
    strides = sorted(layers.own)
    decoder = {fusion.stride: fusion for fusion in layers.fusions}
    shapes = [
        _box((OWN + SELFIE) / 2, 0, layers.inputs.shape, "Photo, x, y, mean mask", SELFIE - OWN),
        _box(DECODER, 0, layers.logit.shape, "Logit of person", LOGIT),
    ]
    text = [f"The network: input {_size(layers.inputs.shape)}"]
    for row, stride in enumerate(strides, 1):
        own, selfie = layers.own[stride], layers.selfie.get(stride)
        shapes += [_arrow(OWN, row), _box(OWN, row, own, f"Lite0, stride {stride}")]
        said = f"stride {stride}: EfficientNet-Lite0 {_size(own)}"
        end = OWN + _width(own) / 2
        if selfie:
            shapes += [_arrow(SELFIE, row), _box(SELFIE, row, selfie, f"Selfie, stride {stride}")]
            shapes.append(_across(row, end, SELFIE - _width(selfie) / 2))
            end = SELFIE + _width(selfie) / 2
            said += f", selfie segmentation {_size(selfie)}"
        if stride in decoder:
            fused, taken = decoder[stride].fused.shape, decoder[stride].encoder.shape
            shapes.append(_box(DECODER, row, fused, "Fused: 3x3"))
        else:
            fused = taken = layers.deepest.shape
            shapes.append(_box(DECODER, row, fused, "With context"))
        shapes.append(_across(row, end, DECODER - _width(fused) / 2, f"1x1: {taken[2]}"))
        shapes.append(_arrow(DECODER, row, up=True))
        said += f", of which the decoder takes {taken[2]} channels, decoder {_size(fused)}"
        text.append(said)
    text.append(f"output {_size(layers.logit.shape)}")
    return as_picture(WIDTH, ROW * (len(strides) + 1), "".join(shapes), "; ".join(text))


def _box(middle, row, shape, name, wider=0):
    width, top = _width(shape) + wider, ROW * row + 14
    return (
        f'<rect x="{middle - width / 2}" y="{top}" width="{width}" height="{BOX}" rx="4" '
        f'fill="none" stroke="{GOLD}" stroke-width="1.5"/>'
        f'<text x="{middle}" y="{top + 17}" fill="{PALE}" font-size="15" text-anchor="middle">'
        f"{_size(shape)}</text>"
        f'<text x="{middle}" y="{top + 34}" fill="{QUIET}" font-size="13" text-anchor="middle">'
        f"{name}</text>"
    )


def _width(shape):
    """The wider, the more channels."""
    return 98 + 10 * log2(shape[2] if len(shape) > 2 else 1)


def _arrow(middle, row, up=False):
    """Between a row and the one above it."""
    low, high = ROW * row + 14, ROW * (row - 1) + 14 + BOX
    tip, back = (high, 6) if up else (low, -6)
    return (
        f'<path d="M{middle} {low}V{high}M{middle - 4} {tip + back}L{middle} {tip}'
        f'L{middle + 4} {tip + back}" fill="none" stroke="{QUIET}"/>'
    )


def _across(row, left, right, name=""):
    """From a box to another one of its row, and what is done on the way."""
    y = ROW * row + 14 + BOX / 2
    return (
        f'<path d="M{left} {y}H{right}" stroke="{QUIET}" stroke-dasharray="3 4" fill="none"/>'
        f'<text x="{LABEL}" y="{y - 6}" fill="{QUIET}" font-size="13" text-anchor="middle">'
        f"{name}</text>"
    )


def _size(shape):
    height, width, *channels = shape
    return " x ".join(str(each) for each in (width, height, *(channels or (1,))))
