"""Times the stages of the road of a photo and tells how far it is."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager


class Clock:
    """seconds: how long each stage took, by its name."""

    def __init__(
        self, shares: Mapping[str, float], progress: Callable[[str, float], None] | None = None
    ):
        """shares: of the time that are over when the stages begin. progress: called with a stage
        and its share when it begins.
        """
        self.seconds: dict[str, float] = {}
        self._shares, self._progress = shares, progress

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """The time within this context is the stage's."""
        if self._progress is not None:
            self._progress(name, self._shares[name])
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start
