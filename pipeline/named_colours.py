"""Colour spaces that a photo names in place of a profile, written out as ICC profiles."""

import struct
from functools import cache

from PIL import ExifTags, Image

# Red, green and blue as X, Y and Z adapted to D50, and the parameters of the curve (ICC.1:2022,
# 10.18, types 0 and 3). Adobe RGB (1998) Color Image Encoding, 2005-05, as Adobe's own profile has
# it; Display P3 by SMPTE EG 432-1 and IEC 61966-2-1.
ADOBE_RGB = (
    ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)),
    (0, 563 / 256),
)
DISPLAY_P3 = (
    ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)),
    (3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045),
)
D50 = (0.96420, 1.0, 0.82491)

JPEG_FORMATS = ("JPEG", "MPO")  # as Pillow calls them; the second has further pictures behind
INTEROPERABILITY_INDEX = 1
UNCALIBRATED = 65535
# Primaries and transfer characteristics of ITU-T H.273: Display P3's with the curve of sRGB.
P3_IN_HEIF = (12, 13)


def named_profile(image: Image.Image) -> bytes | None:
    """The profile of the space that a photo names; None of sRGB, and of all that is not known here.

    Known are Adobe RGB as cameras name it in the EXIF data of a JPEG (DCF 2.0, "R03"), and Display
    P3 as HEIC files name it. Raises what Pillow does where EXIF data are damaged.
    """
    heif = image.info.get("nclx_profile")
    if heif and (heif["color_primaries"], heif["transfer_characteristics"]) == P3_IN_HEIF:
        return _profile(*DISPLAY_P3)
    if image.format not in JPEG_FORMATS:
        return None
    exif = image.getexif()
    if exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.ColorSpace) != UNCALIBRATED:
        return None
    index = exif.get_ifd(ExifTags.IFD.Interop).get(INTEROPERABILITY_INDEX)
    return _profile(*ADOBE_RGB) if index == "R03" else None


@cache
def _profile(primaries, curve) -> bytes:
    """The least that a display's profile of version 4 needs to be converted from."""
    kind, *parameters = curve
    tags = {b"wtpt": b"XYZ \0\0\0\0" + _fixed(*D50)}
    for channel, primary in zip((b"r", b"g", b"b"), primaries, strict=True):
        tags[channel + b"XYZ"] = b"XYZ \0\0\0\0" + _fixed(*primary)
        tags[channel + b"TRC"] = b"para\0\0\0\0" + struct.pack(">HH", kind, 0) + _fixed(*parameters)
    offset = 128 + 4 + 12 * len(tags)
    table, content = struct.pack(">I", len(tags)), b""
    for name, value in tags.items():
        table += name + struct.pack(">II", offset + len(content), len(value))
        content += value
    header = struct.pack(">I4xI", offset + len(content), 0x04000000) + b"mntrRGB XYZ "
    header += bytes(12) + b"acsp" + bytes(28) + _fixed(*D50)
    return header.ljust(128, b"\0") + table + content


def _fixed(*values: float) -> bytes:
    """Numbers of ICC's type s15Fixed16."""
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))
