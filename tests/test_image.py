"""Photos as people have them: formats, levels, orientation, and files that cannot be used."""

import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from pipeline.formats import PHOTO_ENDINGS, UPLOADED
from pipeline.image import (
    MAXIMUM_PIXELS,
    PNG_SIGNATURE,
    ImageError,
    dots_per_inch,
    is_deep,
    load_and_tell,
    load_image,
)
from tests.pictures import encoded, largest_difference, smooth_picture

LOSSY = 9  # grey levels by which a good lossy encoding may differ on a smooth picture

ORIENTATION_TO_STORED = {
    # EXIF 2.32, 4.6.4 A: where the 0th row and 0th column of the stored picture lie.
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.swapaxes(0, 1),
    6: lambda upright: upright[:, ::-1].swapaxes(0, 1),
    7: lambda upright: upright[::-1, ::-1].swapaxes(0, 1),
    8: lambda upright: upright[::-1].swapaxes(0, 1),
}


def png_of_size(width: int, height: int) -> bytes:
    """A PNG whose header claims a size that its few bytes do not hold."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(100))), (b"IEND", b""))
    return PNG_SIGNATURE + b"".join(png_chunk(*part) for part in parts)


def png_chunk(kind: bytes, body: bytes) -> bytes:
    checked = kind + body
    return struct.pack(">I", len(body)) + checked + struct.pack(">I", zlib.crc32(checked))


def page_of_tiff() -> bytes:
    """What follows the 16 bytes at which Canon's raw files begin: 16 x 16 black pixels."""
    numbers = {256: 16, 257: 16, 258: 8, 259: 1, 262: 1, 273: 120, 277: 1, 278: 16, 279: 256}
    entries = [struct.pack("<HHII", tag, 4, 1, value) for tag, value in numbers.items()]
    page = struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4)
    return page.ljust(120 - 16, b"\0") + bytes(256)


def grey_tiff(bits: int, photometric: int | None, side: int, pixels: bytes) -> bytes:
    """A square TIFF of one strip of grey pixels; photometric: 0 white is zero, 1 black is, None
    nothing is said.
    """
    numbers = {256: side, 257: side, 258: bits, 259: 1, 262: photometric, 273: 0, 277: 1}
    numbers |= {278: side, 279: len(pixels), 339: 3 if bits == 32 else 1}
    if photometric is None:
        del numbers[262]
    numbers[273] = 8 + 2 + 12 * len(numbers) + 4
    entries = [struct.pack("<HHII", tag, 4, 1, value) for tag, value in numbers.items()]
    page = struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4)
    return b"II*\0" + struct.pack("<I", 8) + page + pixels


def png_with_key(depth: int, colour: tuple[int, ...], key: tuple[int, ...]) -> bytes:
    """A PNG of 16 x 16 pixels of one colour; that of `key` stands for transparent (tRNS)."""
    bits = "".join(f"{level:0{depth}b}" for level in colour * 16)
    row = b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")
    header = struct.pack(">IIBBBBB", 16, 16, depth, 2 if len(colour) == 3 else 0, 0, 0, 0)
    transparent = struct.pack(f">{len(key)}H", *key)
    parts = ((b"IHDR", header), (b"tRNS", transparent), (b"IDAT", zlib.compress(row * 16)))
    return PNG_SIGNATURE + b"".join(png_chunk(*part) for part in (*parts, (b"IEND", b"")))


VIDEOS = (b"isom", b"mp42", b"qt  ", b"M4V ", b"3gp5", b"avc1", b"MSNV", b"f4v ", b"dash")


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF"])
def test_lossless_formats_come_back_exactly(kind):
    picture = smooth_picture()
    np.testing.assert_array_equal(load_image(encoded(picture, kind)), picture)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "HEIF", "AVIF"])
def test_lossy_formats_come_back_nearly(kind):
    picture = smooth_picture()
    loaded = load_image(encoded(picture, kind, quality=95))
    assert loaded.dtype == np.uint8
    assert largest_difference(loaded, picture) <= LOSSY


@pytest.mark.parametrize("kind, given, density", [
    ("JPEG", (300, 300), 300),
    ("PNG", (300, 300), pytest.approx(300, abs=0.01)),  # in pixels per metre
    ("TIFF", (300, 300), 300),
    ("TIFF", None, None),
    ("JPEG", (300, 150), None),
    ("JPEG", None, None),
])  # fmt: skip
def test_the_density_in_print_is_what_the_file_says(kind, given, density):
    file = io.BytesIO()
    Image.new("RGB", (20, 20)).save(file, kind, **({"dpi": given} if given else {}))
    assert dots_per_inch(file.getvalue()) == density


