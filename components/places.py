"""A queue for the work of all sessions: first come, first served."""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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

    def __init__(self, count: int):
        self._free = count
        self._queue: deque[object] = deque()
        self._changed = threading.Condition()

    @contextmanager
    def place(self, waiting: Callable[[], None], seconds_between: float) -> Iterator[None]:
        """Holds a place. waiting: called every so many seconds until there is one; an exception
        that it raises leaves the queue.
        """
        ticket = object()
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

    def _entered(self, ticket: object, seconds: float) -> bool:
        """Waits for so long at most; whether the place is there."""

        def is_next() -> bool:
            return self._free > 0 and self._queue[0] is ticket

        with self._changed:
            if not self._changed.wait_for(is_next, seconds):
                return False
            self._queue.popleft()
            self._free -= 1
            self._changed.notify_all()
            return True

    def _leave(self, ticket: object) -> None:
        with self._changed:
            self._queue.remove(ticket)
            self._changed.notify_all()
