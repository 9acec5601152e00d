"""The board behind a port: real or simulated, and whose turn it is."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypeVar

import streamlit as st

from components.places import SECONDS_BETWEEN_LOOKS, Places, a_place
from pipeline.launchpad import Launchpad

Job = TypeVar("Job")
SIMULATOR = "sim://"
# In the session: the one place of who has the board.
_PLACE = "board_place"
# Two runs of one session may both find that there is none yet.
_one_at_a_time = threading.Lock()


def how_known(port: str) -> str:
    """How the page knows what the board behind this port reports."""
    return "simulated" if port == SIMULATOR else "measured"


def how_known_so_far(before: str, port: str) -> str:
    """The same of work that goes on; before: what was said of it until now, "" at its start."""
    now = how_known(port)
    return now if before in ("", now) else "partly simulated"


def in_turn(jobs: Iterable[Job], port: str) -> Iterator[Job]:
    """The jobs of a board one after the other, each in its turn."""
    remaining = iter(jobs)
    while True:
        with a_turn(port):
            job = next(remaining, None)
        if job is None:
            return
        yield job


@contextmanager
def the_board(port: str) -> Iterator[Launchpad]:
    """The board behind a port; a run of the page that a click has ended may still hold it, and what
    it works on, for a moment. Raises LaunchpadError as `Launchpad` does.
    """
    with _one_at_a_time:
        places = st.session_state.setdefault(_PLACE, Places(1))

    def look() -> None:  # lets Streamlit end this run, too
        st.session_state.get(_PLACE)

    with places.place(look, SECONDS_BETWEEN_LOOKS), Launchpad(port) as board:
        yield board


def a_turn(port: str) -> AbstractContextManager[None]:
    """A simulated board takes turns with other people's."""
    return a_place(queue="simulations") if port == SIMULATOR else nullcontext()
