"""Photos with trimaps of their own: which files belong together, and what grey levels mean.

As on the original site, a file named "Image" belongs to the one named "Trimap" whose name is
otherwise the same: Image1.jpg and Trimap1.png, anna_image.heic and anna_TRIMAP.png, or simply
anna.jpg and anna-trimap.png. Upper and lower case, and the signs between the words, do not count.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import PurePath
from typing import BinaryIO

import cv2
import numpy as np

from pipeline.image import ImageError, load_image
from pipeline.sampling import nearest
from pipeline.trimap import BACKGROUND, FOREGROUND, UNKNOWN

# Unicode's punctuation, blanks, invisible and mathematical signs, which part the words of a name.
BETWEEN_WORDS = frozenset("Pc Pd Ps Pe Pi Pf Po Zs Zl Zp Cc Cf Cs Co Cn Sm Sc Sk".split())
# Programs that number what is marked write these.
LABELS = [0, 1, 2]
# How far, in grey levels, a saved trimap strays from its levels: JPEG does so near edges.
LEVEL_TOLERANCE = 24
# Share of pixels that may lie between the levels (smoothed edges) before it is no trimap.
STRAY_SHARE = 0.15
# Difference between the colour channels, in grey levels, from which a pixel is coloured.
COLOURED = 40
# Relative difference of the proportions up to which a trimap is scaled to the photo.
PROPORTION_TOLERANCE = 0.02


@dataclass(frozen=True)
class Pairing:
    """What a list of file names means.

    pairs: (photo, trimap) as positions in the list, in the order of the photos; the trimap is None
    for a photo without one.
    problems: a sentence for every trimap that belongs to no photo, or not to one alone.
    """

    pairs: list[tuple[int, int | None]]
    problems: list[str]


def pair_by_name(names: Sequence[str]) -> Pairing:
    """Finds out which of the files are trimaps, and whose.

    names: file names, with or without folders.
    """
    photos_of = defaultdict(list)
    trimaps_of = defaultdict(list)
    for position, name in enumerate(names):
        (trimaps_of if _is_trimap(name) else photos_of)[_shared_part(name)].append(position)
    trimap_of_photo = {}
    problems = []
    for shared, of_one_name in trimaps_of.items():
        for photos, trimaps in _by_folder(names, photos_of[shared], of_one_name):
            if len(photos) == len(trimaps) == 1:
                trimap_of_photo[photos[0]] = trimaps[0]
            elif not photos:
                problems.extend(f"{names[each]} has no photo: {_ADVICE}" for each in trimaps)
            elif trimaps:
                together = " and ".join(names[each] for each in sorted(photos + trimaps))
                problems.append(f"{together} cannot be told apart: {_ADVICE}")
    photos = sorted(position for positions in photos_of.values() for position in positions)
    return Pairing([(photo, trimap_of_photo.get(photo)) for photo in photos], problems)


_ADVICE = "name a photo and its trimap alike, as in Image1.jpg and Trimap1.png."


def _is_trimap(name: str) -> bool:
    return "trimap" in PurePath(name).stem.lower()


def _by_folder(names, photos, trimaps):
    """Photos and trimaps of one name; apart by folder if every trimap has a photo in its own."""
    folders = defaultdict(lambda: ([], []))
    for kind, positions in enumerate((photos, trimaps)):
        for position in positions:
            folders[PurePath(names[position]).parent][kind].append(position)
    if all(there for there, _ in folders.values()):
        return folders.values()
    return [(photos, trimaps)]


def _shared_part(name: str) -> str:
    """What a photo's and its trimap's name have in common.

    Accents count, however the file system writes them, and so do emoji; signs count where they
    part two numbers.
    """
    stem = unicodedata.normalize("NFC", PurePath(name).stem).lower()
    named = re.sub("trimap|image", " ", stem)
    words = "".join(
        " " if unicodedata.category(sign) in BETWEEN_WORDS else sign for sign in named
    ).split()
    return re.sub(r"(?<!\d) | (?!\d)", "", " ".join(words))


def load_trimap(source: str | PathLike | bytes | BinaryIO, shape: tuple[int, int]) -> np.ndarray:
    """Reads a trimap file made for a photo of `shape`.

    source: as for `pipeline.image.load_image`.
    shape: (H, W) of the photo.

    Returns (H, W) uint8: 0 background, 128 unknown, 255 foreground. What is transparent, as on a
    layer of its own where nobody painted, is unknown: nobody said what it is.

    Raises ImageError if the file cannot be read, or `normalised_trimap` refuses it.
    """
    return normalised_trimap(load_image(source, behind=UNKNOWN), shape)


def normalised_trimap(trimap: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Brings a trimap to the photo's size and to the levels 0, 128 and 255.

    Three levels that lie well apart, or the labels 0, 1 and 2, count as background, unknown and
    foreground from dark to light; otherwise near-black, near-white and what lies between. A trimap
    of other size is scaled (nearest neighbour) where its proportions are the photo's.

    trimap: (h, w) or (h, w, 3) uint8.
    shape: (H, W) of the photo.

    Returns (H, W) uint8: 0 background, 128 unknown, 255 foreground.

    Raises ImageError if it is in colour, has other proportions than the photo, many grey levels
    like a photo, or nothing that is surely foreground or surely background.
    """
    levels = _levels(_grey(trimap))
    _check_parts(levels)
    if levels.shape == shape:
        return levels
    _check_proportions(levels.shape, shape)
    return nearest(levels, shape)


