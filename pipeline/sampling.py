"""Look at an image at another scale, through an affine map, or at single places of it."""

import cv2
import numpy as np

# OpenCV's warps take images with sides below this.
LONGEST_SIDE = 32767
# Linear sampling reads 2x2 pixels and skips some where a map shrinks more than this. Images are
# reduced by whole numbers alone, so nothing is done up to twice as much: the networks were taught on
# pictures so sampled, and see no better without (models/EXPERIMENTS.md, "Without aliasing").
LARGEST_LINEAR_STEP = 1.5


def sample_affine(
    image: np.ndarray,
    to_image: np.ndarray,
    size: tuple[int, int],
    border_mode: int = cv2.BORDER_CONSTANT,
    border_value: tuple[int, int, int] = (0, 0, 0),
) -> np.ndarray:
    """Resample an image: output pixel (x, y) shows the image at to_image @ [x, y, 1].

    image: (H, W, 3) or (H, W), uint8 or float32. to_image: (2, 3) float. size: (width, height) of
    the output.
    Where the map shrinks at least to a third, the part of the image that is needed is first reduced
    by area.
    """
    scale = float(np.sqrt(abs(np.linalg.det(to_image[:, :2]))))
    step = int(scale / LARGEST_LINEAR_STEP)
    if step > 1 or max(image.shape[:2]) >= LONGEST_SIDE:
        image, to_image = _reduced(image, to_image, size, max(step, 1))
    return cv2.warpAffine(
        image,
        to_image,
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=border_mode,
        borderValue=border_value,
    )


def sample_at(picture: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Values of a picture (H, W) or (H, W, C) at P places: (P,) or (P, C) of its dtype, linear.

    x, y: (P,) float32, whole numbers at pixel centres; outside, the nearest pixel counts.
    """
    # OpenCV maps no row longer than LONGEST_SIDE, so the places are laid out as a rectangle.
    width = 1024
    padded = (-len(x)) % width
    across, down = (np.pad(each, (0, padded)).reshape(-1, width) for each in (x, y))
    values = cv2.remap(
        picture, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return values.reshape(-1, *picture.shape[2:])[: len(x)]


def nearest(picture: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """A picture (H, W) enlarged or reduced to another shape (h, w): of each new pixel the value
    that lies nearest to its centre.

    OpenCV's own reads beyond the picture where a side is longer than LONGEST_SIDE.
    """
    rows, columns = (
        (2 * np.arange(new) + 1) * old // (2 * new) for new, old in zip(shape, picture.shape)
    )
    return picture.take(columns, 1).take(rows, 0)


def shrunk(pixels: np.ndarray, longest_side: int) -> np.ndarray:
    """Scales pixels of any kind down (area average) until no side is longer; never up."""
    scale = longest_side / max(pixels.shape[:2])
    if scale >= 1:
        return pixels
    size = scaled_size(pixels.shape[:2], scale)
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


def enlarged_rows(picture: np.ndarray, shape: tuple[int, int], rows: slice) -> np.ndarray:
    """Some rows of a picture enlarged (linearly) to a shape (H, W), as `cv2.resize` of the whole has
    them but for rounding, so that large pictures can be made a strip at a time.

    picture: (h, w, C) float32, neither side longer than in `shape`. rows: start and stop, of H.

    Returns (n, W, C) float32.
    """
    places = (np.arange(rows.start, rows.stop) + 0.5) * (len(picture) / shape[0]) - 0.5
    places = places.clip(0, len(picture) - 1)
    sources = np.arange(int(places[0]), int(np.ceil(places[-1])) + 1)
    share = np.maximum(1 - np.abs(places[:, None] - sources), 0).astype(np.float32)
    # Down before across: with few columns there is little to mix.
    mixed = share @ picture[sources].reshape(len(sources), -1)
    mixed = mixed.reshape(len(places), *picture.shape[1:])
    return cv2.resize(mixed, (shape[1], len(mixed)), interpolation=cv2.INTER_LINEAR)


def square_crop(
    image: np.ndarray, region: tuple[float, float, float, float], size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Cut a turned square out of an image.

    region: centre x, centre y and side in pixels, and the angle in radians, clockwise. Returns
    the (size, size, 3) uint8 crop and the (2, 3) map from its pixels to the image.
    """
    x, y, side, angle = region
    scale = side / size
    cosine, sine = np.cos(angle) * scale, np.sin(angle) * scale
    middle = (size - 1) / 2
    to_image = np.array(
        [
            [cosine, -sine, x - cosine * middle + sine * middle],
            [sine, cosine, y - sine * middle - cosine * middle],
        ]
    )
    return sample_affine(image, to_image, (size, size)), to_image


def then(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The (2, 3) map that applies `first`, then `second`."""
    return second @ np.vstack([first, (0, 0, 1)])


def inverse(matrix: np.ndarray) -> np.ndarray:
    """The (2, 3) map that undoes a (2, 3) map."""
    return np.linalg.inv(np.vstack([matrix, (0, 0, 1)]))[:2]


def scaling(x: float, y: float) -> np.ndarray:
    """The (2, 3) map that enlarges by x and y about the outer corner of the first pixel.

    Pixel centres lie half a pixel inside that corner, before and after.
    """
    return np.array([[x, 0, x / 2 - 0.5], [0, y, y / 2 - 0.5]])


def scaled_size(shape: tuple[int, int], scale: float) -> tuple[int, int]:
    """(width, height), as OpenCV has it, of a picture of this shape (H, W) at a scale; at least 1.
    """
    height, width = shape
    return max(1, round(width * scale)), max(1, round(height * scale))


def moved(points: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Where a (2, 3) map takes points, (N, 2) or (2,): the same shape."""
    return points @ matrix[:, :2].T + matrix[:, 2]


def mapped_grid(matrix: np.ndarray, shape: tuple[int, int]) -> list[np.ndarray]:
    """Where a (2, 3) map takes every pixel of an image of this shape: x and y, (H, W) float32."""
    column = np.arange(shape[1], dtype=np.float32)[None, :]
    row = np.arange(shape[0], dtype=np.float32)[:, None]
    return [a * column + b * row + c for a, b, c in np.asarray(matrix, np.float32)]


def _reduced(image, to_image, size, step):
    """Reduce the window that the map looks at by about `step`; adapt the map to it."""
    height, width = image.shape[:2]
    right, bottom = size[0] - 1, size[1] - 1
    corners = np.array([[0, right, 0, right], [0, 0, bottom, bottom], [1, 1, 1, 1]], float)
    low = np.floor((to_image @ corners).min(axis=1)).astype(int) - step
    high = np.ceil((to_image @ corners).max(axis=1)).astype(int) + step
    # At least one cell of the image stays, so that a map that looks past it still has a border.
    x0, x1 = np.clip((low[0], high[0]), 0, width)
    y0, y1 = np.clip((low[1], high[1]), 0, height)
    x0, y0 = min(x0, max(width - step, 0)), min(y0, max(height - step, 0))
    window = image[y0 : max(y1, y0 + step), x0 : max(x1, x0 + step)]
    small_size = (max(1, window.shape[1] // step), max(1, window.shape[0] // step))
    small = cv2.resize(window, small_size, interpolation=cv2.INTER_AREA)
    ratio = np.array([small_size[0] / window.shape[1], small_size[1] / window.shape[0]])
    return small, then(to_image - np.array([[0, 0, x0], [0, 0, y0]]), scaling(*ratio))
