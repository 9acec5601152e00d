"""Photos in other colour spaces than sRGB: profiles, and what files say in their place."""

import io
import struct

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageCms

from pipeline.image import load_image
from tests.pictures import encoded, largest_difference, smooth_picture


def test_embedded_profile_is_converted_to_srgb():
    """A red of Display P3 is a stronger red in sRGB; P3's mid grey is sRGB's mid grey."""
    p3 = display_p3()
    picture = np.full((32, 32, 3), (200, 60, 60), np.uint8)
    loaded = load_image(encoded(picture, "PNG", icc_profile=p3))
    # By the matrices of the two spaces (SMPTE EG 432-1; IEC 61966-2-1), shared transfer curve.
    assert largest_difference(loaded, np.broadcast_to(p3_to_srgb((200, 60, 60)), loaded.shape)) <= 2
    grey = np.full((32, 32, 3), 128, np.uint8)
    assert largest_difference(load_image(encoded(grey, "PNG", icc_profile=p3)), grey) <= 1


def exif_of(space: int, index: str) -> Image.Exif:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif).update({0xA001: space, 0xA005: {1: index}})
    return exif


@pytest.mark.parametrize("turn", [1, 6])
def test_adobe_rgb_is_known_by_the_exif_data_of_cameras(turn):
    """DCF 2.0: uncalibrated, and the index of its optional colour space."""
    picture = np.full((32, 32, 3), (120, 160, 90), np.uint8)
    exif = exif_of(65535, "R03")
    exif[0x0112] = turn
    loaded = load_image(encoded(picture, "JPEG", quality=100, subsampling=0, exif=exif))
    # By the matrices of Adobe RGB (1998), 4.3.4.1, and of IEC 61966-2-1.
    linear = (np.array((120, 160, 90)) / 255) ** (563 / 256)
    to_xyz = [[0.57667, 0.18556, 0.18823], [0.29734, 0.62736, 0.07529], [0.02703, 0.07069, 0.99134]]
    assert np.abs(loaded.astype(int) - xyz_to_srgb(to_xyz @ linear)).max() <= 2
    for space, index in ((1, "R03"), (65535, "R98"), (1, "R98")):
        exif = exif_of(space, index)
        loaded = load_image(encoded(picture, "JPEG", quality=100, subsampling=0, exif=exif))
        assert largest_difference(loaded, picture) <= 2


def test_a_profile_counts_before_what_exif_data_say():
    picture = np.full((32, 32, 3), (200, 60, 60), np.uint8)
    profile = matrix_profile(SRGB, srgb_curve(), b"sRGB")
    data = encoded(picture, "JPEG", quality=100, exif=exif_of(65535, "R03"), icc_profile=profile)
    assert largest_difference(load_image(data), picture) <= 2


def test_heic_that_names_display_p3_is_converted():
    picture = np.full((32, 32, 3), (200, 60, 60), np.uint8)
    for primaries, expected in ((12, p3_to_srgb((200, 60, 60))), (1, (200, 60, 60))):
        named = {"color_primaries": primaries, "transfer_characteristics": 13}
        named |= {"matrix_coefficients": 6, "full_range_flag": 1}
        loaded = load_image(encoded(picture, "HEIF", quality=100, **named))
        assert np.abs(loaded.astype(int) - expected).max() <= 3


def p3_to_srgb(colour: tuple[int, int, int]) -> np.ndarray:
    to_xyz = np.array(
        [[0.48657, 0.26567, 0.19822], [0.22897, 0.69174, 0.07929], [0, 0.04511, 1.04394]]
    )
    encoded_value = np.array(colour) / 255
    linear = np.where(
        encoded_value <= 0.04045, encoded_value / 12.92, ((encoded_value + 0.055) / 1.055) ** 2.4
    )
    return xyz_to_srgb(to_xyz @ linear)


def xyz_to_srgb(xyz: np.ndarray) -> np.ndarray:
    to_srgb = np.array(
        [[3.24045, -1.53714, -0.49853], [-0.96927, 1.87601, 0.04156], [0.05564, -0.20403, 1.05723]]
    )
    linear = np.clip(to_srgb @ xyz, 0, 1)
    return np.round(
        255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    ).astype(np.uint8)


# Red, green and blue as X, Y and Z, adapted to D50.
P3 = (0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)
SRGB = (0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410)


def display_p3(name: bytes = b"Wide test space") -> bytes:
    return matrix_profile(P3, srgb_curve(), name)


