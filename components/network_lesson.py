"""How the network works: its layers with their shapes, and what each kind of layer does."""

from typing import TYPE_CHECKING

import streamlit as st

from components.network_drawing import network_drawing
from components.picture_row import picture_row
from components.places import a_place
from pipeline.samples import SAMPLES

if TYPE_CHECKING:
    from pipeline.step import Picture


def network_lesson() -> None:
    """Layer by layer with shapes, and what the layers do."""
    from pipeline.image_error import ImageError

    try:
        drawing, pictures = drawn()
    except ImageError as error:
        st.error(str(error))
        return
    st.markdown(
        "PortraitFCN+: down on the left, the encoder sees ever more of the photo in ever fewer "
        "pixels. It began with the weights of MediaPipe's multi-class selfie segmentation, and at "
        "strides 8 and 16 it has attention between parts of the picture. A 1x1 convolution picks "
        "from each of its maps; up in the middle, each level is doubled in size and what was "
        "picked at the next stride is added. Every level, enlarged to stride 2, has its say in "
        "the sum on the right, which five separable convolutions (3x3 for each channel, then 1x1) "
        "and a transposed one turn into scores of hair, face, body, clothes and things: together, "
        "the logit of *person*. Width x height x channels; the wider a box, the more channels (but "
        "for the first and the last, which have room for their names)."
    )
    _, middle, _ = st.columns([1, 6, 1])
    middle.html(drawing)
    st.header("What the layers do", anchor=False)
    st.markdown(
        "**Convolution**: each pixel becomes a weighted sum of its neighbours; these weights find "
        "edges, the network's are learned. **ReLU** sets negative values to zero, without which "
        "many layers could do no more than one. **Pooling** keeps the largest of each square: the "
        "map gets smaller, and each of its pixels stands for more of the photo (our encoder takes "
        "every second pixel of a convolution instead). A **transposed convolution** does the "
        "opposite: each value stamps a pattern, and the map gets larger."
    )
    picture_row(pictures)


@st.cache_resource(show_spinner="Drawing the network")
def drawn() -> "tuple[str, tuple[Picture, ...]]":
    """The drawing, with the shapes of one run on a sample, and the operations on its face."""
    from pipeline.face import find_faces
    from pipeline.image import load_image
    from pipeline.layers import network_layers
    from pipeline.operations import pictures

    image = load_image(SAMPLES[0].file)
    with a_place():
        (face, *_) = find_faces(image)
        layers = network_layers(image, face)
    left, top = face.landmarks[:, :2].min(axis=0).astype(int)
    right, bottom = face.landmarks[:, :2].max(axis=0).astype(int)
    side = max(right - left, bottom - top)
    return network_drawing(layers), pictures(image[top : top + side, left : left + side])
