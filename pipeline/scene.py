"""A finished photo as a person wants it: cropped, on a background, lit like it, with a shadow."""

from dataclasses import dataclass

import numpy as np

from pipeline.composite import composite, cutout
from pipeline.frame import Frame
from pipeline.framing import cropped, scaled
from pipeline.image import MAXIMUM_PIXELS
from pipeline.light import cast_shadow, match_light
from pipeline.outputs import BackgroundMaker
from pipeline.stored import UnpackedMatte

# Grey level of what a crop shows of the photo where the photo has ended.
BESIDE_THE_PHOTO = 72


@dataclass(frozen=True, eq=False)
class Look:
    """What is chosen for one photo.

    frame: the crop in pixels of the photo, whole numbers. background: makes what lies behind;
    None leaves it transparent. light: how much the person's colours follow the background's, 0
    to 1. shadow: how dark the person's shadow on it is, 0 to 1.
    """

    frame: Frame
    background: BackgroundMaker = None
    light: float = 0.0
    shadow: float = 0.0


@dataclass(frozen=True, eq=False)
class Scene:
    """The pictures of a look, all of the crop's size (h, w).

    image: (h, w, 3) uint8 RGB, the photo. foreground: (h, w, 3) uint8, the person's own colours.
    alpha: (h, w) float32. background: (h, w, 3) uint8 with the shadow, or None. lit: (h, w, 3)
    uint8, the foreground in the background's light.
    """

    image: np.ndarray
    foreground: np.ndarray
    alpha: np.ndarray
    background: np.ndarray | None
    lit: np.ndarray

    def cutout(self) -> np.ndarray:
        """The person alone in their own light, (h, w, 4) uint8 with straight alpha."""
        return cutout(self.foreground, self.alpha)

    def picture(self) -> np.ndarray:
        """The whole: (h, w, 3) uint8 RGB, or the cut-out where nothing lies behind."""
        if self.background is None:
            return self.cutout()
        return composite(self.lit, self.alpha, self.background)


def largest_scale(frame: Frame, side: int) -> float:
    """The scale, at most 1, at which a crop has no more pixels than a photo may have.

    frame: in pixels of the photo, whose longer side has `side` of them. Room around a crop can
    make it several times as large as the photo.
    """
    scale = (MAXIMUM_PIXELS / (frame.width * frame.height)) ** 0.5
    return min(1.0, int(scale * side) / side)


def arrange_largest(matte: UnpackedMatte, look: Look) -> Scene:
    """Makes the pictures of a look as large as they may be; matte: at the photo's own size."""
    side = max(matte.alpha.shape)
    scale = largest_scale(look.frame, side)
    return arrange(matte.reduced(round(scale * side)), look, scale)


def arrange(matte: UnpackedMatte, look: Look, scale: float = 1.0) -> Scene:
    """Makes the pictures of a look.

    matte: the photo and its matte. scale: their size, as a share of the photo's.
    """
    frame = scaled(look.frame, scale)
    alpha = cropped(matte.alpha, frame)
    foreground = cropped(matte.foreground, frame, beyond=None)
    background, lit = None, foreground
    if look.background is not None:
        # Whoever blurs the photo must not take the person, drawn out over the edge, for background.
        background = look.background(
            cropped(matte.image, frame, beyond=None), cropped(matte.alpha, frame, beyond=None)
        )
        lit = match_light(foreground, alpha, background, look.light)
        background = cast_shadow(background, alpha, look.shadow)
    image = cropped(matte.image, frame, beyond=BESIDE_THE_PHOTO)
    return Scene(image, foreground, alpha, background, lit)
