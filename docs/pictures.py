"""Make the README's pictures from the sample photographs that come with the project.

    python docs/pictures.py
"""

import sys
from pathlib import Path

import cv2
import numpy as np

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

from pipeline import matte  # noqa: E402
from pipeline.composite import blurred, composite, gradient  # noqa: E402
from pipeline.image import load_image  # noqa: E402
from pipeline.samples import SAMPLES  # noqa: E402

HEIGHT = 360
GAP = 8
# Backgrounds that show a halo if there is one: dark warm, light cool.
GRADIENTS = (((226, 232, 238), (168, 180, 192)), ((92, 66, 30), (20, 14, 8)))


def main():
    for sample, colours in zip(SAMPLES, GRADIENTS, strict=True):
        image = load_image(sample.file)
        save(f"{sample.file.stem}.jpg", strip(image, colours))


def strip(image, colours):
    """Photo, mask, trimap, alpha, on a gradient, on its own background out of focus."""
    result = matte(image)
    backgrounds = (gradient(image.shape[:2], *colours), blurred(image, result.alpha))
    pictures = [image, result.mask * 255, result.trimap, result.alpha * 255]
    pictures += [composite(result.foreground, result.alpha, behind) for behind in backgrounds]
    tiles = []
    for picture in pictures:
        picture = np.uint8(np.rint(picture))
        if picture.ndim == 2:
            picture = cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB)
        width = round(picture.shape[1] * HEIGHT / picture.shape[0])
        tiles += [
            cv2.resize(picture, (width, HEIGHT), interpolation=cv2.INTER_AREA),
            np.full((HEIGHT, GAP, 3), 255, np.uint8),
        ]
    return np.hstack(tiles[:-1])


def save(name, picture):
    """Write an RGB picture as JPEG beside this script."""
    quality = [cv2.IMWRITE_JPEG_QUALITY, 88]
    cv2.imwrite(str(FOLDER / name), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), quality)


if __name__ == "__main__":
    main()