def test_a_photo_with_exif_data_need_not_say_its_density():
    exif = Image.Exif()
    exif[0x0112] = 1
    file = io.BytesIO()
    Image.new("RGB", (20, 20)).save(file, "JPEG", exif=exif)
    jfif = file.getvalue()  # Pillow writes a JFIF header, of no density here; cameras write none
    assert jfif[6:10] == b"JFIF"
    assert dots_per_inch(jfif) is None
    assert dots_per_inch(jfif[:2] + jfif[20:]) is None


@pytest.mark.parametrize("kind", [".png", ".tif"])
@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [(), (3,)])
def test_a_file_with_16_bits_is_told_from_one_with_8(kind, depth, channels):
    data = cv2.imencode(kind, np.full((20, 20, *channels), 200, depth))[1].tobytes()
    assert is_deep(data) == (depth == np.uint16)


def test_a_photo_with_transparent_parts_is_told_from_one_without():
    whole = np.full((20, 20, 4), 255, np.uint8)
    cut_out = whole.copy()
    cut_out[:3, :, 3] = 0
    for kind in ("PNG", "WEBP", "TIFF"):
        assert load_and_tell(encoded(Image.fromarray(cut_out), kind))[1]
        assert not load_and_tell(encoded(Image.fromarray(whole), kind))[1]
    for key, found in (((1000,), True), ((2000,), False)):
        assert load_and_tell(png_with_key(16, (1000,), key))[1] == found
    assert not load_and_tell(encoded(smooth_picture(), "JPEG"))[1]


@pytest.mark.parametrize("ask", [dots_per_inch, is_deep])
def test_of_a_file_that_is_not_there_nothing_is_told(ask, tmp_path):
    with pytest.raises(ImageError, match="no such file"):
        ask(tmp_path / "nothing.jpg")


def test_no_other_file_counts_as_deep():
    assert not any(is_deep(encoded(smooth_picture(), kind)) for kind in ("JPEG", "WEBP", "HEIF"))
    assert not is_deep(b"no picture")
    assert not is_deep(encoded(smooth_picture(), "PNG")[:20])


def test_path_bytes_and_open_file_give_the_same(tmp_path):
    data = encoded(smooth_picture(), "PNG")
    path = tmp_path / "photo.png"
    path.write_bytes(data)
    for source in (path, str(path), io.BytesIO(data)):
        np.testing.assert_array_equal(load_image(source), load_image(data))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_exif_orientation_comes_back_upright(kind, orientation):
    upright = smooth_picture()
    stored = np.ascontiguousarray(ORIENTATION_TO_STORED[orientation](upright))
    exif = Image.Exif()
    exif[0x0112] = orientation
    loaded = load_image(encoded(stored, kind, exif=exif, quality=95))
    assert largest_difference(loaded, upright) <= LOSSY


@pytest.mark.parametrize("orientation", range(1, 9))
def test_heic_is_turned_once_where_both_the_container_and_exif_say_so(orientation):
    """Telephones write the turn twice; pillow-heif's encoder does so too, given EXIF bytes."""
    upright = smooth_picture()
    stored = np.ascontiguousarray(ORIENTATION_TO_STORED[orientation](upright))
    exif = Image.Exif()
    exif[0x0112] = orientation
    loaded = load_image(encoded(stored, "HEIF", exif=exif.tobytes(), quality=95))
    assert largest_difference(loaded, upright) <= LOSSY


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_unreadable_exif_leaves_the_picture_as_stored():
    picture = smooth_picture()
    loaded = load_image(encoded(picture, "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff", quality=95))
    assert largest_difference(loaded, picture) <= LOSSY


def test_sixteen_bit_grey_is_scaled_and_not_clipped():
    levels = np.arange(256, dtype=np.uint16).reshape(16, 16)
    loaded = load_image(encoded(Image.fromarray(levels * 257), "PNG"))
    np.testing.assert_array_equal(loaded, np.repeat(levels[..., None], 3, axis=2))


def test_levels_below_black_are_black():
    levels = np.full((16, 16), -5, np.int32)
    levels[8:] = 65535
    loaded = load_image(encoded(Image.fromarray(levels), "TIFF"))
    assert (loaded[:8] == 0).all() and (loaded[8:] == 255).all()


def test_levels_of_more_than_sixteen_bits_are_refused_in_words():
    levels = np.full((16, 16), 65536, np.int32)
    with pytest.raises(ImageError, match="8 or 16 bits"):
        load_image(encoded(Image.fromarray(levels), "TIFF"))


def test_a_level_that_stands_for_transparent_shows_white():
    levels = np.full((16, 16), 1000, np.uint16)
    levels[8:] = 20000
    loaded = load_image(encoded(Image.fromarray(levels), "PNG", transparency=1000))
    assert (loaded[:8] == 255).all() and (loaded[8:] == round(20000 / 257)).all()


