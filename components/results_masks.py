"""The masks on the results page: EG1800, the training, ablations, the road of 2018."""

from statistics import mode

import streamlit as st

from components.measured import MODELS, PEERS, on_matting, on_scenes, on_training, read, table
from components.results_charts import distribution_chart, training_chart

MASKS = {
    "one_pass": "DeepMasque's network, one pass",
    "one_pass_edges": "The same pass, edges followed",
    "mask": "DeepMasque, mask",
    "alpha": "DeepMasque, alpha",
    **PEERS,
}
CHARTED = ("mask", "mediapipe_multiclass", "mediapipe_selfie")
LEAST_IOU = 0.85  # where the chart of photos begins
TRAININGS = {
    "8 % of the samples from scenes": "training_portrait_fcn_plus_portraits.json",
    "40 % of the samples from scenes": "training_portrait_fcn_plus_scenes.json",
    "60 % of the samples from scenes": "training_portrait_fcn_plus_more_scenes.json",
}
# A step, what the project of 2018 reported for it (in percent, its protocol unknown), and which of
# our measured networks took the same step.
ROAD_OF_2018 = (
    ("FCN-8s that has seen no portraits", "55", "fcn8s_vgg16_long"),
    ("PortraitFCN+ with mistakes in padding and loss", "75", "portrait_fcn_plus_vgg16_mistakes"),
    ("PortraitFCN+ without initialisation", "70", "portrait_fcn_plus_vgg16_scratch_long"),
    ("PortraitFCN+ from VGG16", "92 to 93", "portrait_fcn_plus_vgg16_long"),
    ("PortraitFCN+ from MediaPipe's multi-class network", "", "one_pass"),
    ("and its mirror image, edges followed: the mask", "", "mask"),
    ("and KNN matting", "95.9", "knn"),
    ("and a residual network", "97.1", "refined"),
)
ENCODERS = {"lite0": "light", "lite0_selfie": "light with selfie maps", "vgg16": "VGG16"}
NETWORKS = {
    "fcn8s": "FCN-8s, never a portrait",
    "portrait_fcn": "without portrait channels",
    "portrait_fcn_plus": "PortraitFCN+",
    "portrait_fcn_plus_corner": "with two mistakes",
}


def show_masks() -> None:
    """EG1800 photo by photo, the training, the road of 2018, and ablations."""
    results = read(MODELS / "eg1800.json")
    show_portraits(results)
    st.header("Photo by photo", anchor=False)
    # Colours and dashes tell three lines apart; alpha's would lie on the mask's.
    shown = {MASKS[key]: results[key]["per_photo"] for key in CHARTED}
    distribution_chart(shown, LEAST_IOU)
    st.caption(
        "The lower the line, the fewer photos are that bad. The photographs themselves may not be "
        "shown; samples are on the tabs *Mattes* and *Your photo*."
    )
    st.header("Training", anchor=False)
    for name, log in TRAININGS.items():
        st.markdown(name)
        training_chart(read(MODELS / log))
    st.caption(
        "One point an epoch; 100 portraits of the training half serve for validation, on which "
        "0.002 more or less are chance: what the second and third learn of scenes does not show "
        "there. All three begin with the weights of MediaPipe's multi-class segmentation, and the "
        "network's are the mean of the three."
    )
    ablations = read(MODELS / "ablations.json")
    show_road(ablations["networks"] | results)
    show_ablations(ablations)


