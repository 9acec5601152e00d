"""What is wrong with a picture, in words for the person who gave it."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

# What Pillow's decoders raise on damaged data, apart from OSError: found by feeding them cut and
# altered files (tests/test_image.py does so still).
DAMAGED = (
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    AttributeError,
    OverflowError,
    RuntimeError,
    struct.error,
    zlib.error,
)


class ImageError(ValueError):
    """The input cannot be used; the text says why in words for the person who gave it."""


@contextmanager
def failures_in_words() -> Iterator[None]:
    """While a photo is worked on, raises ImageError where memory or OpenCV gives up."""
    import cv2

    try:
        yield
    except MemoryError as error:
        raise ImageError(
            "The computer that works on it has too little memory for a photo of this size."
        ) from error
    except cv2.error as error:
        raise ImageError(f"This photo cannot be worked on: {error.err}.") from error
