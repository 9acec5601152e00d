"""A rectangle of a photo, and the maps between its pixels and the photo's."""

from dataclasses import dataclass

import numpy as np

from pipeline.sampling import inverse, scaling


@dataclass(frozen=True)
class Frame:
    """A rectangle of a photo in pixels; it may reach beyond the photo."""

    left: float
    top: float
    width: float
    height: float

    def to_photo(self, size: tuple[int, int]) -> np.ndarray:
        """The (2, 3) map from pixels of the frame drawn at `size` (width, height) to the photo."""
        scaled = scaling(self.width / size[0], self.height / size[1])
        return scaled + np.array([[0, 0, self.left], [0, 0, self.top]])

    def from_photo(self, size: tuple[int, int]) -> np.ndarray:
        """The inverse of `to_photo`."""
        return inverse(self.to_photo(size))
