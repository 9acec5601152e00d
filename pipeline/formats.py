"""The files that photos come in; apart from image.py so that a page can name them at no cost."""

PHOTO_ENDINGS = ("jpg", "jpeg", "png", "webp", "heic", "heif", "avif", "tif", "tiff", "bmp")
