"""Choosing what goes behind the person."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from pipeline.outputs import BackgroundMaker

KINDS = {
    "Transparent": ":material/grid_on:",
    "Gradient": ":material/gradient:",
    "Colour": ":material/palette:",
    "Blur": ":material/blur_on:",
    "Picture": ":material/image:",
}

# Name: colour at the top and at the bottom.
GRADIENTS = {
    "Gold": ("#ecd9a0", "#96752a"),
    "Stone": ("#dcd5c8", "#8d8477"),
    "Sea": ("#a9c4cc", "#34586a"),
    "Rose": ("#e9c9bd", "#8e4f4a"),
    "Night": ("#4a4f63", "#12131a"),
}

# A chosen picture is kept for the session at no more than this many pixels on its longer side.
PICTURE_SIDE = 4096


@dataclass(frozen=True)
class Background:
    """What was chosen: a name that tells it from every other choice, and what makes it."""

    name: str
    make: "BackgroundMaker"


def background_picker() -> Background:
    """Draws the choice of backgrounds and returns what is chosen."""
    kind = st.segmented_control(
        "Background",
        list(KINDS),
        default="Gradient",
        required=True,
        format_func=lambda kind: f"{KINDS[kind]} {kind}",
        key="background_kind",
        width="stretch",
    )
    return {
        "Transparent": lambda: Background("transparent", None),
        "Gradient": _gradient,
        "Colour": _colour,
        "Blur": _blur,
        "Picture": _picture,
    }[kind]()


def _gradient() -> Background:
    from pipeline.composite import gradient

    swatches = "".join(
        f".st-key-background_gradient button:nth-of-type({place})::before "
        f"{{ background: linear-gradient({top}, {bottom}) }}"
        for place, (top, bottom) in enumerate(GRADIENTS.values(), 1)
    )
    st.html(f"<style>{swatches}</style>")
    name = st.pills(
        "Gradient",
        [*GRADIENTS, "Own"],
        default=next(iter(GRADIENTS)),
        required=True,
        label_visibility="collapsed",
        key="background_gradient",
    )
    if name == "Own":
        with st.container(horizontal=True):
            ends = (
                st.color_picker("Top", "#ecd9a0", key="background_top"),
                st.color_picker("Bottom", "#96752a", key="background_bottom"),
            )
    else:
        ends = GRADIENTS[name]
    top, bottom = map(_rgb, ends)
    return Background(
        f"gradient {ends}", lambda image, alpha: gradient(alpha.shape, top, bottom)
    )


def _colour() -> Background:
    from pipeline.composite import plain

    colour = st.color_picker("Colour", "#3f7d54", key="background_colour")
    return Background(colour, lambda image, alpha: plain(alpha.shape, _rgb(colour)))


def _blur() -> Background:
    from pipeline.composite import blurred

    strength = st.slider(
        "Blur",
        1,
        10,
        4,
        key="background_blur",
        help="How far the background is out of focus: 1 a little, 10 nothing can be made out.",
    )
    return Background(
        f"blur {strength}", lambda image, alpha: blurred(image, alpha, strength * 0.006)
    )


def _picture() -> Background:
    from pipeline.image import ImageError

    file = st.file_uploader(
        "A picture to put behind; it is cropped to fill",
        type="image",
        key="background_picture",
    )
    if file is None:
        return Background("transparent", None)
    try:
        picture = _kept_picture(file.file_id, file.getvalue())
    except ImageError as error:
        st.error(f"{file.name}: {error}")
        return Background("transparent", None)
    from pipeline.composite import cropped_to_fill

    return Background(file.file_id, lambda image, alpha: cropped_to_fill(picture, alpha.shape))


def _kept_picture(file_id: str, data: bytes):
    """The pixels of the chosen file, read once and kept for the session."""
    kept = st.session_state.get("background_kept")
    if kept is None or kept[0] != file_id:
        from pipeline.image import load_image
        from pipeline.stored import shrunk

        kept = (file_id, shrunk(load_image(data), PICTURE_SIDE))
        st.session_state["background_kept"] = kept
    return kept[1]


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))
