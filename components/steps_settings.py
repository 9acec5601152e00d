"""What can be changed on the way: kept in the page's address, offered at the step it changes."""

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from components.edge import BAND, HAIR_REACH
from components.loading import load_package

if TYPE_CHECKING:
    from pipeline.walk import Settings

BANDS, REACHES, NEAR = BAND[2], HAIR_REACH[2], range(1, 21)
SPACES = {"lab": "CIE L\\*a\\*b\\*", "rgb": "RGB", "hsv": "HSV, as in the paper"}
TERMS = {"best": "All three", "knn": "KNN alone, close to the paper"}
PARAMETERS = ("band", "hair", "near", "space", "terms", "top", "bottom")


def usual_settings(edge: tuple[int, float]) -> "Settings":
    """The settings of a photo with this edge, a band and a hair reach, when nothing is changed."""
    load_package()
    from pipeline.walk import Settings

    band, hair_reach = edge
    return Settings(band=band, hair_reach=hair_reach)


def settings_of_address(usual: "Settings") -> "Settings":
    """The settings that the address asks for; what it does not name, or wrongly, is as usual."""
    top, bottom = usual.background
    return replace(
        usual,
        band=_one_of(BANDS, "band", usual.band),
        hair_reach=_one_of(REACHES, "hair", usual.hair_reach),
        near=_one_of(NEAR, "near", usual.near),
        features=_one_of(SPACES, "space", usual.features),
        quality=_one_of(TERMS, "terms", usual.quality),
        background=(_color("top", top), _color("bottom", bottom)),
    )


def offer_settings(step: str, settings: "Settings") -> None:
    """Draws what can be changed at a step, if anything can."""
    if step == "trimap":
        label = "Width r of the uncertain edge, in pixels of a portrait of 600 × 800"
        _slider("band", label, BANDS, settings.band)
        label = "Extra width over loose hair, in units of r"
        _slider("hair", label, REACHES, settings.hair_reach)
    elif step == "neighbours":
        _slider("near", "Near neighbours of a pixel", NEAR, settings.near)
        _radio("space", "Colour space of the search", SPACES, settings.features)
    elif step == "system":
        _radio("terms", "Which terms", TERMS, settings.quality)
    elif step == "composite":
        with st.container(horizontal=True):
            for name, label, color in zip(
                ("top", "bottom"), ("Top", "Bottom"), settings.background, strict=True
            ):
                _remember(name, "#" + bytes(color).hex())
                st.color_picker(label, key=f"walk_{name}", on_change=_write, args=(name,))


def offer_defaults() -> None:
    """Says that settings were changed, and takes them back."""

    def forget() -> None:
        for name in PARAMETERS:
            st.query_params.pop(name, None)

    st.button(
        "Back to the usual settings",
        icon=":material/undo:",
        key="walk_usual",
        on_click=forget,
    )


def _slider(name, label, values, value):
    _remember(name, value)
    least, after, *_, most = values
    step = after - least
    st.slider(
        label,
        least,
        most,
        step=step,
        format="%g",
        key=f"walk_{name}",
        on_change=_write,
        args=(name,),
    )


def _radio(name, label, choices, value):
    _remember(name, value)
    st.radio(
        label,
        list(choices),
        format_func=choices.get,
        horizontal=True,
        key=f"walk_{name}",
        on_change=_write,
        args=(name,),
    )


def _remember(name, value):
    """The address decides what a widget shows, so that links and the way back are right."""
    st.session_state[f"walk_{name}"] = value


def _write(name):
    st.query_params[name] = str(st.session_state[f"walk_{name}"]).removeprefix("#")


def _one_of(values, name, usual):
    return {str(value): value for value in values}.get(st.query_params.get(name), usual)


def _color(name, usual):
    try:
        color = tuple(bytes.fromhex(st.query_params.get(name, "")))
    except ValueError:
        return usual
    return color if len(color) == 3 else usual
