"""Results: what was measured, the network drawn, and the mask compared on one's own photo."""

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
from components.network_lesson import network_lesson
from components.privacy import privacy_note
from components.results_cases import show_cases
from components.results_charts import quality_chart
from components.results_masks import show_masks
from components.tabs import addressed_tabs

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
            network_lesson()
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


come_through_the_app("pages/results.py")
main()
