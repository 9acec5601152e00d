"""Pictures that tests encode and compare."""

import io

import numpy as np
import pillow_heif
from PIL import Image


def smooth_picture(height: int = 48, width: int = 64) -> np.ndarray:
    """Every corner has its own colour, so that no turn or flip goes unseen."""
    down, across = np.mgrid[0:1 : height * 1j, 0:1 : width * 1j]
    return np.dstack([200 * down + 20, 180 * across + 40, 90 + 60 * down * across]).astype(np.uint8)


def encoded(image: Image.Image | np.ndarray, kind: str, **options) -> bytes:
    pillow_heif.register_heif_opener()
    image = Image.fromarray(image) if isinstance(image, np.ndarray) else image
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def largest_difference(first: np.ndarray, second: np.ndarray) -> int:
    assert first.shape == second.shape
    return int(np.abs(first.astype(int) - second).max())
