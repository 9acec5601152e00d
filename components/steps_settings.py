"""What can be changed on the way: kept in the page's address, offered at the step it changes."""

from typing import TYPE_CHECKING

import streamlit as st

from components.edge import BAND

if TYPE_CHECKING:
    from pipeline.walk import Settings

NARROWEST, *_, WIDEST = BAND[2]
FEWEST, MOST = 1, 20
SPACES = {"lab": "CIE L\\*a\\*b\\*", "rgb": "RGB", "hsv": "HSV, as in the paper"}
TERMS = {"best": "All three", "knn": "KNN alone, as in the paper"}
PARAMETERS = ("band", "near", "space", "terms", "top", "bottom")


def settings_of_address() -> "Settings":
    """The settings that the address asks for; what it does not name, or wrongly, is as usual."""
    from pipeline.walk import Settings

    usual = Settings()
    top, bottom = usual.background
    return Settings(
        band=_number("band", int(usual.band), NARROWEST, WIDEST),
        near=_number("near", usual.near, FEWEST, MOST),
        features=_choice("space", SPACES, usual.features),
        quality=_choice("terms", TERMS, usual.quality),
        background=(_color("top", top), _color("bottom", bottom)),
    )


def offer_settings(step: str, settings: "Settings") -> None:
    """Draws what can be changed at a step, if anything can."""
    if step == "trimap":
        label = "Width of the unknown band, in pixels of a portrait 800 pixels high"
        _slider("band", label, NARROWEST, WIDEST, int(settings.band))
    elif step == "neighbours":
        _slider("near", "Near neighbours of a pixel", FEWEST, MOST, settings.near)
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


def _slider(name, label, least, most, value):
    _remember(name, value)
    st.slider(label, least, most, key=f"walk_{name}", on_change=_write, args=(name,))


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


def _number(name, usual, least, most):
    asked = st.query_params.get(name, "")
    return min(most, max(least, int(asked))) if asked.isdecimal() and asked.isascii() else usual


def _choice(name, choices, usual):
    asked = st.query_params.get(name)
    return asked if asked in choices else usual


def _color(name, usual):
    try:
        color = tuple(bytes.fromhex(st.query_params.get(name, "")))
    except ValueError:
        return usual
    return color if len(color) == 3 else usual
