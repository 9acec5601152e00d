"""Looking at single pixels of a walk: who their neighbours are and how much each one counts."""

from dataclasses import dataclass

import numpy as np

from pipeline.band import unit_range
from pipeline.drawings import linked
from pipeline.laplacian import color_features
from pipeline.story import Neighbour, Story
from pipeline.trimap import UNKNOWN
from pipeline.walk import Walk

# The axes of each colour space as people name them, and what one unit of the features is there.
AXES = {
    "lab": ("L*", "a*", "b*"),
    "rgb": ("Red", "Green", "Blue"),
    "hsv": ("cos of hue", "sin of hue", "Saturation", "Value"),
}
UNITS = {"lab": 100.0, "rgb": 255.0, "hsv": 1.0}
# So many pixels of the band are enough to see where its colours lie.
BACKDROP = 500


@dataclass(frozen=True, eq=False)
class Links:
    """The neighbours of every unknown pixel.

    image: (H, W, 3) uint8. unknown: (H, W) bool. start: pixel (x, y) to begin with, in the hair
    where there is some. story: keeps what the neighbour search found. features: the colour space
    that was searched in.
    """

    image: np.ndarray
    unknown: np.ndarray
    start: tuple[int, int]
    story: Story
    features: str

    @classmethod
    def of(cls, walk: Walk) -> "Links":
        """The links of a walk; keeps of it only what it needs."""
        unknown = walk.trimap == UNKNOWN
        return cls(walk.image, unknown, _start(walk, unknown), walk.story, walk.settings.features)

    def nearest_unknown(self, x: int, y: int) -> tuple[int, int]:
        """The pixel (x, y) of the band that lies nearest."""
        rows, columns = np.nonzero(self.unknown)
        return _nearest(rows, columns, x, y)

    def next_unknown(self, pixel: tuple[int, int], asked: tuple[int, int]) -> tuple[int, int]:
        """The pixel (x, y) of the band nearest to the one that is asked for, of those that lie in
        the same direction from `pixel`; `pixel` itself if there is none.
        """
        rows, columns = np.nonzero(self.unknown)
        across, down = np.subtract(asked, pixel)
        ahead = (columns - pixel[0]) * across + (rows - pixel[1]) * down > 0
        if not ahead.any():
            return pixel
        return _nearest(rows[ahead], columns[ahead], *asked)

    def neighbours(self, pixel: tuple[int, int]) -> list[Neighbour]:
        """The neighbours of a pixel (x, y) of the band, strongest first, each one once."""
        strongest = {}
        for each in self.story.neighbours(*pixel):
            strongest.setdefault((each.x, each.y), each)
        return list(strongest.values())

    def colors(self, pixels: np.ndarray) -> np.ndarray:
        """Where pixels, (n, 2) x and y, lie in the colour space: (n, 3 or 4) float32.

        The axes and their units are those of AXES.
        """
        rgb = unit_range(self.image[pixels[:, 1], pixels[:, 0]])
        return color_features(rgb, self.features) * UNITS[self.features]

    def some_of_the_band(self) -> np.ndarray:
        """Pixels (n, 2) x and y spread over the band, to show what colours there are."""
        rows, columns = np.nonzero(self.unknown)
        step = max(1, len(rows) // BACKDROP)
        return np.stack([columns[::step], rows[::step]], 1)

    def picture(self, pixel: tuple[int, int]) -> np.ndarray:
        """The photo with lines from a pixel of the band to its neighbours: (H, W, 3) uint8."""
        return linked(self.image, pixel, self.neighbours(pixel))


def _nearest(rows, columns, x, y):
    nearest = ((columns - x) ** 2 + (rows - y) ** 2).argmin()
    return int(columns[nearest]), int(rows[nearest])


def _start(walk, unknown):
    """The most mixed pixel of the band."""
    mixed = np.where(unknown, walk.mixed, -1)
    y, x = np.unravel_index(mixed.argmax(), mixed.shape)
    return int(x), int(y)
