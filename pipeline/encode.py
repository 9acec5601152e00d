"""Results as files: pixels in, the bytes of a PNG, JPEG or WebP out."""

import zlib
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import ImageCms

from pipeline.formats import MOST_DENSE
from pipeline.id_formats import MM_PER_INCH


def _chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of a PNG file: its length, what it holds, and the checksum."""
    checked = kind + content
    return len(content).to_bytes(4, "big") + checked + zlib.crc32(checked).to_bytes(4, "big")


# zlib's fastest level: at 12 megapixels a person waits for a few times less than at the default
# level, for a file that is hardly larger, as photographs compress badly at any level.
PNG_COMPRESSION = 1
# What a file of ours says of who made it, and what it says instead if a command wrote it. A command
# may leave out and replace what it knows again by this; the app's files have the same names, but a
# person may have painted in them.
MAKER, COMMANDS_MAKER = "DeepMasque", "DeepMasque's command line"
# In a PNG: the PNG specification's tEXt chunk.
_MARK, _COMMANDS_MARK = (
    _chunk(b"tEXt", b"Software\0" + maker.encode()) for maker in (MAKER, COMMANDS_MAKER)
)
_PNG = b"\x89PNG"
# Colours are sRGB (the PNG specification's sRGB chunk, with the intent that photos are read by).
_SRGB = _chunk(b"sRGB", b"\1")
_HEADER = 33  # bytes of a PNG's signature and its first chunk
_JFIF = 20  # bytes of a JPEG's start and its first segment
JPEG_QUALITY = 93
WEBP_QUALITY = 90


def encode_png(pixels: np.ndarray) -> bytes:
    """Encodes pixels losslessly as PNG, at their own size; colours are marked as sRGB.

    pixels: (H, W) grey, (H, W, 3) RGB or (H, W, 4) RGB with straight (not premultiplied) alpha,
    uint8; or (H, W) float in [0, 1], which is rounded to 8 bits.

    Raises ValueError if `pixels` has another shape or dtype.
    """
    return _png(_eight_bit(pixels))


def encode_sixteen_bit_png(alpha: np.ndarray) -> bytes:
    """Encodes (H, W) float in [0, 1] as PNG of one grey channel with 16 bits."""
    levels = (np.clip(alpha, 0, 1) * 65535 + 0.5).astype(np.uint16)
    return _png(levels)


def with_commands_mark(data: bytes) -> bytes:
    """Marks a PNG file of ours as written by a command; another format has no place for it."""
    if not data.startswith(_PNG):
        return data
    return data[:_HEADER] + _COMMANDS_MARK + data[_HEADER + len(_MARK) :]


def is_commands_png(file: Path) -> bool:
    """Whether a file is a PNG that a command wrote, and no other program saved anew since."""
    return _begins_with(file, _COMMANDS_MARK)


def is_apps_png(file: Path) -> bool:
    """Whether a file is a PNG that the app gave away, and no other program saved anew since."""
    return _begins_with(file, _MARK)


def _begins_with(file, mark):
    try:
        with file.open("rb") as opened:
            return opened.read(_HEADER + len(mark))[_HEADER:] == mark
    except OSError:
        return False


def encode_webp(pixels: np.ndarray, quality: int = WEBP_QUALITY) -> bytes:
    """Encodes pixels as WebP with losses, transparency included. Colours are sRGB, which is what a
    WebP without a profile has.

    pixels: as for `encode_png`, no side longer than 16383.
    quality: 1 (small) to 100 (like the original).

    Raises ValueError if `pixels` has another shape or dtype, or is too large for the format.
    """
    return _encode(".webp", _eight_bit(pixels), [cv2.IMWRITE_WEBP_QUALITY, quality])


def encode_jpeg(pixels: np.ndarray, quality: int = JPEG_QUALITY) -> bytes:
    """Encodes pixels as JPEG; transparent parts, which JPEG cannot keep, become white, not black.
    Colours are marked as sRGB.

    pixels: as for `encode_png`, no side longer than 65500.
    quality: 1 (small) to 100 (like the original).

    Raises ValueError if `pixels` has another shape or dtype, or is too large for the format.
    """
    pixels = _eight_bit(pixels)
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        pixels = on_white(pixels)
    data = _encode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if pixels.ndim == 2:
        return data
    return data[:_JFIF] + _srgb_segment() + data[_JFIF:]


def with_print_size(data: bytes, dots_per_inch: float | None) -> bytes:
    """Writes the size in print into a PNG or JPEG file of ours; another format has no place for it.
    Where None is known, or what no JPEG can state (1 to MOST_DENSE), the file stays as it is.
    """
    if dots_per_inch is None or not 1 <= dots_per_inch <= MOST_DENSE:
        return data
    if data.startswith(_PNG):
        # The PNG specification's pHYs chunk: pixels per metre across and down, unit 1.
        per_metre = round(dots_per_inch / MM_PER_INCH * 1000).to_bytes(4, "big")
        place = _HEADER + len(_MARK)  # the mark comes first, where it is looked for
        return data[:place] + _chunk(b"pHYs", 2 * per_metre + b"\1") + data[place:]
    if data.startswith(b"\xff\xd8"):
        # JFIF 1.02: unit (1: dots per inch) and density, two bytes each across and down.
        return data[:13] + b"\1" + 2 * round(dots_per_inch).to_bytes(2, "big") + data[18:]
    return data


def on_white(pixels: np.ndarray) -> np.ndarray:
    """Lays (H, W, 4) uint8 RGB with straight alpha on white; returns (H, W, 3) uint8."""
    opacity = pixels[..., 3:].astype(np.uint16)
    return ((pixels[..., :3] * opacity + 255 * (255 - opacity) + 127) // 255).astype(np.uint8)


def _png(pixels: np.ndarray) -> bytes:
    data = _encode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, PNG_COMPRESSION])
    space = _SRGB if pixels.ndim == 3 else b""
    return data[:_HEADER] + _MARK + space + data[_HEADER:]


@cache
def _srgb_segment() -> bytes:
    """An sRGB profile as a JPEG's APP2 segment (ICC.1:2022, B.4)."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = bytes(12)  # the time at which it was made: the same picture, the same bytes
    content = b"ICC_PROFILE\0\1\1" + profile
    return b"\xff\xe2" + (2 + len(content)).to_bytes(2, "big") + content


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
    done, data = cv2.imencode(extension, pixels, options)
    if not done:
        height, width = pixels.shape[:2]
        raise ValueError(f"{width} x {height} pixels do not fit into a {extension} file")
    return data.tobytes()
