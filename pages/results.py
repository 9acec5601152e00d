"""Results: what was measured, the network drawn, and the mask compared on one's own photo."""

from typing import TYPE_CHECKING

import streamlit as st

from components.announce import announce
from components.entrance import come_through_the_app
from components.loading import warm_up
from components.masks_compared import compare_masks
from components.measured import (
    BENCHMARKS,
    CHOSEN_ON_THEM,
    ERRORS,
    MODELS,
    read,
    refinement_table,
    table,
)
from components.memory_scale import Amount, memory_scale
from components.network_drawing import network_drawing
from components.places import a_place
from components.privacy import privacy_note
from components.results_cases import show_cases
from components.results_charts import quality_chart
from components.results_masks import show_masks
from components.steps_pictures import step_pictures
from components.tabs import addressed_tabs
from pipeline.samples import SAMPLES

if TYPE_CHECKING:
    from pipeline.step import Picture

NEEDS = {
    "deep_image_matting": "Deep Image Matting",
    "portrait_fcn_plus": "PortraitFCN+, the mask",
    "knn_matting": "KNN matting with colour lines and known colours (best), from a trimap",
}


def main() -> None:
    """The page: five tabs."""
    st.title("Measured :primary[Results]", anchor=False)
    announce("Measured Results")
    masks, mattes, memory, compare, network = addressed_tabs(
        ("Masks", "Mattes", "Memory", "Your photo", "The network"), "results"
    )
    with masks:
        show_masks()
    with mattes:
        show_mattes()
        if mattes.open:
            show_cases()
    with memory:
        show_memory()
    with compare:
        if compare.open:
            compare_masks()
    with network:
        if network.open:
            show_network()
    privacy_note()
    warm_up()


def show_mattes() -> None:
    """alphamatting.com: quality against time, and the errors of every method."""
    results = read(BENCHMARKS / "knn.json")
    errors = results["accuracy"]["band10"]
    st.markdown(
        "18 photos whose true matte is known (alphamatting.com), unknown within 10 pixels of the "
        "edge, beside every method of PyMatting. The lower and the farther left, the better. The app "
        "has *ours refined*: *ours best*, which is KNN matting, colour lines and known colours "
        "together, and then the refinement network; *ours fast* does without KNN matting, *ours knn* "
        "is that alone."
    )
    quality_chart(
        [
            {
                "method": method.split(maxsplit=1)[1],
                "who": "DeepMasque" if method.startswith("ours") else "PyMatting",
                "seconds": speed["processor_s"],
                "error": errors[method]["MSE"],
            }
            for method, speed in results["speed"].items()
            if method in errors
        ]
    )
    ranked = sorted(errors.items(), key=lambda item: item[1]["MSE"])
    rows = [
        [
            method.replace("pymatting", "PyMatting"),
            *(format(found[name], digits) for name, digits in ERRORS.items()),
        ]
        for method, found in ranked
    ]
    st.markdown(table(["", *ERRORS], rows))
    st.caption(
        "Errors of alpha in the unknown pixels (Rhemann et al. 2009): SAD, the sum of absolute "
        "differences, in thousands; MSE, their mean square; Grad, how far the edges differ; Conn, how "
        "far pieces come loose. PyMatting's: cf closed form, lkm the same with large kernels, lbdm "
        f"learning-based, rw random walk, sm shared. {CHOSEN_ON_THEM} "
        "`python -m benchmarks.knn accuracy`, `python -m benchmarks.knn speed`"
    )
    st.header("And then the refinement network", anchor=False)
    st.markdown(refinement_table())
    st.caption(
        "Trimap 1 is alphamatting.com's narrow one, trimap 2 its wide one. "
        "`python -m models.evaluate_refinement`"
    )


def show_memory() -> None:
    """Deep Image Matting beside what we need, on the same picture."""
    for size, rows in read(MODELS / "memory.json").items():
        st.header(size.replace("x", " x "), anchor=False)
        st.html(
            memory_scale(
                [
                    Amount(
                        name,
                        rows[key]["peak_bytes"],
                        f"{rows[key]['parameters'] / 1e6:.1f} million parameters"
                        if rows[key]["parameters"]
                        else "nothing learned",
                    )
                    for key, name in NEEDS.items()
                ]
            )
        )
    st.caption(
        "Each mark of the scale is a thousand times the one before. "
        "Peak memory, while it works on the picture, of a process that does only this, Python and "
        "its libraries included; Deep Image Matting with its published layers, all weights zero, "
        "in Keras on a processor. The page *4 KB of memory* goes further down. "
        "`python -m benchmarks.memory`"
    )


def show_network() -> None:
    """Layer by layer with shapes, and what the layers do."""
    drawing, pictures = network_lesson()
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
    step_pictures(pictures)


@st.cache_resource(show_spinner="Drawing the network")
def network_lesson() -> "tuple[str, tuple[Picture, ...]]":
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


come_through_the_app("pages/results.py")
main()