def show_portraits(results: dict) -> None:
    """The table of EG1800."""
    photos = results["mask"]["photos"]
    st.markdown(
        f"{photos} portraits of EG1800's test half. Foreground IoU is the overlap with the "
        "hand-drawn mask over the union of both, averaged over the photos. Ours began with the "
        "weights of MediaPipe's multi-class segmentation, which stands here as published and with "
        "edges followed as ours. Robust Video Matting sees one photo at a time, and nothing of it is "
        "in ours. "
        "Settings were chosen on other portraits. The final network, and how it treats the area "
        "beyond a photo's edge, were chosen on these portraits and the scenes below as well."
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
    st.markdown(table(["", "Mean IoU", "95 % interval", "Below 0.90"], rows))
    pooled = ", ".join(
        f"{name} {results[key]['pooled_two_class_iou_224']:.3f}" for key, name in MASKS.items()
    )
    st.caption(
        f"Below 0.90: number of photos. Pooled over all pixels at 224 x 224, mean of both classes: "
        f"{pooled}. One pass takes {results['one_pass']['milliseconds']:.0f} ms. "
        "`python -m models.evaluate`"
    )
    st.markdown(on_training())
    st.markdown(on_matting())
    st.markdown(
        "All of these have the shape of the network's input, 3 to 4. The same portraits in other "
        "shapes, as a user's photos are, and between bars, as a screenshot's. All networks get the "
        "same picture; ours looks within the bars that it finds."
    )
    framings = read(MODELS / "framings.json")
    rows = [
        [
            framing.capitalize(),
            f"{figures['mask']:.3f}",
            *(f"{peer['iou']:.3f}" for peer in figures["peers"].values()),
        ]
        for framing, figures in framings.items()
    ]
    st.markdown(table(["", "Ours", "Multi-class", "Selfie"], rows))
    leads = (
        "{} {:+.3f} to {:+.3f}".format(
            framing, *figures["peers"]["mediapipe_multiclass"]["margin_95"]
        )
        for framing, figures in framings.items()
    )
    st.caption(
        f"Ours minus multi-class, 95 %: {'; '.join(leads)}. `python -m models.evaluate_framings`"
    )
    st.caption(on_scenes())


def show_road(measured: dict) -> None:
    """Theirs beside ours, step by step; measured: figures by the name of what has them."""
    st.header("The road of 2018 beside ours", anchor=False)
    shipped = read(MODELS / "refinement.json")["eg1800_test"]
    ours = {name: each["foreground_iou"] for name, each in measured.items()} | shipped
    rows = [
        [step, theirs, f"{100 * ours[key]:.1f}"]
        for step, theirs, key in ROAD_OF_2018
    ]
    st.markdown(table(["", "Theirs, %", "Ours, %"], rows))
    st.caption(
        "How the project of 2018 measured is not known to us, nor which mistakes it made; ours are "
        "an output cropped at its corner instead of its middle, and a squared error. Ours are mean "
        "foreground IoUs. With and without initialisation the network was trained alike, for 36 "
        "epochs; FCN-8s for 20, on scenes; that with mistakes for minutes (its like without them is "
        "below). The last four rows are the app's. `python -m models.ablations`, "
        "`python -m models.evaluate`, `python -m models.evaluate_refinement`"
    )


def show_ablations(results: dict) -> None:
    """What each part is worth in the same few epochs."""
    st.header("What each part is worth", anchor=False)
    networks = results["networks"].values()
    usual = mode(each["epochs"] for each in networks)
    rows = [
        [
            f"{NETWORKS[each['network']]}, {ENCODERS[each['encoder']]}"
            + ("" if each["pretrained"] else ", random weights")
            + ("" if each["epochs"] == usual else f", {each['epochs']}")
            + _of_several(len(each["trainings"])),
            f"{each['parameters'] / 1e6:.0f} M",
            f"{each['foreground_iou']:.3f}",
            "{:.3f} to {:.3f}".format(*each["interval_95"]),
        ]
        for each in networks
    ]
    head = ["", "Size", "Mean IoU", "95 % interval"]
    st.markdown(table(head, rows))
    rows = [
        [
            f"{what[0].upper()}{what[1:]}{_of_several(min(each['trainings']))}",
            f"{each['foreground_iou']:+.3f}",
            "{:+.3f} to {:+.3f}".format(*each["interval_95"]),
        ]
        for what, each in results["gains"].items()
    ]
    st.markdown(table(["The gain from", "IoU", "95 % interval"], rows))
    st.caption(
        f"Epochs and their input size: {usual}, and begun with ImageNet weights, unless it says "
        "otherwise. Size: parameters; light: EfficientNet-Lite0. VGG16's ImageNet weights come by "
        "way of HED, which finds edges, and it learns at an eighteenth of the light networks' "
        "rate (at theirs it diverges): after so few epochs it is far from done, and the "
        "light encoder's gain over it is mostly that. Differences are photo by photo; intervals "
        "leave out the chance in training where there was one only, about 0.002 from published "
        "weights and far more from random ones. "
        "`python -m models.ablations`"
    )


def _of_several(trainings):
    """Said in words: a phone has no room for one more column."""
    return "" if trainings == 1 else f"; {trainings} trainings"
