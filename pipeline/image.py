"""Photos as people have them: any common file in, upright sRGB pixels out."""

import io
import math
from functools import cache
from os import PathLike
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, UnidentifiedImageError

from pipeline.formats import FORMATS_IN_WORDS, MOST_DENSE
from pipeline.image_error import DAMAGED, ImageError
from pipeline.named_colours import JPEG_FORMATS
from pipeline.srgb import BITS_PER_SAMPLE_TAG, PNG_BIT_DEPTH_AT, PNG_SIGNATURE, to_srgb

# Sensors sold as 50 megapixels give up to 8192 x 6144.
MAXIMUM_PIXELS = 8192 * 6144
# A 16-bit RGB file of that size, not compressed at all, with some room for its metadata.
MAXIMUM_BYTES = 320 * 2**20
MINIMUM_SIDE = 16
# The longest side of a JPEG, in which the app and the command hand pictures on.
MAXIMUM_SIDE = 65500

# Pillow tries only these; its other formats include some that start an outside program.
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF", "TIFF", "BMP")

RAW = "a camera raw file"
# How the files people take for photos begin: (offset, bytes, what it is).
OTHER_KINDS = (
    (0, b"GIF8", "a GIF"),
    (0, b"%PDF", "a PDF document"),
    (0, b"8BPS", "a Photoshop document"),
    (0, b"<svg", "an SVG drawing"),
    (0, b"<?xml", "an XML text"),
    (0, b"PK\x03\x04", "a ZIP archive or an office document"),
    (4, b"ftypcrx", RAW),
    (0, b"FUJIFILMCCD-RAW", RAW),
)
# The brands of ISO base media files that hold pictures (HEIF, ISO/IEC 23008-12, with its codecs;
# AVIF; JPEG XL); any other's is a video.
PICTURE_BRANDS = frozenset(
    b"mif1 mif2 mif3 msf1 miaf 1pic heic heix heim heis hevc hevx hevm hevs avif avis avci avcs "
    b"jpeg jpgs j2ki j2is vvic vvis evbi evbs jxl".split()
)
# Tags of a TIFF's first page that only camera raw files have there: the first page of a photo is
# no reduced picture of another page (TIFF 6.0, section 8), and DNGVersion speaks for itself.
SUBFILE_TYPE_TAG, REDUCED_SIZE = 254, 1
DNG_VERSION_TAG = 50706
CANON_RAW = b"CR\2\0"  # of a CR2, where another TIFF may have pixels

# EXIF tag 0x0112 (EXIF 2.32, 4.6.4 A): how the stored picture has to be turned to stand upright.
ORIENTATION_TAG = 0x0112
ORIENTATIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

X_RESOLUTION_TAG = 282  # EXIF 2.32, 4.6.4 A

# All that Pillow and its decoders raise on what is no whole picture of a size that can be held.
_UNREADABLE = (OSError, Image.DecompressionBombError, Image.DecompressionBombWarning, *DAMAGED)

# What is to be said of a photo with transparent parts.
SEE_THROUGH = "The transparent parts of this file were taken as white."


def load_image(source: str | PathLike | bytes | BinaryIO, *, behind: int = 255) -> np.ndarray:
    """Reads a photo and returns its upright pixels in sRGB.

    source: a path, the bytes of a file, or an open binary file.
    behind: the grey level, 0 to 255, that transparent parts show: white.

    Returns (H, W, 3) uint8 RGB. EXIF orientation is applied, an embedded ICC profile is converted
    to sRGB (relative colorimetric), and 16-bit values are reduced to 8. Of a file with several
    pictures, the first.

    Colours without a profile are taken for sRGB, but for JPEGs whose EXIF data say Adobe RGB and
    HEICs that say Display P3. What AVIF (nclx) and PNG (cICP) files say of theirs, Pillow does not
    tell; nor are the curves of HDR pictures converted.

    Raises ImageError if the file is missing, empty, damaged, cut short, of another kind, too large
    (more than 50 megapixels, or a side longer than a JPEG's can be) or too small (a side under 16
    pixels).
    """
    return load_and_tell(source, behind=behind)[0]


def load_and_tell(
    source: str | PathLike | bytes | BinaryIO, *, behind: int = 255
) -> tuple[np.ndarray, bool]:
    """What `load_image` returns, and whether the photo has transparent parts."""
    data = read_photo(source)
    image = _decode(data)
    turn = _orientation(image)
    image, opacity = to_srgb(image, data)
    see_through = opacity is not None and opacity.getextrema()[0] < 255
    if see_through:
        ground = Image.new("RGB", image.size, (behind,) * 3)
        image = Image.composite(image, ground, opacity)
    if turn is not None:
        image = image.transpose(turn)
    return np.array(image), see_through


def dots_per_inch(source: str | PathLike | bytes | BinaryIO) -> float | None:
    """The density at which a photo says that it is printed; None if it says nothing of the kind.

    source: as for `load_image`. Raises ImageError as `read_photo` does; of what is no picture,
    nothing is known.
    """
    data = read_photo(source)
    _register_heif()
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            across, down = image.info.get("dpi", (0, 0))
            # Where none is stated Pillow says 1 for a TIFF, and 72 for a JPEG with EXIF data or
            # whose JFIF header has only the shape of its pixels (unit 0).
            stated = image.format not in (*JPEG_FORMATS, "TIFF") or (
                image.info.get("jfif_unit") or X_RESOLUTION_TAG in image.getexif()
            )
            held = across == down and 1 <= across <= MOST_DENSE
            return float(across) if stated and held else None
    except _UNREADABLE:
        return None