@pytest.mark.parametrize("depth, levels", [(1, 1), (2, 4), (4, 16), (8, 256), (16, 65536)])
def test_the_level_that_stands_for_transparent_is_found_at_every_depth(depth, levels):
    level, other = levels // 3, levels // 2
    named = png_with_key(depth, (level,), (level,))
    assert (load_image(named, behind=200) == 200).all()
    beside = png_with_key(depth, (level,), (other if other != level else level + 1,))
    grey = round(255 * level / (2**depth - 1))
    assert (load_image(beside, behind=200) == grey).all()


def test_the_colour_that_stands_for_transparent_is_found():
    key = (10, 20, 30)
    assert (load_image(png_with_key(8, key, key), behind=200) == 200).all()
    assert (load_image(png_with_key(8, key, key[::-1]), behind=200) != 200).all()


def test_shadows_beside_a_transparent_black_of_sixteen_bits_stay_dark():
    """Pillow reads eight of the bits, in which the two are the same."""
    assert (load_image(png_with_key(16, (200, 100, 150), (0, 0, 0))) == 0).all()


@pytest.mark.parametrize(
    "photometric, levels",
    [(1, [0, 85, 170, 255]), (0, [255, 170, 85, 0]), (None, [255, 170, 85, 0])],
)
def test_grey_tiffs_of_every_depth_are_read_alike(photometric, levels):
    """Of TIFF 6.0, section 3: from black to white, or from white to black; where a file does not
    say, as Pillow reads it.
    """
    shares = np.tile(np.repeat(np.arange(4) / 3, 4), (16, 1))
    eight, sixteen = (shares * 255).astype("u1"), (shares * 65535).astype("<u2")
    files = [
        grey_tiff(8, photometric, 16, eight.tobytes()),
        grey_tiff(16, photometric, 16, sixteen.tobytes()),
        grey_tiff(32, photometric, 16, shares.astype("<f4").tobytes()),
    ]
    for file in files:
        assert load_image(file)[0, ::4, 0].tolist() == levels


def test_twelve_bits_reach_from_black_to_white():
    black_and_white = b"\x00\x0f\xff" * 8 * 16  # two pixels in three bytes
    loaded = load_image(grey_tiff(12, 1, 16, black_and_white))
    assert (loaded[:, ::2] == 0).all() and (loaded[:, 1::2] == 255).all()


def test_eight_bits_in_a_file_for_sixteen_keep_their_levels():
    levels = np.arange(256, dtype=np.uint16).reshape(16, 16)
    loaded = load_image(encoded(Image.fromarray(levels), "PNG"))
    np.testing.assert_array_equal(loaded[..., 0], levels)


def test_sixteen_bit_colour_is_scaled():
    picture = smooth_picture()
    sixteen = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR).astype(np.uint16) * 257
    data = cv2.imencode(".png", sixteen)[1].tobytes()
    np.testing.assert_array_equal(load_image(data), picture)


def test_palette_and_grey_become_rgb():
    grey = smooth_picture()[..., 0]
    expected = np.repeat(grey[..., None], 3, axis=2)
    np.testing.assert_array_equal(load_image(encoded(grey, "PNG")), expected)
    np.testing.assert_array_equal(
        load_image(encoded(Image.fromarray(grey).convert("P"), "PNG")), expected
    )


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_parts_show_white(mode):
    picture = np.full((32, 32, 4), (10, 10, 10, 255), np.uint8)
    picture[:16] = 0
    image = Image.fromarray(picture)
    if mode == "P":
        image = image.quantize()
    loaded = load_image(encoded(image.convert(mode) if mode == "LA" else image, "PNG"))
    assert (loaded[:16] == 255).all()
    assert (loaded[16:] == 10).all()


def test_half_transparent_is_mixed_with_white():
    picture = np.full((32, 32, 4), (0, 0, 0, 51), np.uint8)  # a fifth black, four fifths white
    assert (load_image(encoded(picture, "PNG")) == 204).all()


def test_cmyk_jpeg_has_the_colours_of_the_picture():
    cmyk = Image.new("CMYK", (32, 32), (0, 255, 255, 0))  # magenta and yellow ink: red
    red = load_image(encoded(cmyk, "JPEG", quality=95)).reshape(-1, 3).mean(0)
    assert red[0] > 200
    assert red[1:].max() < 60


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"Dear Sir or Madam, " * 20, "not a picture"),
        (b"GIF89a" + bytes(50), "GIF"),
        (b"%PDF-1.7" + bytes(50), "PDF"),
        *((b"\0\0\0\x18ftyp" + brand + bytes(50), "video") for brand in VIDEOS),
        *((b"\0\0\0\x18ftyp" + brand + bytes(50), "damaged") for brand in (b"heic", b"mif1")),
        (b"\0\0\0\x18ftypcrx " + bytes(50), "camera raw"),
        (b"II*\0\x10\0\0\0CR\2\0" + bytes(4) + page_of_tiff(), "camera raw"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "damaged"),
        (encoded(smooth_picture(12, 400), "PNG"), "too small"),
        (png_of_size(66_000, 100), "too long: 66000 x 100 pixels, .* more than 65500"),
        (png_of_size(9000, 9000), "81 megapixels"),
        (png_of_size(8192, 6145), r"50\.4 megapixels. Up to 50\.3 megapixels can"),
        (png_of_size(30_000, 30_000), r"too large\. Up to 50\.3 megapixels can"),
    ],
)
def test_unusable_files_are_refused_in_words(data, words):
    with pytest.raises(ImageError, match=words) as refusal:
        load_image(data)
    assert str(refusal.value).endswith(".")


