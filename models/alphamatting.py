"""The photos of alphamatting's training set (Rhemann et al. 2009), which have a known matte."""

from dataclasses import dataclass

import cv2
import numpy as np

from models.data import DATA, photo_files

TRIMAPS = ("trimap1", "trimap2", "band10")
BAND = 10  # pixels, at the size of the alphamatting photos


@dataclass(frozen=True)
class Scene:
    """A photo with what a solver is given and what it should find."""

    name: str
    image: np.ndarray  # (H, W, 3) uint8 RGB
    trimap: np.ndarray  # (H, W) uint8 0/128/255
    alpha: np.ndarray  # (H, W) float32 in [0, 1], the truth


def alphamatting_names() -> list[str]:
    """Names of the photos of alphamatting.com in the data's folder, in their order, or NoPhotos."""
    return [path.stem for path in photo_files(DATA / "alphamatting" / "alpha")]


def alphamatting_scene(name: str, trimap: str) -> Scene:
    """A photo of the alphamatting training set with one of `TRIMAPS`."""
    folder = DATA / "alphamatting"
    image = cv2.imread(str(folder / "image" / f"{name}.png"))[:, :, ::-1]
    alpha = cv2.imread(str(folder / "alpha" / f"{name}.png"), cv2.IMREAD_GRAYSCALE)
    if trimap == "band10":
        labels = band_of_mask(alpha >= 128, BAND)
    else:
        grey = cv2.imread(str(folder / trimap / f"{name}.png"), cv2.IMREAD_GRAYSCALE)
        labels = np.full(grey.shape, 128, np.uint8)
        labels[grey < 10], labels[grey > 245] = 0, 255
    return Scene(name, np.ascontiguousarray(image), labels, alpha.astype(np.float32) / 255)


def band_of_mask(mask: np.ndarray, width: float) -> np.ndarray:
    """The trimap whose unknown pixels lie within `width` pixels of the mask's boundary."""
    trimap = np.where(mask, 255, 0).astype(np.uint8)
    for side in (mask, ~mask):
        distance = cv2.distanceTransform(side.astype(np.uint8), cv2.DIST_L2, 5)
        trimap[side & (distance <= width)] = 128
    return trimap
