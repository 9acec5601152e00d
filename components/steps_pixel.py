"""A picture in which a pixel is chosen by clicking or tapping on it."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import streamlit as st

from components.before_after import data_url

KEY = "steps_pixel"


def pixel_picture(
    jpeg: bytes, size: tuple[int, int], text: str, choose: Callable[[int, int], None]
) -> None:
    """Shows a JPEG picture and calls choose(x, y) with the pixel that was clicked.

    Args:
        jpeg: the file. size: (width, height) in pixels.
        text: what it shows, for people who do not see it.
    """

    def clicked() -> None:
        place = st.session_state[KEY].place
        if place:
            x, y = (
                min(side - 1, max(0, int(share * side)))
                for share, side in zip((place["x"], place["y"]), size, strict=True)
            )
            choose(x, y)

    # Registered on every run, as each server and each test has a registry of its own.
    component = st.components.v2.component(
        "steps_pixel", html=_part(".html"), css=_part(".css"), js=_part(".js")
    )
    component(
        key=KEY,
        data={"picture": data_url(jpeg), "width": size[0], "height": size[1], "text": text},
        on_place_change=clicked,
    )


@cache
def _part(ending: str) -> str:
    return Path(__file__).with_suffix(ending).read_text(encoding="utf-8")
