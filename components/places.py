"""A queue for the work of all sessions: first come, first served."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components.loading import load_package

# The share of processors that a container may use, in microseconds of how many (Linux's cgroups 2).
QUOTA = Path("/sys/fs/cgroup/cpu.max")

# Everyone who waits is told so this often, and may leave then; more often is work for nothing.
SECONDS_BETWEEN_LOOKS = 1.0


def processors(quota: Path = QUOTA) -> int:
    """How many processors this process may use: those of its container, not all of the machine."""
    all_of_them = os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        all_of_them = len(os.sched_getaffinity(0))
    try:
        used, period = quota.read_text().split()
        allowed = int(used) / int(period)
    except (OSError, ValueError, ZeroDivisionError):  # not Linux, or "max"
        return all_of_them
    return max(1, min(all_of_them, round(allowed)))


class Places:
    """So many may work at once; the others wait in the order in which they came.

    A semaphore would let the newest past those who wait, as everyone who looks up from waiting
    goes to the end of its queue.
    """

    def __init__(self, number: int):
        self._free = number
        self._tickets = count(1)
        # The same ticket twice, where a run that was ended and its successor hold it for a moment.
        self._queue: list[int] = []
        self._changed = threading.Condition()

    def ticket(self) -> int:
        """Says when its holder came, who may leave the queue and come back to the same turn."""
        return next(self._tickets)

    @contextmanager
    def place(
        self, waiting: Callable[[], None], seconds_between: float, ticket: int | None = None
    ) -> Iterator[None]:
        """Holds a place. waiting: called every so many seconds until there is one; an exception
        that it raises leaves the queue. ticket: who does not come only now.
        """
        ticket = ticket or self.ticket()
        with self._changed:
            self._queue.append(ticket)
        try:
            while not self._entered(ticket, seconds_between):
                waiting()
        except BaseException:
            self._leave(ticket)
            raise
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify_all()

    def _entered(self, ticket: int, seconds: float) -> bool:
        """Waits for so long at most; whether the place is there."""

        def is_next() -> bool:
            return self._free > 0 and min(self._queue) == ticket

        with self._changed:
            if not self._changed.wait_for(is_next, seconds):
                return False
            self._queue.remove(ticket)
            self._free -= 1
            self._changed.notify_all()
            return True

    def _leave(self, ticket: int) -> None:
        with self._changed:
            self._queue.remove(ticket)
            self._changed.notify_all()


def draw_ticket() -> int:
    """A turn in the queue of photos, for who may leave it and come back."""
    return _places("photos").ticket()


@st.cache_resource(show_spinner=False)
def _places(queue: str) -> Places:
    """As many photos at once as there are processors: more would only make everybody wait."""
    return Places(processors())


def _look_up(stage: str, share: float) -> None:
    """Says nothing, but lets Streamlit end the run; a download is made outside any."""
    if get_script_run_ctx(suppress_warning=True):
        st.session_state.get("pieces")


@contextmanager
def a_place(
    say: Callable[[str, float], None] = _look_up, queue: str = "photos", ticket: int | None = None
) -> Iterator[None]:
    """Waits for a free place; saying so again and again lets the person leave the queue, for
    Streamlit ends the run of a page that was closed where it draws or looks into its session.

    What takes moments has a `queue` of its own, and does not wait for the photos in progress. Who
    has left the queue before comes back to the same turn with its `ticket`. Work that fails there
    for want of memory or within OpenCV raises ImageError.
    """
    load_package()
    from pipeline.image_error import failures_in_words

    place = _places(queue).place(lambda: say("waiting", 0.0), SECONDS_BETWEEN_LOOKS, ticket)
    with place, failures_in_words():
        yield
