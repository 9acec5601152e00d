"""A solver's story with its arrays: the linear system can be looked at and solved again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse

from pipeline.story import Story


@dataclass(eq=False)
class RecordedStory(Story):
    """A story that also keeps the arrays that the solver's steps leave, by the step's name."""

    arrays: dict[str, list[np.ndarray]] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[list]:
        """As `Story.step`."""
        with super().step(name) as kept:
            yield kept
        self.arrays[name] = kept

    def system(self) -> tuple[scipy.sparse.csr_matrix, np.ndarray, np.ndarray]:
        """The matrix (n, n), the right side (n,) and the first guess (n,) of the solver."""
        *entries, right_side = self.arrays["system"]
        matrix = scipy.sparse.csr_matrix(tuple(entries), 2 * right_side.shape)
        if "known colours" not in self.arrays:
            return matrix, right_side, right_side / matrix.diagonal()
        # The pull of the known colours is a diagonal matrix: its entries are the weights.
        weights, _, _, pull = self.arrays["known colours"]
        return matrix, right_side, pull / weights

    def seconds(self, *names: str) -> float:
        """How long these steps took together."""
        return sum(step.seconds for step in self.steps if step.name in names)

    def kept_bytes(self, *names: str) -> int:
        """Memory of what these steps left."""
        return sum(step.kept_bytes for step in self.steps if step.name in names)
