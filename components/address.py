"""Settings in the page's address, so that a link or a reload brings them back.

Streamlit can bind a widget to the address by itself, but forgets it in every run in which the
widget is not drawn, as on the entrance and while a photo is worked on.
"""

import re
from collections.abc import Iterable
from typing import Any

import streamlit as st

# In the session: what was read from the address or chosen since, as text, and every default.
_KEPT = "settings_kept"
_DEFAULTS = "settings_default"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def setting(key: str, default: Any, allowed: Iterable | None = None) -> Any:
    """The value that a setting has, for its widget to be drawn with.

    It goes in as the widget's own value, not into the session: a widget that a slow browser has
    not put up before the next run begins only knows its own value, and would send that.

    key: of the widget, and its name in the address.
    default: the value that the address need not mention.
    allowed: all values; None for colours written as #rrggbb.
    """
    st.session_state.setdefault(_DEFAULTS, {})[key] = str(default)
    return kept(key, default, allowed)


def kept(key: str, default: Any, allowed: Iterable | None = None) -> Any:
    """The value that a setting has where its widget is not drawn; as for `setting`."""
    if key in st.session_state:
        return st.session_state[key]
    text = st.session_state.get(_KEPT, {}).get(key, str(default))
    if allowed is None:
        return text if _COLOUR.fullmatch(text) else default
    return {str(value): value for value in allowed}.get(text, default)


def forget(*keys: str) -> None:
    """Settings that have their defaults again; to be called where their widgets are not drawn."""
    for key in keys:
        st.session_state.pop(key, None)
        st.session_state.get(_KEPT, {}).pop(key, None)


def read_address() -> None:
    """Once per session: takes over what the address says."""
    if _KEPT not in st.session_state:
        st.session_state[_KEPT] = st.query_params.to_dict()


def write_address() -> None:
    """Keeps the present settings and puts those that are not defaults into the address."""
    settings, defaults = st.session_state[_KEPT], st.session_state.get(_DEFAULTS, {})
    for key in defaults:
        if key in st.session_state:
            settings[key] = str(st.session_state[key])
    wanted = {
        key: settings[key] for key in defaults if settings.get(key, defaults[key]) != defaults[key]
    }
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)
