"""The files that a person takes away from a scene, each made when it is asked for."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipeline.composite import premultiplied
from pipeline.encode import (
    encode_jpeg,
    encode_png,
    encode_sixteen_bit_png,
    encode_webp,
    on_white,
    with_print_size,
)
from pipeline.id_formats import IdFormat
from pipeline.print_sheet import DOTS_PER_INCH, print_sheet
from pipeline.scene import Scene
from pipeline.stored import UnpackedMatte

PICTURE_FORMATS: dict[str, Callable[[np.ndarray], bytes]] = {
    "PNG": encode_png,
    "JPEG": encode_jpeg,
    "WebP": encode_webp,
}
ENDINGS = {"PNG": "png", "JPEG": "jpg", "WebP": "webp"}
LONGEST_SIDES = {"JPEG": 65500, "WebP": 16383}


@dataclass(frozen=True)
class Taken:
    """A finished scene with what its files are made of.

    matte: of the whole photo. scene: the pictures as chosen. picture_format: a key of
    PICTURE_FORMATS. dots_per_inch: of the scene's pictures, for a print at the size of the document
    that they are for, or at the photo's own. photos_dots_per_inch: what the photo says of itself.
    """

    matte: UnpackedMatte
    scene: Scene
    picture_format: str = "PNG"
    dots_per_inch: float | None = None
    photos_dots_per_inch: float | None = None

    def sized(self, data: bytes) -> bytes:
        """A file of the crop with its size in print."""
        return with_print_size(data, self.dots_per_inch)

    def sized_as_the_photo(self, data: bytes) -> bytes:
        """A file that lies over the whole photo with the photo's size in print."""
        return with_print_size(data, self.photos_dots_per_inch)


# What there is, and how each is made. Mask and trimap belong to the photo and have its size; the
# others are cropped as chosen.
MAKERS: dict[str, Callable[[Taken], bytes]] = {
    "composite": lambda taken: taken.sized(
        PICTURE_FORMATS[taken.picture_format](taken.scene.picture())
    ),
    "cutout": lambda taken: taken.sized(encode_png(taken.scene.cutout())),
    "cutout-premultiplied": lambda taken: taken.sized(
        encode_png(premultiplied(taken.scene.cutout()))
    ),
    "alpha": lambda taken: taken.sized(encode_png(taken.scene.alpha)),
    "alpha-16-bit": lambda taken: taken.sized(encode_sixteen_bit_png(taken.scene.alpha)),
    "trimap": lambda taken: taken.sized_as_the_photo(encode_png(taken.matte.trimap)),
    "mask": lambda taken: taken.sized_as_the_photo(encode_png(taken.matte.mask)),
}


def format_that_holds(picture_format: str, shape: tuple[int, int]) -> str:
    """The format for a picture of `shape` (H, W): PNG where the one asked for cannot hold it."""
    return picture_format if max(shape) <= LONGEST_SIDES.get(picture_format, max(shape)) else "PNG"


def ending(name: str, picture_format: str) -> str:
    """How the file of one of the MAKERS ends."""
    return ENDINGS[picture_format] if name == "composite" else "png"


def scene_files(photo: str, taken: Taken, settings: dict) -> dict[str, bytes]:
    """Files by name: PHOTO.cutout.png and so on, and PHOTO.settings.json.

    settings: how the pictures were made, as JSON can hold it.
    """
    files = {
        f"{photo}.{name}.{ending(name, taken.picture_format)}": make(taken)
        for name, make in MAKERS.items()
    }
    files[f"{photo}.settings.json"] = (json.dumps(settings, indent=2) + "\n").encode()
    return files


def sheet_file(scene: Scene, id_format: IdFormat, paper_mm: tuple[float, float]) -> bytes:
    """A sheet of pictures for documents as JPEG, in its size for print."""
    picture = scene.picture()
    if picture.shape[2] == 4:
        picture = on_white(picture)
    sheet = print_sheet(picture, id_format.size, paper_mm)
    return with_print_size(encode_jpeg(sheet), DOTS_PER_INCH)
