"""Make the refinement network's training patches, with the product's own KNN alpha on each.

    python -m models.refinement_patches synthetic
    python -m models.refinement_patches portraits

Patches are kept in models/cache/refinement, some photos a file; what is there is not made again,
unless the code that made it or the photos it was made of have changed.
Synthetic ones (models/synthetic_mattes.py) know the true alpha. Those of EG1800 follow the
boundary of portraits, and know only which side of it a pixel is on. Photos that serve validation
patches serve no training patch.
"""

import argparse

import cv2
import numpy as np
from tqdm import tqdm

from models.data import DATA, photo_files
from models.fingerprint import code_of, fingerprint
from models.patches import FOLDER, PATCH
from models.photos import (
    WITH_PEOPLE,
    read_portrait,
    read_rgb,
    training_names,
    validation_names,
)
from models.record import MASK_WEIGHTS
from models.synthetic_mattes import synthetic_matte
from pipeline.face import find_faces
from pipeline.knn import knn_matting
from pipeline.refine import place_in_band
from pipeline.segment import segment
from pipeline.trimap import UNKNOWN, has_both_sides, make_trimap
from pipeline.weights import WEIGHTS
from pipeline.whole_file import whole_file

SCENE = 384  # pixels; a scene gives several patches
PATCHES_OF_SCENE, PATCHES_OF_PORTRAIT = 7, 8
PHOTOS_OF_FILE = 20
# Photos that patches are made of: (training, validation).
SCENES, PORTRAITS = (1920, 60), (400, 40)
# Every so many photographs are kept for the colours of validation patches.
HELD_OUT = 8
# The segmentation network has seen the training portraits; its mask is bent by up to so many
# pixels, as it is wrong on portraits that it has not seen.
BENT = 5.0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=("synthetic", "portraits"))
    make = {"synthetic": make_synthetic, "portraits": make_portraits}[parser.parse_args().kind]
    FOLDER.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    make()


def make_synthetic() -> None:
    """Drawn mattes in the colours of EG1800, VOC and BSDS500 photographs."""
    persons = [DATA / "eg1800" / "train" / f"{name}.jpg" for name in training_names()]
    grounds = photo_files(DATA / "backgrounds", "jpg")
    scenes = photo_files(DATA / "voc_person", "jpg") + [
        path for path in grounds if path.stem not in WITH_PEOPLE
    ]

    def of_scene(part, number, rng):
        foreground, background = (
            _photo(_of_part(paths, part), rng)
            for paths in (persons if rng.random() < 0.7 else scenes, scenes)
        )
        matte = synthetic_matte(foreground, background, SCENE, rng)
        if not _solvable(matte.trimap):
            return []
        alpha = knn_matting(matte.image, matte.trimap, workers=1)
        truth = np.rint(matte.alpha * 255).astype(np.uint8)
        return _cut(matte.image, matte.trimap, alpha, truth, PATCHES_OF_SCENE, False, rng)

    _make("synthetic", SCENES, [*persons, *scenes], of_scene)


def make_portraits() -> None:
    """Around the boundaries that the product draws on EG1800's portraits."""
    names = {"train": _of_part(training_names(), "train"), "validation": validation_names()}

    def of_portrait(part, number, rng):
        image, mask = read_portrait("train", names[part][number])
        trimap, alpha = matte_of_bent_mask(image, BENT if part == "train" else 0, rng)
        return _cut(image, trimap, alpha, mask, PATCHES_OF_PORTRAIT, True, rng)

    folder = DATA / "eg1800" / "train"
    files = photo_files(folder, "jpg") + photo_files(folder)  # the second are the masks
    files += [WEIGHTS / name for name in MASK_WEIGHTS]
    _make("portraits", PORTRAITS, files, of_portrait)


def matte_of_bent_mask(image, bent, rng) -> tuple[np.ndarray, np.ndarray]:
    """Trimap and KNN alpha as `pipeline.matte` makes them, the mask bent by some pixels before."""
    people = segment(image, find_faces(image))
    mask = people.mask
    if bent:
        height, width = mask.shape
        coarse = rng.uniform(-bent, bent, (2, 8, 6)).astype(np.float32)
        size = (width, height)
        shift = [cv2.resize(axis, size, interpolation=cv2.INTER_CUBIC) for axis in coarse]
        x, y = np.meshgrid(np.arange(width, dtype="f4"), np.arange(height, dtype="f4"))
        mask = cv2.remap(
            mask, x + shift[0], y + shift[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
    trimap = make_trimap(mask, hair=people.hair)
    return trimap, knn_matting(image, trimap, workers=1)


def _make(kind, counts, files, patches_of):
    """Fill the files of a kind; patches_of(part, number of the photo, rng) gives dicts.

    files: all that these are made of, besides the code.
    """
    made_by = fingerprint(*code_of("models.refinement_patches"), *files)
    for other in set(FOLDER.glob(f"*_{kind}_*.npz")) - set(FOLDER.glob(f"*_{made_by}_*.npz")):
        other.unlink()
    for part, count in zip(("validation", "train"), reversed(counts), strict=True):
        for first in tqdm(range(0, count, PHOTOS_OF_FILE), desc=f"{kind} {part}"):
            path = FOLDER / f"{part}_{kind}_{made_by}_{first:05d}.npz"
            if path.exists():
                continue
            found = []
            for number in range(first, min(first + PHOTOS_OF_FILE, count)):
                rng = np.random.default_rng((part == "train", kind == "synthetic", number))
                found += patches_of(part, number, rng)
            with whole_file(path) as file:
                np.savez(file, **{name: np.stack([p[name] for p in found]) for name in found[0]})


def _cut(image, trimap, alpha, truth, count, hard, rng):
    """Patches around random unknown pixels, as dicts of the arrays of `Patches`."""
    unknown = trimap == UNKNOWN
    place = place_in_band(trimap)
    rows, columns = np.nonzero(unknown)
    patches = []
    for chosen in rng.integers(len(rows), size=count if len(rows) else 0):
        centre = np.array([rows[chosen], columns[chosen]]) + rng.integers(-24, 25, 2)
        top, left = np.clip(centre - PATCH // 2, 0, np.array(trimap.shape) - PATCH)
        window = np.s_[top : top + PATCH, left : left + PATCH]
        patches.append(
            {
                "image": image[window],
                "alpha": alpha[window].astype(np.float16),
                "place": place[window].astype(np.float16),
                "unknown": unknown[window],
                "truth": truth[window],
                "hard": np.array(hard),
            }
        )
    return patches


def _of_part(photos: list, part: str) -> list:
    """Those of the photos, given as paths or names, that serve "train" or "validation"."""
    held_out = set(photos[::HELD_OUT])
    return [photo for photo in photos if (photo in held_out) == (part == "validation")]


def _photo(paths, rng):
    return read_rgb(paths[rng.integers(len(paths))])


def _solvable(trimap):
    return has_both_sides(trimap) and (trimap == UNKNOWN).any()


if __name__ == "__main__":
    main()