def srgb_curve() -> bytes:
    """As 1024 points, like the profile that most cameras embed."""
    steps = np.linspace(0, 1, 1024)
    curve = np.where(steps <= 0.04045, steps / 12.92, ((steps + 0.055) / 1.055) ** 2.4)
    return struct.pack(">I", 1024) + np.round(curve * 65535).astype(">u2").tobytes()


def matrix_profile(primaries, curve: bytes, name: bytes) -> bytes:
    """A minimal ICC v2 profile."""
    tags = {}
    for channel, primary in zip((b"r", b"g", b"b"), primaries):
        tags[channel + b"XYZ"] = b"XYZ \0\0\0\0" + fixed(*primary)
        tags[channel + b"TRC"] = b"curv\0\0\0\0" + curve
    return icc_profile(b"RGB ", tags, name)


def linear_grey() -> bytes:
    """The same of grey whose levels are amounts of light."""
    return icc_profile(b"GRAY", {b"kTRC": b"curv\0\0\0\0" + struct.pack(">I", 0)})


def fixed(*values: float) -> bytes:
    """Numbers of ICC's type s15Fixed16."""
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def icc_profile(space: bytes, own_tags: dict[bytes, bytes], text: bytes = b"Grey") -> bytes:
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(text) + 1) + text + b"\0" * 79,
        b"cprt": b"text\0\0\0\0none\0\0\0\0",
        b"wtpt": b"XYZ \0\0\0\0" + fixed(0.96420, 1.0, 0.82491),
        **own_tags,
    }
    table, body = b"", b""
    offset = 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        value += b"\0" * (-len(value) % 4)
        table += name + struct.pack(">II", offset + len(body), len(value))
        body += value
    size = offset + len(body)
    header = struct.pack(">I", size) + b"\0" * 4 + struct.pack(">I", 0x02400000) + b"mntr" + space + b"XYZ "
    header += b"\0" * 12 + b"acsp" + b"\0" * 28 + fixed(0.96420, 1.0, 0.82491) + b"\0" * 48
    return header + struct.pack(">I", len(tags)) + table + body


def test_the_profile_of_the_test_is_sound():
    profile = ImageCms.ImageCmsProfile(io.BytesIO(display_p3()))
    assert profile.profile.xcolor_space.strip() == "RGB"


def test_a_profile_is_not_taken_at_its_name():
    """As GIMP and Krita name them; IEC 61966-2-1: light of 55/255 is the level 128."""
    red = np.full((32, 32, 3), (200, 60, 60), np.uint8)
    data = encoded(red, "PNG", icc_profile=display_p3(b"sRGB TRC from Display P3"))
    assert np.abs(load_image(data) - p3_to_srgb((200, 60, 60)).astype(int)).max() <= 2
    linear = matrix_profile(SRGB, struct.pack(">I", 0), b"sRGB-elle-V2-g10.icc")
    grey = np.full((32, 32, 3), 55, np.uint8)
    assert np.abs(load_image(encoded(grey, "PNG", icc_profile=linear)).astype(int) - 128).max() <= 1


def test_pictures_in_srgb_are_not_converted():
    """Converting would round some of their colours, by one level."""
    colours = np.random.default_rng(5).integers(0, 256, (300, 300, 3), dtype=np.uint8)
    profile = matrix_profile(SRGB, srgb_curve(), b"sRGB IEC61966-2.1")
    converted = ImageCms.profileToProfile(
        Image.fromarray(colours),
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
    )
    assert largest_difference(np.asarray(converted), colours) == 1
    np.testing.assert_array_equal(load_image(encoded(colours, "PNG", icc_profile=profile)), colours)


def test_the_profile_of_a_grey_picture_counts_where_it_is_transparent_too():
    level = np.full((32, 32), 55, np.uint8)
    opacity = np.full((32, 32), 255, np.uint8)
    opacity[:16] = 0
    picture = Image.fromarray(np.dstack([level, opacity]), "LA")
    loaded = load_image(encoded(picture, "PNG", icc_profile=linear_grey()))
    # IEC 61966-2-1: light of 55/255 is the level 255 (1.055 (55/255)^(1/2.4) - 0.055) = 128.
    assert np.abs(loaded[16:].astype(int) - 128).max() <= 1
    assert (loaded[:16] == 255).all()


def test_unusable_profile_is_passed_over():
    picture = smooth_picture()
    for profile in (b"not a profile", display_p3()[:200]):
        np.testing.assert_array_equal(
            load_image(encoded(picture, "PNG", icc_profile=profile)), picture
        )
    grey = load_image(encoded(picture[..., 0], "PNG", icc_profile=display_p3()))
    np.testing.assert_array_equal(grey[..., 0], picture[..., 0])
