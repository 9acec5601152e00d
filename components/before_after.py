"""A picture before and after: one line to drag with mouse, finger or arrow keys."""

from base64 import b64encode
from functools import cache
from pathlib import Path

import streamlit as st


def before_after(
    before: bytes,
    after: bytes,
    size: tuple[int, int],
    *,
    photo: str,
    before_text: str,
    after_text: str,
) -> None:
    """Shows two JPEG pictures of the same place over each other.

    Args:
        before, after: the files.
        size: (width, height) in pixels; both pictures have these proportions.
        photo: names the pair; when it changes, the result is uncovered anew.
        before_text, after_text: what they show, for people who do not see them.
    """
    # Registered on every run, as each server and each test has a registry of its own.
    component = st.components.v2.component(
        "before_after", html=_part(".html"), css=_part(".css"), js=_part(".js")
    )
    component(
        key="before_after",
        data={
            "before": data_url(before),
            "after": data_url(after),
            "width": size[0],
            "height": size[1],
            "photo": photo,
            "before_text": before_text,
            "after_text": after_text,
            "before_label": "Photo",
            "after_label": "Result",
        },
    )


def data_url(jpeg: bytes) -> str:
    """Writes a JPEG file as an address that a browser shows without asking the server."""
    return "data:image/jpeg;base64," + b64encode(jpeg).decode()


@cache
def _part(ending: str) -> str:
    return Path(__file__).with_suffix(ending).read_text(encoding="utf-8")
