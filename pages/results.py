"""Results: what was measured, the network drawn, and the mask compared on one's own photo."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from components.before_after import before_after
from components.entrance import come_through_the_app
from components.memory_scale import Amount, memory_scale
from components.network_drawing import network_drawing
from components.privacy import privacy_note
from components.results_charts import distribution_chart, quality_chart, training_chart
from components.steps_pictures import step_pictures
from components.table import a_place, warm_up
from pipeline.formats import PHOTO_ENDINGS
from pipeline.samples import SAMPLES

if TYPE_CHECKING:
    import numpy as np

    from pipeline.step import Picture

ROOT = Path(__file__).resolve().parent.parent
MODELS, BENCHMARKS = ROOT / "models" / "results", ROOT / "benchmarks" / "results"

MASKS = {
    "mask": "DeepMasque, mask",
    "alpha": "DeepMasque, alpha",
    "mediapipe_selfie": "MediaPipe selfie",
}
LEAST_IOU = 0.85  # where the chart of photos begins
# What the project of 2018 reported (in percent, its protocol unknown), and which of our figures
# is of the same step.
ROAD_OF_2018 = (
    ("FCN-8s as it is", "55", None),
    ("PortraitFCN+ with mistakes in padding and loss", "75", None),
    ("PortraitFCN+ without initialisation", "70", None),
    ("PortraitFCN+ from VGG", "92 to 93", "mask"),
    ("and KNN matting", "95.9", "knn"),
    ("and a residual network", "97.1", "refined"),
)
TRIMAPS = {"trimap1": "Trimap 1", "trimap2": "Trimap 2", "band10": "10 px"}
ERRORS = {"SAD": ".2f", "MSE": ".4f", "Grad": ".2f", "Conn": ".2f"}
NEEDS = {
    "deep_image_matting": "Deep Image Matting",
    "portrait_fcn_plus": "PortraitFCN+, the mask",
    "knn_matting": "KNN matting, from a trimap",
}
OWN = "One of yours"
COMPARED_SIDE = 1280  # longer side in pixels
# How a photo is shown outside a mask: its brightness there.
DIMMED = 0.2


def main() -> None:
    """The page: five tabs."""
    st.title("Measured :primary[Results]", anchor=False)
    masks, mattes, memory, compare, network = st.tabs(
        ("Masks", "Mattes", "Memory", "Your photo", "The network"), on_change="rerun"
    )
    with masks:
        show_masks()
    with mattes:
        show_mattes()
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


def read(file: Path) -> dict:
    """What a measuring script wrote."""
    return json.loads(file.read_text(encoding="utf-8"))


def table(head: list[str], rows: list[list[str]]) -> str:
    """Markdown; the first column is left-aligned."""
    lines = [head, [":--", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def show_masks() -> None:
    """EG1800: the table, photo by photo, the training, and the road of 2018."""
    results = read(MODELS / "eg1800.json")
    photos = results["mask"]["photos"]
    st.markdown(
        f"{photos} portraits of EG1800's test half, which no choice was made on. Foreground IoU is "
        "the overlap with the hand-drawn mask over the union of both, averaged over the photos."
    )
    rows = [
        [
            name,
            f"{results[key]['foreground_iou']:.4f}",
            "{:.3f} to {:.3f}".format(*results[key]["interval_95"]),
            str(results[key]["photos_below_0.90"]),
        ]
        for key, name in MASKS.items()
    ]
    head = ["", "Mean IoU", "95 % interval", "Below 0.90"]
    st.markdown(table(head, rows))
    pooled = ", ".join(
        f"{name} {results[key]['pooled_two_class_iou_224']:.3f}" for key, name in MASKS.items()
    )
    st.caption(
        f"Below 0.90: so many photos. Pooled over all pixels at 224 x 224, mean of both classes: "
        f"{pooled}. `python -m models.evaluate`"
    )
    st.subheader("Photo by photo", anchor=False)
    distribution_chart({name: results[key]["per_photo"] for key, name in MASKS.items()}, LEAST_IOU)
    st.caption(
        "The lower the line, the fewer photos are that bad. The photographs themselves may not be "
        "shown; the samples are on the tab *Your photo*."
    )
    st.subheader("Training", anchor=False)
    training_chart(read(MODELS / "training_portrait_fcn_plus.json"))
    st.caption("One point an epoch; 100 portraits of the training half serve for validation.")
    st.subheader("The road of 2018 beside ours", anchor=False)
    ours = read(MODELS / "refinement.json")["eg1800_test"]
    rows = [
        [step, theirs, f"{100 * ours[key]:.1f}" if key else "not trained"]
        for step, theirs, key in ROAD_OF_2018
    ]
    st.markdown(table(["", "Theirs, %", "Ours, %"], rows))
    st.caption(
        "How the project of 2018 measured is not known to us. Ours are mean foreground IoUs of one "
        "run (`python -m models.evaluate_refinement`); our encoder is EfficientNet-Lite0 where "
        "theirs was VGG16."
    )


def show_mattes() -> None:
    """alphamatting.com: quality against time, and the errors of every method."""
    results = read(BENCHMARKS / "knn.json")
    errors = results["accuracy"]["band10"]
    st.markdown(
        "18 photos whose true matte is known (alphamatting.com), unknown within 10 pixels of the "
        "edge, beside every method of PyMatting. The lower and the farther left, the better."
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
            method.replace("ours", "Ours,").replace("pymatting", "PyMatting"),
            *(format(found[name], digits) for name, digits in ERRORS.items()),
        ]
        for method, found in ranked
    ]
    st.markdown(table(["", *ERRORS], rows))
    st.caption("`python -m benchmarks.knn accuracy` and `python -m benchmarks.knn speed`")
    st.subheader("And then the refinement network", anchor=False)
    rows = [
        [f"{TRIMAPS[trimap]}, {stage}", *(format(found[stage][e], ERRORS[e]) for e in ERRORS)]
        for trimap, found in read(MODELS / "refinement.json")["alphamatting"].items()
        for stage in ("knn", "refined")
    ]
    st.markdown(table(["", *ERRORS], rows))
    st.caption("`python -m models.evaluate_refinement`")


def show_memory() -> None:
    """Deep Image Matting beside what we need, on the same picture."""
    for size, rows in read(MODELS / "memory.json").items():
        st.subheader(size.replace("x", " x "), anchor=False)
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
        "Peak memory of a process that does only this, Python and its libraries included; Deep "
        "Image Matting with its published layers and random weights, in Keras on a processor. "
        "The page *4 KB of memory* goes further down. `python -m benchmarks.memory`"
    )


def compare_masks() -> None:
    """One photo, two masks, and a line to drag between them."""
    picture, choice = st.columns([5, 3], gap="large")
    names = {sample.person: sample.file for sample in SAMPLES}
    with choice:
        st.markdown("Two networks look at the same photo; drag the line between their masks.")
        name = st.pills("Photo", [*names, OWN], default=SAMPLES[0].person, required=True)
        if name == OWN:
            upload = st.file_uploader("Your photo", type=PHOTO_ENDINGS, key="compared_upload")
            if upload is None:
                return
            name, data = upload.name, upload.getvalue()
        else:
            data = names[name].read_bytes()
    from pipeline.image import ImageError

    with picture:
        try:
            ours, theirs, size, difference = compared(data)
        except ImageError as error:
            st.error(str(error))
            return
        before_after(
            theirs,
            ours,
            size,
            photo=f"compared {name}",
            pictures=f"compared {name}",
            reduced=False,
            before_text="The person after MediaPipe's selfie segmentation",
            after_text="The person after DeepMasque's mask",
            labels=("MediaPipe selfie", "DeepMasque"),
        )
        st.caption(f"The two masks differ on {100 * difference:.1f} percent of the photo.")


# For the session alone: what is kept for the whole server outlives the page it was given to.
@st.cache_data(max_entries=4, scope="session", show_spinner="Two networks are looking")
def compared(data: bytes) -> "tuple[bytes, bytes, tuple[int, int], float]":
    """The photo under our mask and under MediaPipe's, its size, and the share that differs."""
    from pipeline.encode import encode_jpeg
    from pipeline.face import find_faces
    from pipeline.image import load_image
    from pipeline.segment import segment
    from pipeline.selfie import selfie_mask
    from pipeline.stored import shrunk

    with a_place():
        image = shrunk(load_image(data), COMPARED_SIDE)
        ours = segment(image, find_faces(image)).mask
        theirs = selfie_mask(image)
    difference = float(((ours >= 0.5) != (theirs >= 0.5)).mean())
    height, width = ours.shape
    pictures = [encode_jpeg(under_mask(image, mask), 88) for mask in (ours, theirs)]
    return *pictures, (width, height), difference


