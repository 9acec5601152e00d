"""The unknown band of a trimap: which pixels are solved for, and which known ones may help.

Known pixels are eliminated from every system, so that work and memory follow the number of
unknown pixels and of those nearby, not the size of the photo.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.trimap import FOREGROUND, unknown_pixels

# Known pixels farther than this from the unknown band are not searched: farther ones cost time
# and made the alphamatting mattes slightly worse.
REACH = 20
# Pixels on a side of the squares in which those nearby are counted.
SQUARE = REACH // 2


@dataclass(frozen=True, eq=False)
class Band:
    """The part of a photo that matters to its unknown pixels, cropped and numbered.

    Pixels are named by their flat index in the crop of h rows and w columns.
    """

    window: tuple[slice, slice]  # rows and columns of the crop in the photo
    shape: tuple[int, int]  # (h, w) of the crop
    photo_shape: tuple[int, int]  # (H, W) of the photo
    colors: np.ndarray  # (h * w, 3) the crop's colours, uint8 or uint16 or float32
    foreground: np.ndarray  # (h * w,) bool, known foreground
    unknown: np.ndarray  # (n,) int32 pixels to solve for, in ascending order
    nearby: np.ndarray  # (m,) int32 unknown pixels and the known ones within reach
    row: np.ndarray  # (h * w,) int32 position in `unknown`, -1 for known pixels

    @classmethod
    def around_unknown(cls, image: np.ndarray, trimap: np.ndarray) -> "Band":
        """The band of a trimap (H, W) uint8 with at least one unknown pixel."""
        unknown = unknown_pixels(trimap)
        window = bounding_window(unknown, REACH)
        unknown = np.ascontiguousarray(unknown[window])
        side = 2 * REACH + 1
        nearby = cv2.dilate(unknown.view(np.uint8), np.ones((side, side), np.uint8))
        pixels = np.flatnonzero(unknown).astype(np.int32)
        row = np.full(unknown.size, -1, np.int32)
        row[pixels] = np.arange(len(pixels), dtype=np.int32)
        return cls(
            window=window,
            shape=unknown.shape,
            photo_shape=trimap.shape,
            colors=np.ascontiguousarray(image[window]).reshape(-1, 3),
            foreground=(trimap[window] == FOREGROUND).ravel(),
            unknown=pixels,
            nearby=np.flatnonzero(nearby).astype(np.int32),
            row=row,
        )

    def __len__(self) -> int:
        return len(self.unknown)

    def rgb(self, pixels: np.ndarray) -> np.ndarray:
        """float32 RGB in [0, 1] of any array of pixels; the last axis is added."""
        return unit_range(self.colors.take(pixels, 0))

    def position(self, pixels: np.ndarray) -> np.ndarray:
        """(len(pixels), 2) float32 x and y in [0, 1], in units of the photo's width and height."""
        y, x = np.divmod(pixels, np.int32(self.shape[1]))
        height, width = self.photo_shape
        scale = np.float32([1 / max(1, width - 1), 1 / max(1, height - 1)])
        return np.stack([x + self.window[1].start, y + self.window[0].start], 1) * scale

    def blocks(self, side: int) -> tuple[np.ndarray, np.ndarray]:
        """The unknown pixels in squares of `side` pixels: the first of each square, and of whom.

        Returns positions in `unknown`, (b,) of the first pixels, and (n,) the square of each pixel.
        """
        y, x = np.divmod(self.unknown, np.int32(self.shape[1]))
        squares = (y // side) * np.int32(self.shape[1] // side + 1) + x // side
        _, first, square = np.unique(squares, return_index=True, return_inverse=True)
        return first, square

    def known_nearby(self) -> tuple[np.ndarray, np.ndarray]:
        """The known foreground and the known background pixels within reach."""
        known = self.nearby[self.row[self.nearby] < 0]
        foreground = self.foreground[known]
        return known[foreground], known[~foreground]

    def depth(self) -> np.ndarray:
        """(n,) float32 pixels from the middle between the known sides, positive by the foreground.

        Half of how much farther the nearest known background is than the nearest foreground.
        """
        background = (self.row < 0) & ~self.foreground
        to_foreground, to_background = (
            cv2.distanceTransform((~side).view(np.uint8).reshape(self.shape), cv2.DIST_L2, 5)
            for side in (self.foreground, background)
        )
        return (to_background - to_foreground).ravel()[self.unknown] / 2


def count_nearby(unknown: np.ndarray) -> int:
    """About how many pixels of a photo, unknown ones (H, W) bool among them, lie within REACH of one
    that is unknown.
    """
    size = [-(-side // SQUARE) for side in unknown.shape[::-1]]
    holds = cv2.resize(unknown.view(np.uint8) * np.uint8(255), size, interpolation=cv2.INTER_AREA)
    reach = 2 * (REACH // SQUARE) + 1
    nearby = cv2.dilate((holds > 0).view(np.uint8), np.ones((reach, reach), np.uint8))
    return int(np.count_nonzero(nearby)) * unknown.size // nearby.size


def unit_range(colors: np.ndarray) -> np.ndarray:
    """float32 in [0, 1] of uint8, uint16 or float32 colours."""
    if colors.dtype == np.float32:
        return colors
    return colors.astype(np.float32) * np.float32(1 / np.iinfo(colors.dtype).max)


def bounding_window(mask: np.ndarray, margin: int) -> tuple[slice, slice]:
    """Rows and columns of the rectangle around a mask, enlarged by a margin within the picture."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return tuple(
        slice(max(0, int(line[0]) - margin), min(size, int(line[-1]) + 1 + margin))
        for line, size in zip((rows, columns), mask.shape)
    )
