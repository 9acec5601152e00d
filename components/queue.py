"""The queue before this server's processors: everything that takes seconds waits its turn here."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

SECONDS_BETWEEN_LOOKS = 0.3
WAITING = "Waiting for a free place; another photo is being worked on"


@st.cache_resource(show_spinner=False)
def _places() -> threading.BoundedSemaphore:
    """As many photos at once as there are processors: more would only make everybody wait."""
    return threading.BoundedSemaphore(os.cpu_count() or 1)


@contextmanager
def place_at_the_table(waiting: Callable[[], None]) -> Iterator[None]:
    """Holds one of the server's places for the length of a with block.

    Args:
        waiting: is called again and again while no place is free. If it draws something, a person
            who leaves or presses a button leaves the queue, as Streamlit ends the run there.
    """
    places = _places()
    while not places.acquire(timeout=SECONDS_BETWEEN_LOOKS):
        waiting()
    try:
        yield
    finally:
        places.release()