def under_mask(image: "np.ndarray", mask: "np.ndarray") -> "np.ndarray":
    """The photo, dark where the mask says background."""
    from pipeline.composite import composite, plain

    return composite(image, DIMMED + (1 - DIMMED) * mask, plain(mask.shape, (0, 0, 0)))


def show_network() -> None:
    """Layer by layer with shapes, and what the layers do."""
    drawing, pictures = network_lesson()
    st.markdown(
        "PortraitFCN+: down on the left, the encoder sees ever more of the photo in ever fewer "
        "pixels; up on the right, each level is enlarged, laid beside the encoder's map of the "
        "same stride and fused. Width x height x channels; the wider a box, the more channels."
    )
    _, middle, _ = st.columns([1, 6, 1])
    middle.html(drawing)
    st.subheader("What the layers do", anchor=False)
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
    from pipeline.segment import network_size, whole_frame

    image = load_image(SAMPLES[0].file)
    (face, *_) = find_faces(image)
    layers = network_layers(image, whole_frame(image.shape, network_size()), face)
    left, top = face.landmarks[:, :2].min(axis=0).astype(int)
    right, bottom = face.landmarks[:, :2].max(axis=0).astype(int)
    side = max(right - left, bottom - top)
    return network_drawing(layers), pictures(image[top : top + side, left : left + side])


come_through_the_app("pages/results.py")
main()
