"""Choosing what goes behind the person, and how much the person is fitted to it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from components.address import setting
from components.markdown import as_written
from components.picture import data_url
from components.places import a_place
from components.server import let_go_of_the_last
from pipeline.formats import UPLOADED

if TYPE_CHECKING:
    import numpy as np

    from pipeline.outputs import BackgroundMaker

# Their signs are in static/style.css: in the label they would be part of the address.
KINDS = ("Transparent", "Gradient", "Colour", "Blur", "Studio", "Picture")

# Name: colour at the top and at the bottom.
GRADIENTS = {
    "Gold": ("#ecd9a0", "#96752a"),
    "Stone": ("#dcd5c8", "#8d8477"),
    "Sea": ("#a9c4cc", "#34586a"),
    "Rose": ("#e9c9bd", "#8e4f4a"),
    "Night": ("#4a4f63", "#12131a"),
}
OWN = "Own"

# As in pipeline/studio_sets.py, which is not imported before a photo needs it.
SETS = ("Paper", "Spotlight", "Canvas", "Evening", "Window", "Blue")

SWATCH = (64, 64)


@dataclass(frozen=True)
class Background:
    """What was chosen.

    name: what it is called. make: what makes it; None leaves it transparent.
    light, shadow: as in `pipeline.scene.Look`.
    """

    name: str
    make: "BackgroundMaker"
    light: float = 0.0
    shadow: float = 0.0


def background_picker() -> Background:
    """Draws the choice of backgrounds and returns what is chosen."""
    kind = st.segmented_control(
        "Background",
        KINDS,
        required=True,
        label_visibility="collapsed",
        default=setting("background", "Gradient", KINDS),
        key="background",
        width="stretch",
    )
    pick: dict[str, Callable[[], tuple[str, BackgroundMaker]]] = {
        "Transparent": lambda: ("transparent", None),
        "Gradient": _gradient,
        "Colour": _colour,
        "Blur": _blur,
        "Studio": _studio,
        "Picture": _picture,
    }
    name, make = pick[kind]()
    if make is None:
        return Background(name, None)
    with st.container(horizontal=True):
        light = _percent(
            "Match the light",
            "light",
            0,
            range(0, 101, 5),
            "How much the person takes on the background's brightness and colour: 0 not at all, "
            "100 clearly.",
        )
        shadow = _percent(
            "Shadow",
            "shadow",
            0,
            range(0, 101, 5),
            "The person's soft shadow on the background: 0 none, 100 dark.",
        )
    return Background(name, make, light / 100, shadow / 100)


def _percent(
    label: str, key: str, default: int, steps: range, explanation: str | None = None
) -> int:
    return st.slider(
        label,
        steps[0],
        steps[-1],
        setting(key, default, steps),
        step=steps.step,
        format="%d %%",
        help=explanation,
        key=key,
    )


def _gradient() -> "tuple[str, BackgroundMaker]":
    from pipeline.composite import gradient

    _swatches("gradient", [f"linear-gradient({ends[0]}, {ends[1]})" for ends in GRADIENTS.values()])
    name = st.pills(
        "Gradient",
        [*GRADIENTS, OWN],
        required=True,
        label_visibility="collapsed",
        default=setting("gradient", "Gold", [*GRADIENTS, OWN]),
        key="gradient",
    )
    if name == OWN:
        with st.container(horizontal=True):
            ends = (
                st.color_picker("Top", setting("top", GRADIENTS["Gold"][0]), key="top"),
                st.color_picker("Bottom", setting("bottom", GRADIENTS["Gold"][1]), key="bottom"),
            )
    else:
        ends = GRADIENTS[name]
    top, bottom = map(_rgb, ends)
    return (
        f"gradient {name}, {ends[0]} to {ends[1]}",
        lambda image, alpha: gradient(alpha.shape, top, bottom),
    )


def _colour() -> "tuple[str, BackgroundMaker]":
    from pipeline.composite import plain

    colour = st.color_picker("Colour", setting("colour", "#3f7d54"), key="colour")
    return f"colour {colour}", lambda image, alpha: plain(alpha.shape, _rgb(colour))


def _blur() -> "tuple[str, BackgroundMaker]":
    from pipeline.composite import blurred

    strength = st.slider(
        "Blur",
        1,
        10,
        setting("blur", 4, range(1, 11)),
        key="blur",
        help="How far the background is out of focus: 1 a little, 10 nothing can be made out.",
    )
    return f"blur {strength}", lambda image, alpha: blurred(image, alpha, strength * 0.006)


def _studio() -> "tuple[str, BackgroundMaker]":
    from pipeline.studio_sets import SETS as MAKERS

    _swatches("set", [f"url({picture})" for picture in _small_sets()])
    name = st.pills(
        "Studio",
        SETS,
        required=True,
        label_visibility="collapsed",
        default=setting("set", SETS[0], SETS),
        key="set",
    )
    return f"studio {name}", lambda image, alpha: MAKERS[name](alpha.shape)


def _picture() -> "tuple[str, BackgroundMaker]":
    from pipeline.image import ImageError

    file = st.file_uploader(
        "A picture to put behind; it is cropped to fill",
        type=UPLOADED,
        key="background_picture",
        on_change=_forget_what_was_taken_back,
    )
    let_go_of_the_last(file, "background_upload_before")
    if file is not None:
        try:
            _keep_picture(file)
        except ImageError as error:
            st.error(f"{as_written(file.name)}: {error}")
            _bring_back()
            file = None
    # Whoever comes back from another page finds the picture, though the uploader has let it go.
    kept = st.session_state.get("background_kept")
    if kept is None:
        st.caption("Until a picture is chosen, there is nothing behind the person.")
        return "transparent", None
    _, name, picture = kept
    if file is None:
        st.caption(f"{as_written(name)} stays behind the person until another one is chosen.")
    with st.container(horizontal=True):
        enlarged = _percent("Size", "picture_size", 100, range(100, 301, 5))
        across = _percent("Left to right", "picture_across", 50, range(0, 101, 5))
        down = _percent("Top to bottom", "picture_down", 50, range(0, 101, 5))
    st.caption("Left to right and top to bottom: which part is seen where the picture is too big.")
    place = across / 100, down / 100

    def make(image: "np.ndarray", alpha: "np.ndarray") -> "np.ndarray":
        return picture.covering(alpha.shape, place, enlarged / 100)

    return f"picture {name}, {enlarged} %, at {across} % and {down} %", make


def _forget_what_was_taken_back() -> None:
    """One picture goes as well before another one comes, which may be refused."""
    refused = st.session_state.pop("background_refused", False)
    if st.session_state["background_picture"] is None and not refused:
        st.session_state["background_before"] = st.session_state.pop("background_kept", None)


def forget_picture_before() -> None:
    """Of pictures behind people only the one that is there goes on to the next photo."""
    st.session_state.pop("background_before", None)


def _bring_back() -> None:
    """What was behind the person before a picture that is refused stays there."""
    before = st.session_state.pop("background_before", None)
    if before is not None:
        st.session_state.setdefault("background_kept", before)
    st.session_state["background_refused"] = True


def _keep_picture(file) -> None:
    """Reads the chosen file once and keeps its name and the picture for the session."""
    kept = st.session_state.get("background_kept")
    if kept is None or kept[0] != file.file_id:
        from pipeline.stored import StoredPicture

        with a_place(queue="views"):
            picture = StoredPicture.of(file.getvalue())
        st.session_state["background_kept"] = file.file_id, file.name, picture
        st.session_state.pop("background_before", None)


def _swatches(key: str, fills: list[str]) -> None:
    """Shows each choice on its button; Streamlit's pills take no picture of their own."""
    rules = "".join(
        f".st-key-{key} button:nth-of-type({place})::before {{ background: {fill} center/cover }}"
        for place, fill in enumerate(fills, 1)
    )
    st.html(f"<style>{rules}</style>")


@st.cache_data(show_spinner=False)
def _small_sets() -> list[str]:
    from pipeline.encode import encode_jpeg
    from pipeline.studio_sets import SETS as MAKERS

    return [data_url(encode_jpeg(MAKERS[name](SWATCH))) for name in SETS]


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))
