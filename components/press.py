"""A press of a button, kept until a run of the page gets to what it asks for.

Streamlit tells of a press in the one run that it begins. Where another click ends that run before it
comes to the button, nobody hears of it.
"""

from collections.abc import Hashable

import streamlit as st


def press(label: str, key: str, what: Hashable = None, **looks) -> bool:
    """Draws the button; whether it was pressed since this was last asked.

    what: what it is to be done with; a press is none for anything else. looks: as st.button's.
    """
    waiting = f"{key}_pressed"

    def keep() -> None:
        st.session_state[waiting] = (what,)

    st.button(label, key=key, on_click=keep, **looks)
    return st.session_state.pop(waiting, None) == (what,)