def is_deep(source: str | PathLike | bytes | BinaryIO) -> bool:
    """Whether a PNG or TIFF has more than the 8 bits a channel that `load_image` gives.

    source: as for `load_image`. HEIC and AVIF pictures count as no deeper: what phones add to them
    is for screens brighter than sRGB. Raises ImageError as `read_photo` does; what is no picture is
    not deep.
    """
    data = read_photo(source)
    if data.startswith(PNG_SIGNATURE):
        return len(data) > PNG_BIT_DEPTH_AT and data[PNG_BIT_DEPTH_AT] > 8
    try:
        with Image.open(io.BytesIO(data), formats=("TIFF",)) as image:
            return max(image.tag_v2.get(BITS_PER_SAMPLE_TAG, (8,))) > 8
    except _UNREADABLE:
        return False


_DAMAGED_TEXT = (
    "This picture is damaged and cannot be read. Copy or download it again, or save it anew as "
    "JPEG or PNG."
)

_CUT_TEXT = (
    "This picture is cut short: the end of the file is missing. Copy or download it again."
)


def read_photo(source: str | PathLike | bytes | BinaryIO) -> bytes:
    """The bytes of a photo's file, for who asks more than one thing of it.

    source: as for `load_image`. Raises ImageError if the file is missing, empty or larger than
    MAXIMUM_BYTES, or cannot be opened.
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        data = bytes(source)
    elif hasattr(source, "read"):
        data = source.read(MAXIMUM_BYTES + 1)
    else:
        data = _read_file(Path(source))
    if not data:
        raise ImageError("This file is empty.")
    _check_bytes(len(data))
    return data


def _check_bytes(count):
    if count > MAXIMUM_BYTES:
        raise ImageError(
            f"This file is too large: at most {MAXIMUM_BYTES // 2**20} MB can be read."
        )


def _read_file(path: Path) -> bytes:
    try:
        _check_bytes(path.stat().st_size)
        with path.open("rb") as file:
            return file.read(MAXIMUM_BYTES + 1)  # a device has no size, and no end
    except (FileNotFoundError, ValueError) as error:  # no file has a zero byte in its name
        raise ImageError("There is no such file.") from error
    except IsADirectoryError as error:
        raise ImageError("This is a folder, not a picture.") from error
    except OSError as error:
        raise ImageError(f"This file cannot be opened: {error.strerror}.") from error


def _decode(data: bytes) -> Image.Image:
    """Opens and unpacks the picture; its size is judged in between."""
    _register_heif()
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
        _check_not_raw(image, data)
        _check_size(image)
        image.load()
    except ImageError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageError(_too_large_text()) from error
    except UnidentifiedImageError as error:
        raise ImageError(_not_a_picture(data)) from error
    except MemoryError as error:
        raise ImageError("This picture is too large for the memory of this machine.") from error
    except (OSError, *DAMAGED) as error:
        cut = "truncated" in str(error).lower()
        raise ImageError(_CUT_TEXT if cut else _DAMAGED_TEXT) from error
    return image


@cache
def _register_heif() -> None:
    """Teaches Pillow to read HEIC, once, on the first photo rather than at the start of the app."""
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


def _check_not_raw(image: Image.Image, data: bytes) -> None:
    """Refuses the raw files that are TIFFs: what can be read of them is a small picture for a list.
    """
    if image.format != "TIFF":
        return
    reduced = image.tag_v2.get(SUBFILE_TYPE_TAG, 0) & REDUCED_SIZE
    if reduced or DNG_VERSION_TAG in image.tag_v2 or data[8:12] == CANON_RAW:
        raise ImageError(_other_kind_text(RAW))


def _check_size(image: Image.Image) -> None:
    """Judges the size that the header states, before any pixel is unpacked."""
    width, height = image.size
    if width * height > MAXIMUM_PIXELS:
        raise ImageError(_too_large_text(width, height))
    if max(width, height) > MAXIMUM_SIDE:
        raise ImageError(
            f"This picture is too long: {width} x {height} pixels, and no side may have more than "
            f"{MAXIMUM_SIDE}."
        )
    if min(width, height) < MINIMUM_SIDE:
        raise ImageError(
            f"This picture is too small: {width} x {height} pixels, and each side needs at least "
            f"{MINIMUM_SIDE}."
        )


def _too_large_text(width: int = 0, height: int = 0) -> str:
    # Up and down to a tenth, so that what is too large never reads as what can be handled.
    is_so = math.ceil(width * height / 1e5) / 10
    most = math.floor(MAXIMUM_PIXELS / 1e5) / 10
    has = f": {width} x {height} is {is_so:g} megapixels" if width else ""
    return (
        f"This picture is too large{has}. Up to {most:g} megapixels can be handled; make it smaller."
    )


def _not_a_picture(data: bytes) -> str:
    for offset, start, kind in OTHER_KINDS:
        if data[offset : offset + len(start)] == start:
            return _other_kind_text(kind)
    if data[4:8] == b"ftyp" and data[8:12].strip() not in PICTURE_BRANDS:
        return _other_kind_text("a video")
    if data[:3] == b"\xff\xd8\xff" or data.startswith(PNG_SIGNATURE) or data[4:8] == b"ftyp":
        return _DAMAGED_TEXT
    if data[:4] in (b"II*\0", b"MM\0*"):
        return "This TIFF file is of a kind that we cannot read. Export it with 8 or 16 bits."
    return f"This file is not a picture we can read. Give a {FORMATS_IN_WORDS} file."


def _other_kind_text(kind: str) -> str:
    return f"This is {kind}, not a photo. Give a {FORMATS_IN_WORDS} file."


def _orientation(image: Image.Image) -> Image.Transpose | None:
    """The turn that EXIF asks for; a picture with unreadable EXIF data stays as it is stored."""
    try:
        return ORIENTATIONS.get(image.getexif().get(ORIENTATION_TAG))
    except (OSError, *DAMAGED):
        return None
