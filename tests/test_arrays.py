"""What the stages refuse, each called by itself, and the classes that hold their arrays."""

import dataclasses
import pkgutil
from importlib import import_module

import numpy as np
import pytest

import pipeline
from pipeline.composite import blurred, composite, cutout
from pipeline.face import find_faces
from pipeline.face3d import fit_face
from pipeline.foreground import estimate_foreground
from pipeline.image import ImageError
from pipeline.refine import refine
from pipeline.segment import segment
from pipeline.trimap import make_trimap

PHOTO = np.zeros((24, 20, 3), np.uint8)
TRIMAP = np.full((24, 20), 128, np.uint8)
ALPHA = np.zeros((24, 20), np.float32)

NO_PHOTOS = [None, PHOTO / 255, PHOTO[..., 0], np.dstack([PHOTO, TRIMAP]), PHOTO[:0]]
OF_A_PHOTO = {
    "find_faces": lambda photo: find_faces(photo),
    "segment": lambda photo: segment(photo, []),
    "refine": lambda photo: refine(photo, TRIMAP, ALPHA),
    "estimate_foreground": lambda photo: estimate_foreground(photo, ALPHA),
    "composite": lambda photo: composite(photo, ALPHA, PHOTO),
    "composite, behind": lambda photo: composite(PHOTO, ALPHA, photo),
    "cutout": lambda photo: cutout(photo, ALPHA),
    "blurred": lambda photo: blurred(photo, ALPHA),
    "fit_face": lambda photo: fit_face(photo, None),
}

NO_SHARES = [
    PHOTO.tolist(),
    TRIMAP,
    ALPHA > 0,
    PHOTO / 255,
    ALPHA[:, :0],
    ALPHA + 2,
    ALPHA - 1,
    ALPHA * np.nan,
]
OF_SHARES = {
    "estimate_foreground": lambda shares: estimate_foreground(PHOTO, np.asarray(shares)),
    "composite": lambda shares: composite(PHOTO, np.asarray(shares), PHOTO),
    "make_trimap": lambda shares: make_trimap(shares),
    "make_trimap, hair": lambda shares: make_trimap(ALPHA, hair=shares),
    "refine": lambda shares: refine(PHOTO, TRIMAP, shares),
    "cutout": lambda shares: cutout(PHOTO, shares),
    "blurred": lambda shares: blurred(PHOTO, shares),
    "fit_face": lambda shares: fit_face(PHOTO, None, alpha=shares),
}


@pytest.mark.parametrize("photo", NO_PHOTOS, ids=["none", "floats", "grey", "RGBA", "empty"])
@pytest.mark.parametrize("stage", OF_A_PHOTO.values(), ids=OF_A_PHOTO)
def test_what_is_no_photo_is_refused_in_words(stage, photo):
    with pytest.raises(ImageError, match="must be a"):
        stage(photo)


@pytest.mark.parametrize("stage", OF_SHARES.values(), ids=OF_SHARES)
def test_what_is_no_share_of_each_pixel_is_refused_in_words(stage):
    for shares in NO_SHARES:
        with pytest.raises(ImageError, match="must (be a|lie)"):
            stage(shares)


@pytest.mark.parametrize("trimap", [TRIMAP / 255, TRIMAP[1:], TRIMAP.tolist()])
def test_what_is_no_trimap_is_refused_in_words(trimap):
    with pytest.raises(ImageError, match="trimap must be a"):
        refine(PHOTO, trimap, ALPHA)


@pytest.mark.parametrize("cut", [np.s_[1:], np.s_[:, 1:]])
def test_arrays_of_other_sizes_are_refused_in_words(cut):
    for stage in (
        lambda: refine(PHOTO, TRIMAP, ALPHA[cut]),
        lambda: estimate_foreground(PHOTO, ALPHA[cut]),
        lambda: cutout(PHOTO, ALPHA[cut]),
        lambda: composite(PHOTO, ALPHA, PHOTO[cut]),
        lambda: fit_face(PHOTO, None, alpha=ALPHA[cut]),
    ):
        with pytest.raises(ImageError, match=r"must be an array \(\d+, \d+"):
            stage()


def classes_with_arrays() -> list[type]:
    names = [each.name for each in pkgutil.iter_modules(pipeline.__path__)]
    modules = [import_module(f"pipeline.{name}") for name in names]
    return [
        each
        for module in modules
        for each in vars(module).values()
        if dataclasses.is_dataclass(each)
        and each.__module__ == module.__name__
        and any("ndarray" in str(field.type) for field in dataclasses.fields(each))
    ]


@pytest.mark.parametrize("holder", classes_with_arrays(), ids=lambda each: each.__name__)
def test_what_holds_arrays_is_equal_to_itself_alone(holder):
    """By value the comparison would raise ValueError, and no set could hold it."""
    first, second = object.__new__(holder), object.__new__(holder)
    for each in (first, second):
        for field in dataclasses.fields(holder):
            object.__setattr__(each, field.name, np.zeros(2))
    assert first == first and first != second
    assert len({first, second}) == 2
