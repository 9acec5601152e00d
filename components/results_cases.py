"""Where the matte of a sample is at its best and at its worst."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from components.picture_row import picture_row
from components.places import a_place
from pipeline.samples import COLLINS, HOPPER, SAMPLES, Sample

if TYPE_CHECKING:
    import numpy as np

    from pipeline.step import Picture

# What the person is laid on: in neither of the photos.
GROUND = (60, 150, 90)


@dataclass(frozen=True)
class Case:
    """A part of a sample, (left, top, right, bottom) as shares of its width and height."""

    title: str
    photo: Sample
    part: tuple[float, float, float, float]
    shows: str


CASES = (
    Case("Best: hair in front of a wall", COLLINS, (0.25, 0.0, 0.65, 0.4), "Short hair, all of it soft"),
    Case("Best: skin and cloth on blue", HOPPER, (0.45, 0.2, 0.85, 0.5413), "Hat, ear, grey hair"),
    Case("Worst: a hat against a flag", HOPPER, (0.2, 0.02, 0.6, 0.3613), "White hat, golden cord"),
    Case("Worst: a helmet held", COLLINS, (0.5, 0.58, 0.9, 0.98), "Black glass on a dark suit"),
)


def show_cases() -> None:
    """Parts of the samples beside what the matte makes of them."""
    st.header("At its best and at its worst", anchor=False)
    st.markdown(
        "Parts of the two samples, which may be shown, and the same on a green ground. They were "
        "chosen by eye, as nobody knows these photos' true mattes."
    )
    from pipeline.image_error import ImageError

    try:
        picture_row(case_pictures())
    except ImageError as error:
        st.error(str(error))


@st.cache_resource(show_spinner="Matting the samples")
def case_pictures() -> "tuple[Picture, ...]":
    """Each case: the part of the photo, and beside it the person on another ground."""
    import numpy as np

    from pipeline.step import Picture

    with a_place():
        both = {sample: photo_and_cutout(sample.file) for sample in SAMPLES}
    return tuple(
        Picture.of(
            case.title,
            f"{case.photo.person}. {case.shows}: the photo, and cut out on green",
            np.hstack([part_of(pixels, case.part) for pixels in both[case.photo]]),
        )
        for case in CASES
    )


def photo_and_cutout(file) -> "tuple[np.ndarray, np.ndarray]":
    """A photo and its person on the ground, both (H, W, 3) uint8."""
    from pipeline import matte
    from pipeline.composite import composite, plain
    from pipeline.image import load_image

    image = load_image(file)
    result = matte(image)
    return image, composite(result.foreground, result.alpha, plain(image.shape[:2], GROUND))


def part_of(pixels: "np.ndarray", part: tuple[float, float, float, float]) -> "np.ndarray":
    """A part of a picture by shares of its size."""
    height, width = pixels.shape[:2]
    left, top, right, bottom = part
    rows = slice(round(top * height), round(bottom * height))
    return pixels[rows, round(left * width) : round(right * width)]