def _grey(trimap: np.ndarray) -> np.ndarray:
    if trimap.ndim == 2:
        return trimap
    spread = trimap.max(axis=2) - trimap.min(axis=2)
    if (spread > COLOURED).mean() > 0.01:
        raise ImageError(
            "The trimap is in colour. A trimap is black for the background, white for the "
            "person and grey where it is unknown."
        )
    return cv2.cvtColor(trimap, cv2.COLOR_RGB2GRAY)


def _levels(grey: np.ndarray) -> np.ndarray:
    present = np.flatnonzero(np.bincount(grey.ravel(), minlength=256))
    if len(present) == 3 and (_well_apart(present) or present.tolist() == LABELS):
        table = np.zeros(256, np.uint8)
        table[present] = (BACKGROUND, UNKNOWN, FOREGROUND)
        return table[grey]
    values = np.arange(256)
    distance = np.min(np.abs(values[:, None] - (BACKGROUND, UNKNOWN, FOREGROUND)), axis=1)
    if (distance > LEVEL_TOLERANCE)[grey].mean() > STRAY_SHARE:
        raise ImageError(
            "The trimap has many shades of grey, like a photo. A trimap is black for the "
            "background, white for the person and one grey where it is unknown."
        )
    table = np.full(256, UNKNOWN, np.uint8)
    table[values <= LEVEL_TOLERANCE] = BACKGROUND
    table[values >= 255 - LEVEL_TOLERANCE] = FOREGROUND
    return table[grey]


def _well_apart(present: np.ndarray) -> bool:
    """Whether no level can be another one that strayed."""
    return np.diff(present).min() > 2 * LEVEL_TOLERANCE


def _check_parts(levels: np.ndarray) -> None:
    for level, colour, part in (
        (FOREGROUND, "white", "the person"),
        (BACKGROUND, "black", "the background"),
    ):
        if not (levels == level).any():
            raise ImageError(
                f"The trimap has no {colour} part: paint {colour} what is surely {part}. What is "
                "transparent counts as unknown."
            )


def _check_proportions(trimap: tuple[int, int], photo: tuple[int, int]) -> None:
    proportion = (trimap[1] / trimap[0]) / (photo[1] / photo[0])
    if abs(proportion - 1) <= PROPORTION_TOLERANCE:
        return
    sizes = f"{trimap[1]} x {trimap[0]} pixels and the photo {photo[1]} x {photo[0]}"
    turned = abs(trimap[0] / trimap[1] / (photo[1] / photo[0]) - 1) <= PROPORTION_TOLERANCE
    remedy = "It lies on its side: turn it." if turned else "Make it for this very photo."
    raise ImageError(f"The trimap does not fit the photo: it has {sizes}. {remedy}")
