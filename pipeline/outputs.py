"""What a finished photo gives: the five pictures, as pixels and as files."""

import unicodedata
from collections.abc import Callable, Iterable
from typing import Protocol

import numpy as np

from pipeline.composite import composite, cutout
from pipeline.encode import encode_png

OUTPUTS = ("mask", "trimap", "alpha", "cutout", "composite")

# Makes a background from the photo and its alpha; None leaves it transparent.
BackgroundMaker = Callable[[np.ndarray, np.ndarray], np.ndarray] | None


class Finished(Protocol):
    """What is needed of a matte: see `pipeline.matting.Matte`."""

    mask: np.ndarray
    trimap: np.ndarray
    alpha: np.ndarray
    foreground: np.ndarray


def picture(
    name: str, image: np.ndarray, finished: Finished, make_background: BackgroundMaker
) -> np.ndarray:
    """Returns one of the OUTPUTS as pixels, at the photo's size.

    name: "mask" or "alpha": (H, W) float32 in [0, 1]; "trimap": (H, W) uint8; "cutout": (H, W, 4)
    uint8 with straight alpha; "composite": (H, W, 3) uint8, or the cut-out where there is no
    background.
    image: (H, W, 3) uint8 RGB, the photo.
    finished: its matte.
    make_background: for the composite.
    """
    if name in ("mask", "trimap", "alpha"):
        return getattr(finished, name)
    if name == "cutout" or make_background is None:
        return cutout(finished.foreground, finished.alpha)
    background = make_background(image, finished.alpha)
    return composite(finished.foreground, finished.alpha, background)


def result_name(photo: str, name: str) -> str:
    """What the file of one of the OUTPUTS is called."""
    return f"{photo}.{name}.png"


def of_any_system(name: str) -> str:
    """A name as those systems compare it for which capitals, and ways to write an accent, are no
    difference.
    """
    return unicodedata.normalize("NFC", name).casefold()


def files(
    photo: str,
    names: Iterable[str],
    image: np.ndarray,
    finished: Finished,
    make_background: BackgroundMaker,
) -> dict[str, bytes]:
    """Returns the OUTPUTS asked for as PNG files: {"PHOTO.alpha.png": bytes} and so on."""
    return {
        result_name(photo, name): encode_png(picture(name, image, finished, make_background))
        for name in names
    }
