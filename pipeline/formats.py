"""The files that photos come in; apart from image.py so that a page can name them at no cost."""

JPEG = ("jpg", "jpeg", "jfif", "jpe")
PHOTO_ENDINGS = (*JPEG, "png", "webp", "heic", "heif", "hif", "avif", "tif", "tiff", "bmp")
FORMATS_IN_WORDS = "JPEG, PNG, WebP, HEIC, AVIF, TIFF or BMP"
# Types offered in the file dialog: everything that the system calls an image, and HEIF and AVIF,
# which it may not know. What is no photo, image.py says in words.
UPLOADED = ("image", "heic", "heif", "hif", "avif")
# Dots per inch that a JPEG can state: two bytes (JFIF 1.02).
MOST_DENSE = 65535
