"""Photos as people have them: any common file in, upright sRGB pixels out."""


class ImageError(ValueError):
    """The input cannot be used; the text says why in words for the person who gave it."""
