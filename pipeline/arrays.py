"""The arrays that the stages take; others are refused in words before anything is made of them."""

import numpy as np

from pipeline.image_error import ImageError

# A matte that was blurred or scaled may leave 0 to 1 by this much.
ALPHA_ROUNDING = 1e-3


def check_picture(name: str, picture: np.ndarray, shape: tuple[int, int] | None = None) -> None:
    """Raises ImageError for what is not (H, W, 3) uint8 with pixels, or not of this shape (H, W)."""
    _check_kind(name, picture)
    fits = picture.ndim == 3 and picture.shape[2] == 3 and shape in (None, picture.shape[:2])
    if not (fits and picture.dtype == np.uint8 and picture.size):
        height, width = shape or ("height", "width")
        raise ImageError(
            f"The {name} must be an array ({height}, {width}, 3) of uint8 in RGB order; it is "
            f"{picture.shape} of {picture.dtype}."
        )


def check_shares(
    name: str,
    shares: np.ndarray,
    shape: tuple[int, int] | None = None,
    *,
    dtype: type = np.floating,
    rounding: float = 0.0,
) -> None:
    """Raises ImageError for what is not (H, W) floating with pixels, or not of this shape or dtype,
    or leaves 0..1 by more than `rounding`.
    """
    _check_kind(name, shares)
    fits = shares.ndim == 2 and shape in (None, shares.shape)
    if not (fits and np.issubdtype(shares.dtype, dtype) and shares.size):
        height, width = shape or ("height", "width")
        kind = "floats" if dtype is np.floating else dtype.__name__
        raise ImageError(
            f"The {name} must be an array ({height}, {width}) of {kind} in 0..1; it is "
            f"{shares.shape} of {shares.dtype}."
        )
    least, most = shares.min(), shares.max()
    if not (least >= -rounding and most <= 1 + rounding):  # not of NaN either
        raise ImageError(
            f"The values of the {name} must lie in 0..1; they go from {least:g} to {most:g}."
        )


def check_trimap(trimap: np.ndarray, shape: tuple[int, int]) -> None:
    """Raises ImageError for what is not uint8 of this shape (H, W)."""
    _check_kind("trimap", trimap)
    if trimap.shape != shape or trimap.dtype != np.uint8:
        raise ImageError(
            f"The trimap must be an array {shape} of uint8, as high and wide as the photo; it is "
            f"{trimap.shape} of {trimap.dtype}."
        )


def _check_kind(name, array):
    if not isinstance(array, np.ndarray):
        raise ImageError(f"The {name} must be a NumPy array; it is {type(array).__name__}.")
