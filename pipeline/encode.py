"""Results as files: pixels in, the bytes of a PNG or JPEG out."""

import cv2
import numpy as np

# zlib's fastest level: at 12 megapixels a person waits for a few times less than at the default
# level, for a file that is hardly larger, as photographs compress badly at any level.
PNG_COMPRESSION = 1
JPEG_QUALITY = 93


def encode_png(pixels: np.ndarray) -> bytes:
    """Encodes pixels losslessly as PNG, at their own size.

    Args:
        pixels: (H, W) grey, (H, W, 3) RGB or (H, W, 4) RGB with straight (not premultiplied)
            alpha, uint8; or (H, W) float in [0, 1], which is rounded to 8 bits.

    Raises:
        ValueError: `pixels` has another shape or dtype.
    """
    return _encode(".png", _eight_bit(pixels), [cv2.IMWRITE_PNG_COMPRESSION, PNG_COMPRESSION])


def encode_jpeg(pixels: np.ndarray, quality: int = JPEG_QUALITY) -> bytes:
    """Encodes pixels as JPEG; transparent parts, which JPEG cannot keep, become white, not black.

    Args:
        pixels: as for `encode_png`.
        quality: 1 (small) to 100 (like the original).

    Raises:
        ValueError: `pixels` has another shape or dtype.
    """
    pixels = _eight_bit(pixels)
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        opacity = pixels[..., 3:].astype(np.uint16)
        pixels = ((pixels[..., :3] * opacity + 255 * (255 - opacity) + 127) // 255).astype(np.uint8)
    return _encode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])


def _eight_bit(pixels: np.ndarray) -> np.ndarray:
    if np.issubdtype(pixels.dtype, np.floating) and pixels.ndim == 2:
        return (np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8)
    if pixels.dtype == np.uint8 and (pixels.ndim == 2 or pixels.shape[2:] in ((3,), (4,))):
        return pixels
    raise ValueError(
        "expected (H, W), (H, W, 3) or (H, W, 4) uint8 or (H, W) float pixels, "
        f"got {pixels.shape} {pixels.dtype}"
    )


def _encode(extension: str, pixels: np.ndarray, options: list[int]) -> bytes:
    if pixels.ndim == 3:
        to_bgr = cv2.COLOR_RGB2BGR if pixels.shape[2] == 3 else cv2.COLOR_RGBA2BGRA
        pixels = cv2.cvtColor(pixels, to_bgr)
    return cv2.imencode(extension, pixels, options)[1].tobytes()
