"""A picture in which a pixel is chosen by clicking or tapping on it."""

from collections.abc import Callable

import streamlit as st

from components.own_component import own_component
from components.picture import data_url

KEY = "steps_pixel"


def pixel_picture(
    jpeg: bytes, size: tuple[int, int], text: str, choose: Callable[[int, int], None]
) -> None:
    """Shows a JPEG picture and calls choose(x, y) with the pixel that was clicked.

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

    own_component("steps_pixel", "whole_screen")(
        key=KEY,
        data={"picture": data_url(jpeg), "width": size[0], "height": size[1], "text": text},
        on_place_change=clicked,
    )

