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


def setting(key: str, default: Any, allowed: Iterable | None = None) -> str:
    """Lets the widget of this key, drawn next and without a value, start from what is kept.

    Args:
        key: of the widget, and its name in the address.
        default: the value that the address need not mention.
        allowed: all values; None for colours written as #rrggbb.

    Returns:
        The key.
    """
    st.session_state.setdefault(_DEFAULTS, {})[key] = str(default)
    if key not in st.session_state:
        st.session_state[key] = kept(key, default, allowed)
    return key


def kept(key: str, default: Any, allowed: Iterable | None = None) -> Any:
    """The value that a setting has, whether its widget is drawn or not; as for `setting`."""
    if key in st.session_state:
        return st.session_state[key]
    text = st.session_state.get(_KEPT, {}).get(key, str(default))
    if allowed is None:
        return text if _COLOUR.fullmatch(text) else default
    return {str(value): value for value in allowed}.get(text, default)


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
