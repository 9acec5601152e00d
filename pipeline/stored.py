"""A finished photo kept small, compressed, instead of the 15 bytes a pixel of its arrays; and so
the picture behind the person.

The app keeps the results of everybody who is using it in memory, and nowhere else. Held as arrays,
one 12-megapixel photo with its matte takes 180 MB.
"""

from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from pipeline.composite import cropped_to_fill
from pipeline.encode import encode_png
from pipeline.image import load_image
from pipeline.outputs import Finished
from pipeline.sampling import nearest, shrunk
from pipeline.trimap import UNKNOWN, alpha_of

SHADES = 65535  # of alpha, between 0 and 1
# Of a picture behind people, on its shorter side: as long as a photo on the screen.
SMALL_SIDE = 1280
SEEN_STEP = 1 / 256  # of a grey level, to which the colours seen are rounded


@dataclass(frozen=True, eq=False)
class StoredMatte:
    """The photo's file, its pictures as PNG, and what differs from pixels that are all or nothing.

    photo: the file as it came.
    mask, trimap: 8-bit PNG. hair: the same, of the size it was found in, or None.
    shades: (n,) uint16, alpha times 65535 of the trimap's n unknown pixels in scan order; all
    others have 0 or 1.
    changed: flat positions of the pixels whose foreground colour is not the photo's; those with
    alpha 0 have no foreground colour and are left out.
    colours: (len(changed), 3) uint8 RGB.
    shape: (H, W) of the photo.
    """

    photo: bytes
    mask: bytes
    hair: bytes | None
    trimap: bytes
    shades: np.ndarray
    changed: np.ndarray
    colours: np.ndarray
    shape: tuple[int, int]

    @classmethod
    def of(
        cls, photo: bytes, image: np.ndarray, finished: Finished, hair: np.ndarray | None = None
    ) -> "StoredMatte":
        """Packs the matte of `image`, the (H, W, 3) uint8 pixels of the file `photo`.

        hair: as in `pipeline.matting.Matte`, if the photo may be wanted with another trimap.
        """
        return cls(
            photo=photo,
            mask=encode_png(finished.mask),
            hair=None if hair is None else encode_png(hair),
            shape=image.shape[:2],
            **_packed(image, finished),
        )

    def with_matte(self, image: np.ndarray, finished: Finished) -> "StoredMatte":
        """The same photo, mask and hair with another trimap, alpha and foreground."""
        return replace(self, **_packed(image, finished))

    def unpack(self) -> "UnpackedMatte":
        """Returns the pictures as arrays again."""
        image = load_image(self.photo)
        foreground = image.copy()
        foreground.reshape(-1, 3)[self.changed] = self.colours
        trimap = _decode(self.trimap)
        alpha = alpha_of(trimap, self.shades * np.float32(1 / SHADES))
        return UnpackedMatte(
            image=image,
            mask=_decode(self.mask) * np.float32(1 / 255),
            trimap=trimap,
            alpha=alpha,
            foreground=foreground,
        )

    def unpack_hair(self) -> np.ndarray | None:
        """Returns hair as an array again, in 8 bits."""
        return None if self.hair is None else _decode(self.hair) * np.float32(1 / 255)

    def size(self) -> int:
        """Bytes that it takes, but for the photo, the mask and hair, which others may share."""
        arrays = self.shades.nbytes + self.changed.nbytes + self.colours.nbytes
        return len(self.trimap) + arrays


@dataclass(frozen=True, eq=False)
class UnpackedMatte:
    """A photo and its matte as arrays; shapes and ranges as in `pipeline.matting.Matte`.

    The mask has 8 bits and alpha 16; where alpha is 0 nothing is to be made of the foreground.
    """

    image: np.ndarray
    mask: np.ndarray
    trimap: np.ndarray
    alpha: np.ndarray
    foreground: np.ndarray

    def reduced(self, longest_side: int) -> "UnpackedMatte":
        """Returns all pictures scaled down to fit a screen; a smaller photo stays as it is."""
        if max(self.alpha.shape) <= longest_side:
            return self
        alpha = shrunk(self.alpha, longest_side)
        # Colours are averaged as much as they are seen, or the old background creeps in. One channel
        # at a time and in 16 bits: the pictures of a phone's photo are large enough as they are.
        seen = [
            shrunk(
                cv2.multiply(channel, self.alpha, scale=1 / SEEN_STEP, dtype=cv2.CV_16U),
                longest_side,
            )
            for channel in (cv2.extractChannel(self.foreground, each) for each in range(3))
        ]
        colours = np.dstack(seen).astype(np.float32)
        colours *= SEEN_STEP / np.maximum(alpha, 1e-6)[..., None]
        foreground = np.clip(colours, 0, 255, out=colours).round(out=colours).astype(np.uint8)
        return UnpackedMatte(
            image=shrunk(self.image, longest_side),
            mask=shrunk(self.mask, longest_side),
            trimap=nearest(self.trimap, alpha.shape),
            alpha=alpha,
            foreground=foreground,
        )


@dataclass(eq=False)
class StoredPicture:
    """A picture to put behind people: its file, and what a screen needs of it as pixels.

    file: as it came. shape: (h, w) of its pixels. small: (h, w, 3) uint8 RGB, the picture with
    SMALL_SIDE pixels on its shorter side at most, or twice as many on its longer one.
    """

    file: bytes
    shape: tuple[int, int]
    small: np.ndarray
    _latest: tuple = field(default=(None, None), init=False, repr=False)

    @classmethod
    def of(cls, file: bytes) -> "StoredPicture":
        """Reads a file; raises ImageError as `pipeline.image.load_image` does."""
        picture = load_image(file)
        low, high = sorted(picture.shape[:2])
        longest = round(min(SMALL_SIDE * high / low, 2 * SMALL_SIDE))
        return cls(file, picture.shape[:2], shrunk(picture, longest))

    def covering(
        self, shape: tuple[int, int], place: tuple[float, float], enlarged: float
    ) -> np.ndarray:
        """`pipeline.composite.cropped_to_fill` of the picture in all its detail.

        What was asked for last for a screen is at hand: reading a large file takes a second.
        """
        asked, latest = self._latest
        if asked == (shape, place, enlarged):
            return latest.copy()
        height, width = self.small.shape[:2]
        enough = enlarged * max(shape[0] / height, shape[1] / width) <= 1
        pixels = self.small if enough or (height, width) == self.shape else load_image(self.file)
        found = cropped_to_fill(pixels, shape, place=place, enlarged=enlarged)
        if max(shape) <= SMALL_SIDE:
            self._latest = (shape, place, enlarged), found.copy()
        return found


def _packed(image: np.ndarray, finished: Finished) -> dict:
    """The attributes of a StoredMatte that a stroke of the brush changes."""
    same = cv2.inRange(cv2.absdiff(finished.foreground, image), (0, 0, 0), (0, 0, 0))
    changed = np.flatnonzero((same == 0) & (finished.alpha > 0)).astype(np.int32)
    unknown = finished.alpha[finished.trimap == UNKNOWN]
    return {
        "trimap": encode_png(finished.trimap),
        "shades": (unknown * SHADES + 0.5).astype(np.uint16),
        "changed": changed,
        "colours": finished.foreground.reshape(-1, 3)[changed],
    }


def _decode(data: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
