"""A queue for the work of all sessions: first come, first served."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

# The share of processors that a container may use, in microseconds of how many (Linux's cgroups 2).
QUOTA = Path("/sys/fs/cgroup/cpu.max")


def processors(quota: Path = QUOTA) -> int:
    """How many processors this process may use: those of its container, not all of the machine."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        used, period = quota.read_text().split()
        allowed = int(used) / int(period)
    except (OSError, ValueError, ZeroDivisionError):  # not Linux, or "max"
        return count
    return max(1, min(count, round(allowed)))


class Places:
    """So many may work at once; the others wait in the order in which they came.

    A semaphore would let the newest past those who wait, as everyone who looks up from waiting
    goes to the end of its queue.
    """

    def __init__(self, number: int):
        self._free = number
        self._tickets = count(1)
        self._queue: set[int] = set()
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
            self._queue.add(ticket)
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
