"""A button for a file that is made when it is asked for."""

from collections.abc import Callable

import streamlit as st


def file_button(
    label: str,
    make: Callable[[], bytes],
    name: str,
    kind: str,
    key: str,
    *,
    icon: str = "download",
    primary: bool = False,
) -> None:
    """Draws the button; pressing it runs nothing of the page anew.

    name: of the file. kind: its media type (RFC 6838). icon: a name of Material Symbols.
    """
    st.download_button(
        label,
        data=make,
        file_name=name,
        mime=kind,
        on_click="ignore",
        icon=f":material/{icon}:",
        width="stretch",
        type="primary" if primary else "secondary",
        key=key,
    )
