"""Pictures with words under them, and for people who do not see them."""

from base64 import b64encode
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

SCREEN_QUALITY = 88


def figure(pixels: "np.ndarray", words: str, text: str = "") -> str:
    """HTML of a picture as wide as its place, (H, W) or (H, W, 3) uint8, with words under it.

    text: what it shows, where the words do not say so. The page carries it within itself: a file of
    its own could be gone before a slow browser asks.
    """
    from pipeline.encode import encode_jpeg

    return (
        f'<figure style="margin: 0"><img src="{data_url(encode_jpeg(pixels))}" '
        f'alt="{escape(text or words)}" style="width: 100%; border-radius: 4px">'
        f'<figcaption style="color: var(--quiet); font-size: 0.9rem">{escape(words)}'
        "</figcaption></figure>"
    )


def screen_jpeg(pixels: "np.ndarray") -> bytes:
    """A picture, (H, W) or (H, W, 3) uint8, as a JPEG file good enough for a screen."""
    from pipeline.encode import encode_jpeg

    return encode_jpeg(pixels, SCREEN_QUALITY)


def data_url(jpeg: bytes) -> str:
    """Writes a JPEG file as an address that a browser shows without asking the server."""
    return "data:image/jpeg;base64," + b64encode(jpeg).decode()
