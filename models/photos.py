"""The training and evaluation photos, read from the folder that DEEPMASQUE_DATA names.

The photos are not part of the project; where there are none, NoPhotos says so. They are EG1800 (Shen
et al. 2016), PASCAL VOC 2012's scenes with person masks, and photographs of BSDS500, in the folders
that this module names.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

import pipeline.face
import pipeline.sampling
from models.data import DATA, photo_files
from models.fingerprint import fingerprint
from pipeline.face import Face, find_faces
from pipeline.whole_file import whole_file

CACHE = Path(__file__).resolve().parent / "cache"
TRAINING_PORTRAITS, VALIDATION_PHOTOS = 1283, 100  # the second are some of the first
HELD_OUT_SCENES = 73
# Background photographs that show people whose face cannot be found: turned away, far, masked.
WITH_PEOPLE = frozenset(
    "101087 102062 130034 145014 145053 145086 147021 147080 153077 15004 156079 170054 170057 "
    "187099 188025 188091 206062 21077 220003 23084 24077 279005 285079 292066 365073 61060 "
    "61086 62096 66039 89072 376043".split()
)


@dataclass(frozen=True)
class Portrait:
    """A photo with its truth. image: (H, W, 3) uint8 RGB; mask: (H, W) uint8, 255 is person;
    known: (H, W) uint8, 255 where the mask is to be trusted; face: the largest one, or None.
    """

    name: str
    image: np.ndarray
    mask: np.ndarray
    known: np.ndarray
    face: Face | None


def eg1800(split: str) -> list[Portrait]:
    """EG1800 portraits, 600x800; split is "train" or "test"."""
    return _portraits(f"eg1800/{split}")


def portrait_names(split: str) -> list[str]:
    """Names of EG1800's portraits in their order; split is "train" or "test"."""
    return _names(f"eg1800/{split}")


def read_portrait(split: str, name: str) -> tuple[np.ndarray, np.ndarray]:
    """One of them, (H, W, 3) uint8 RGB, and its mask (H, W) uint8, 255 is person."""
    path = DATA / "eg1800" / split / f"{name}.png"
    mask = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    return read_rgb(path.with_suffix(".jpg")), np.where(mask > 127, 255, 0).astype(np.uint8)


def validation_split(portraits: list[Portrait]) -> tuple[list[Portrait], list[Portrait]]:
    """Part the training photos into (train, validation), always in the same way."""
    return _parted(portraits, VALIDATION_PHOTOS, seed=1)


def training_names() -> list[str]:
    """EG1800's training portraits without the ones that choices are made on."""
    return validation_split(portrait_names("train"))[0]


def validation_names() -> list[str]:
    """The portraits that choices are made on."""
    return validation_split(portrait_names("train"))[1]


def voc_people() -> list[Portrait]:
    """PASCAL VOC scenes with people; the void border around each is not to be trusted."""
    return _portraits("voc_person")


def scene_split(scenes: list[Portrait]) -> tuple[list[Portrait], list[Portrait]]:
    """Part the VOC scenes into (train, held out), always in the same way."""
    return _parted(scenes, HELD_OUT_SCENES, seed=2)


def _parted(items, count, seed):
    """All but `count` of the items, and these, both in their order."""
    chosen = set(np.random.default_rng(seed).permutation(len(items))[:count].tolist())
    others = [item for index, item in enumerate(items) if index not in chosen]
    return others, [items[index] for index in sorted(chosen)]


def backgrounds() -> list[np.ndarray]:
    """Photographs without people, for background replacement; RGB uint8."""
    paths = photo_files(DATA / "backgrounds", "jpg")
    photos = [read_rgb(path) for path in paths if path.stem not in WITH_PEOPLE]
    return [photo for photo in photos if not find_faces(photo)]


def _portraits(folder):
    names = _names(folder)
    images = [read_rgb(DATA / folder / f"{name}.jpg") for name in names]
    faces = _faces(folder, images)
    portraits = []
    for name, image, face in zip(names, images, faces, strict=True):
        label = cv2.imread(str(DATA / folder / f"{name}.png"), cv2.IMREAD_GRAYSCALE)
        void = label == 128
        portraits.append(
            Portrait(
                name,
                image,
                mask=np.where((label > 127) & ~void, 255, 0).astype(np.uint8),
                known=np.where(void, 0, 255).astype(np.uint8),
                face=face,
            )
        )
    return portraits


def _names(folder):
    return [path.stem for path in photo_files(DATA / folder)]


def _faces(folder, images):
    """The largest face of each photo; kept in a cache, for finding them takes a minute."""
    photos = _fingerprint(images)
    stored = CACHE / f"faces_{folder.replace('/', '_')}_{photos}.npz"
    if not stored.exists():
        found = [(find_faces(image) or [None])[0] for image in images]
        CACHE.mkdir(exist_ok=True)
        scores = [face.score if face else 0.0 for face in found]
        landmarks = [face.landmarks if face else np.zeros((468, 3), "f4") for face in found]
        with whole_file(stored) as file:
            np.savez(file, scores=scores, landmarks=landmarks)
    with np.load(stored) as cached:
        pairs = list(zip(cached["scores"], cached["landmarks"], strict=True))
    return [Face(landmarks, float(score)) if score else None for score, landmarks in pairs]


def _fingerprint(images):
    """Tells photos from others that may lie in a folder of this name, by every 16th row of them, and
    what finds faces in them from what did before.
    """
    code = [Path(module.__file__) for module in (pipeline.face, pipeline.sampling)]
    told = [part for image in images for part in (repr(image.shape), image[::16])]
    return fingerprint(*code, *told)


def read_rgb(path: Path) -> np.ndarray:
    """A photo's file as (H, W, 3) uint8 RGB."""
    return cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
