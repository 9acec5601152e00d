"""A photo on its way through the board: started, stopped, and gone on with.

Work goes on in the run of a page that shows its tab. Any other click ends that run, another tab or
page, too; the next run that may go on does so where it was, until somebody stops it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import streamlit as st

from components.press import press
from pipeline.image_error import ImageError
from pipeline.launchpad import LaunchpadError


@dataclass(kw_only=True)
class OnItsWay:
    """Each kind says by `finished` whether nothing is left to do. running: whether it is to go on.
    failure: what ended it before, until it goes on.
    """

    running: bool = True
    failure: LaunchpadError | ImageError | None = None

    def go_on(self) -> None:
        """It is to go on."""
        self.running, self.failure = True, None

    def stop(self) -> None:
        """It is to rest, with what has come of it kept."""
        self.running = False


def start_and_stop(key: str, labels: tuple[str, str], begin: Callable[[], OnItsWay] | None):
    """Draws the buttons that begin anew and go on; returns the work, None so far, and the place of
    the button that stops it.

    key: names the work in the session. labels: what is written on the two.
    begin: makes the work; None while there is nothing to begin with.
    """
    work = st.session_state.get(key)
    with st.container(horizontal=True):
        # Neither while it runs: what has come of it would be lost, unasked.
        running = work is not None and work.running
        locked = begin is None or running
        if press(labels[0], f"{key}_begin", type="primary", disabled=locked) and not locked:
            st.session_state[key] = begin()
            st.rerun()  # which draws these two as they are while it runs
        st.button(
            labels[1],
            disabled=work is None or work.finished or running,
            key=f"{key}_continue",
            on_click=work and work.go_on,
        )
        return work, st.empty()


@contextmanager
def stop_button(place, key: str, work: OnItsWay) -> Iterator[None]:
    """Shows the button that stops the work while it is done. What ends by itself, done or by a
    failure, is stopped, and the page drawn anew as it is without work in progress.
    """
    place.button("Stop", key=f"{key}_stop", on_click=work.stop)
    try:
        yield
    except (LaunchpadError, ImageError) as error:
        work.failure = error
    work.stop()
    st.rerun()