def test_a_tiff_whose_pixels_look_like_a_raw_files_sign_is_read():
    """Some programs write the pixels first."""
    pixels = np.full((20, 20, 3), (67, 82, 120), np.uint8)  # "CR" in ASCII
    _, data = cv2.imencode(".tif", pixels[..., ::-1], [cv2.IMWRITE_TIFF_COMPRESSION, 1])
    assert data.tobytes()[8:10] == b"CR"
    np.testing.assert_array_equal(load_image(data.tobytes()), pixels)


@pytest.mark.parametrize("tag, value", [(254, 1), (254, 65537), (50706, b"\1\4\0\0")])
def test_the_small_picture_of_a_raw_file_is_not_taken_for_the_photo(tag, value):
    pages = TiffImagePlugin.ImageFileDirectory_v2()
    pages[tag] = value
    data = encoded(smooth_picture(), "TIFF", tiffinfo=pages)
    with pytest.raises(ImageError, match="camera raw file"):
        load_image(data)
    pages = TiffImagePlugin.ImageFileDirectory_v2()
    pages[254] = 2  # a page of several, of full size
    data = encoded(smooth_picture(), "TIFF", tiffinfo=pages)
    np.testing.assert_array_equal(load_image(data), smooth_picture())


def test_the_page_offers_what_the_command_takes():
    """Where its system calls a file an image, it is one; the endings beside that are said."""
    beside = set(UPLOADED) - {"image"}
    assert beside <= set(PHOTO_ENDINGS)
    assert {ending for ending in PHOTO_ENDINGS if ending.startswith(("he", "hif", "av"))} == beside


def test_missing_file_and_folder_are_refused_in_words(tmp_path):
    with pytest.raises(ImageError, match="no such file"):
        load_image(tmp_path / "absent.jpg")
    with pytest.raises(ImageError, match="folder"):
        load_image(tmp_path)


def test_fifty_megapixels_pass():
    assert 8160 * 6120 <= MAXIMUM_PIXELS
    loaded = load_image(encoded(Image.new("L", (8160, 6120), 77), "PNG"))
    assert loaded.shape == (6120, 8160, 3)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF", "TIFF", "BMP"])
def test_cut_files_are_refused_or_read(kind):
    """A cut may fall behind the last pixel; anything but a picture or ImageError is a failure."""
    noise = np.random.default_rng(1).integers(0, 256, (64, 48, 3), dtype=np.uint8)
    data = encoded(noise, kind)
    with pytest.raises(ImageError):
        load_image(data[: len(data) // 2])
    for length in np.linspace(0, len(data) - 1, 40, dtype=int):
        try:
            load_image(data[:length])
        except ImageError:
            pass


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data", "ignore:Truncated File Read")
@pytest.mark.filterwarnings("ignore:Image appears to be a malformed MPO file")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF", "TIFF", "BMP"])
def test_altered_files_are_refused_or_read(kind):
    random = np.random.default_rng(2)
    exif = Image.Exif()
    exif[0x0112] = 6
    original = np.frombuffer(encoded(smooth_picture(), kind, exif=exif.tobytes()), np.uint8)
    for _ in range(60):
        data = original.copy()
        places = random.integers(0, len(data), 12)
        data[places] = random.integers(0, 256, len(places))
        try:
            load_image(data.tobytes())
        except ImageError:
            pass


def test_grey_of_decimal_numbers_is_read_from_black_to_white():
    """As film tools write mattes; the numbers of anything else cannot be known."""
    values = np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8).repeat(4, 0).repeat(4, 1)
    loaded = load_image(encoded(Image.fromarray(values), "TIFF"))
    assert np.abs(loaded[..., 0] - 255 * values).max() <= 0.5
    with pytest.raises(ImageError, match="outside 0 to 1"):
        load_image(encoded(Image.fromarray(400 * values), "TIFF"))
    written, colours = cv2.imencode(".tiff", np.dstack([values] * 3))
    assert written
    with pytest.raises(ImageError, match="TIFF file is of a kind that we cannot read. Export"):
        load_image(colours.tobytes())
