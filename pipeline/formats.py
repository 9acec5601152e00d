"""The files that photos come in; apart from image.py so that a page can name them at no cost."""

JPEG = ("jpg", "jpeg", "jfif", "jpe")
PHOTO_ENDINGS = (*JPEG, "png", "webp", "heic", "heif", "hif", "avif", "tif", "tiff", "bmp")
# What a page lets people give: whatever their system calls an image, and what it may not know as
# one. What is no photo, image.py says in words.
UPLOADED = ("image", "heic", "heif", "hif", "avif")
