"""Pixels of any kind that Pillow decodes, as 8-bit RGB in sRGB with their opacity."""

import io
from functools import lru_cache

import numpy as np
from PIL import Image, ImageCms

from pipeline.image_error import DAMAGED, ImageError
from pipeline.named_colours import named_profile

# TIFF 6.0, section 8.
BITS_PER_SAMPLE_TAG, PHOTOMETRIC_TAG = 258, 262
WHITE_IS_ZERO = 0  # of PHOTOMETRIC_TAG
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_BIT_DEPTH_AT = 24  # of a file (PNG, section 11.2.1: IHDR comes first)
# Levels by which a profile of sRGB itself moves colours: its numbers are rounded.
ROUNDING = 1


def to_srgb(image: Image.Image, data: bytes) -> tuple[Image.Image, Image.Image | None]:
    """Converts any mode to 8-bit RGB in sRGB; returns its opacity ("L"), too, where it has one.

    image: unpacked. data: its file.

    Raises ImageError for numbers of which nobody can know what white is.
    """
    _fit_transparency(image, data)
    profile = _profile(image)
    if image.mode in ("I;16", "I;16B", "I;16L", "I"):
        image = _sixteen_bit_grey(image)
    elif image.mode == "F":
        image = _float_grey(image)
    opacity = None
    if image.has_transparency_data:
        # A grey picture's profile fits nothing but grey.
        grey = image.getchannel(0) if image.mode in ("L", "LA") else None
        image = image.convert("RGBA")
        opacity = image.getchannel("A")
        image = image.convert("RGB") if grey is None else grey
    elif image.mode not in ("L", "RGB", "CMYK"):
        image = image.convert("RGB")
    image = _apply_profile(image, profile) if profile else image
    if image.mode != "RGB":  # Pillow would copy it
        image = image.convert("RGB")
    return image, opacity


def _fit_transparency(image: Image.Image, data: bytes) -> None:
    """Brings the level that stands for transparent in a PNG (section 11.3.2.1, tRNS) to the 8 bits
    to which Pillow brings the pixels; it gives the one as the file has it. A colour of 16 bits
    stands for nothing: what Pillow keeps of the pixels does not tell it from its neighbours.
    """
    key = image.info.get("transparency")
    if key is None or not data.startswith(PNG_SIGNATURE):
        return
    depth = data[PNG_BIT_DEPTH_AT]
    if image.mode == "L":
        image.info["transparency"] = key * 255 // (2**depth - 1)
    elif image.mode == "RGB" and depth == 16:
        del image.info["transparency"]


def _profile(image: Image.Image) -> bytes | None:
    """The ICC profile of a picture, embedded or of the space that it names."""
    try:
        return image.info.get("icc_profile") or named_profile(image)
    except (OSError, *DAMAGED):
        return None


def _sixteen_bit_grey(image: Image.Image) -> Image.Image:
    """Pillow's own conversion clips 16-bit grey at 255, and leaves TIFFs' negatives as they are.

    Numbers that end at 255 are those of 8 bits, or a trimap's labels, in a file that holds more.
    """
    values = np.asarray(image)
    brightest = int(values.max())
    if brightest > 65535:
        raise ImageError("This picture has numbers above 65535. Export it with 8 or 16 bits.")
    bits = min(_tiff_tag(image, BITS_PER_SAMPLE_TAG, 16), 16) if image.format == "TIFF" else 16
    white = 255 if brightest <= 255 and bits == 16 else 2**bits - 1
    values = values.clip(0).astype(np.uint32)
    levels = ((values * 255 + white // 2) // white).astype(np.uint8)
    grey = Image.fromarray(_as_positive(image, levels, 255))
    transparent = image.info.get("transparency")  # a PNG's level that stands for it
    if transparent is not None:
        grey.putalpha(Image.fromarray(np.where(values == transparent, 0, 255).astype(np.uint8)))
    return grey


def _float_grey(image: Image.Image) -> Image.Image:
    """Pillow's own conversion takes 1.0, white as film tools write it, for the level 1 of 255."""
    values = np.asarray(image)
    if not (np.isfinite(values).all() and values.min() >= 0 and values.max() <= 1):
        raise ImageError(
            "This picture has decimal numbers outside 0 to 1. Export it with 8 or 16 bits."
        )
    return Image.fromarray(np.rint(_as_positive(image, values, 1) * 255).astype(np.uint8))


def _as_positive(image, levels, white):
    """Grey levels of a TIFF where black is 0, as 8-bit ones come from Pillow."""
    if image.format == "TIFF" and not _tiff_tag(image, PHOTOMETRIC_TAG, WHITE_IS_ZERO):
        return white - levels
    return levels


def _tiff_tag(image, tag, default):
    """A number that a grey TIFF states of its samples, or what stands for it as in Pillow."""
    stated = image.tag_v2.get(tag, default)
    return stated[0] if isinstance(stated, tuple) else stated


def _apply_profile(image: Image.Image, data: bytes) -> Image.Image:
    """Converts from a profile; one that does not fit the picture is passed over."""
    try:
        if image.mode == "RGB" and _is_srgb(data):
            return image
        return _converted(image, data)
    except (ImageCms.PyCMSError, *DAMAGED, OSError):
        return image


def _converted(image: Image.Image, profile: bytes) -> Image.Image:
    return ImageCms.profileToProfile(
        image,
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


@lru_cache(maxsize=8)
def _is_srgb(profile: bytes) -> bool:
    """Tells whether converting would only take time and change nothing, as for most photos.

    Its name does not tell: "sRGB" is in the names of linear spaces and of Display P3's curve, too.
    """
    levels = np.linspace(0, 255, 17).astype(np.uint8)
    colours = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(17, -1, 3)
    converted = np.asarray(_converted(Image.fromarray(colours), profile))
    return int(np.abs(converted.astype(int) - colours).max()) <= ROUNDING
