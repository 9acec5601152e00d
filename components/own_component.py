"""Our own Streamlit components: HTML, CSS and JavaScript files beside each other."""

from functools import cache
from pathlib import Path

import streamlit as st

FOLDER = Path(__file__).parent


def own_component(name: str, *shared: str):
    """Registers the component of the files NAME.html, NAME.css and NAME.js and returns it.

    Registered on every run, as each server and each test has a registry of its own.

    name: what the files are called; those that a component does not need may be missing.
    shared: names of files whose CSS and JavaScript come before its own.
    """
    names = (*shared, name)
    return st.components.v2.component(
        name,
        html=_text(f"{name}.html") or None,
        css="\n".join(_text(f"{each}.css") for each in names) or None,
        js="\n".join(_text(f"{each}.js") for each in names),
    )


def listen(name: str, **data) -> None:
    """Puts a component on the page that is not seen: what its JavaScript does is all of it.

    data: what the JavaScript gets.
    """
    with st.container(key=f"unseen_{name}"):
        own_component(name)(key=f"{name}_script", data=data)


@cache
def _text(file: str) -> str:
    path = FOLDER / file
    return path.read_text(encoding="utf-8") if path.exists() else ""
