"""Pictures as a person wants them: light, shadow, studio sets, files and print sheets."""

import io
import json

import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline import scene as scenes
from pipeline.composite import composite, plain, premultiplied
from pipeline.frame import Frame
from pipeline.id_formats import PASSPORT, UNITED_STATES
from pipeline.light import cast_shadow, match_light
from pipeline.print_sheet import print_sheet
from pipeline.scene import Look, arrange, arrange_largest
from pipeline.scene_files import MAKERS, Taken, format_that_holds, scene_files, sheet_file
from pipeline.stored import UnpackedMatte
from pipeline.studio_sets import SETS

SHAPE = (60, 80)


@pytest.fixture
def matte():
    random = np.random.default_rng(3)
    alpha = np.zeros(SHAPE, np.float32)
    alpha[15:, 25:55] = 1
    alpha[15:, 24] = alpha[15:, 55] = 0.5
    return UnpackedMatte(
        image=random.integers(0, 256, (*SHAPE, 3), dtype=np.uint8),
        mask=alpha,
        trimap=np.where(alpha == 0.5, 128, alpha * 255).astype(np.uint8),
        alpha=alpha,
        foreground=random.integers(0, 256, (*SHAPE, 3), dtype=np.uint8),
    )


def of(colour, look_frame=Frame(0, 0, 80, 60), **options):
    return Look(look_frame, lambda image, alpha: plain(alpha.shape, colour), **options)


def lab(pixels):
    return cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB).reshape(-1, 3)


def test_scene_of_the_whole_photo_is_its_composite(matte):
    scene = arrange(matte, of((10, 200, 30)))
    expected = composite(matte.foreground, matte.alpha, plain(SHAPE, (10, 200, 30)))
    np.testing.assert_array_equal(scene.picture(), expected)


def test_crop_shows_part_of_the_same_picture(matte):
    whole = arrange(matte, of((10, 200, 30))).picture()
    part = arrange(matte, of((10, 200, 30), Frame(20, 5, 40, 50))).picture()
    np.testing.assert_array_equal(part, whole[5:55, 20:60])


def test_room_around_a_crop_makes_no_picture_larger_than_a_photo_may_be(matte, monkeypatch):
    look = of((10, 200, 30), Frame(-40, -30, 160, 120))
    assert arrange_largest(matte, look).alpha.shape == (120, 160)
    monkeypatch.setattr(scenes, "MAXIMUM_PIXELS", 60 * 80)
    scene = arrange_largest(matte, look)
    assert scene.alpha.shape == (60, 80)
    assert scene.alpha.sum() == pytest.approx(matte.alpha.sum() / 4, rel=0.05)


def test_a_format_that_cannot_hold_the_picture_gives_way_to_png():
    assert format_that_holds("WebP", (100, 16383)) == "WebP"
    assert format_that_holds("WebP", (100, 16384)) == "PNG"
    assert format_that_holds("PNG", (100, 100_000)) == "PNG"


def test_beyond_the_photo_there_is_only_background(matte):
    picture = arrange(matte, of((10, 200, 30), Frame(-10, -20, 100, 80))).picture()
    assert (picture[:20] == (10, 200, 30)).all()
    assert (picture[:, :10] == (10, 200, 30)).all()


def test_without_a_background_the_picture_is_the_cutout(matte):
    scene = arrange(matte, Look(Frame(0, 0, 80, 60)))
    np.testing.assert_array_equal(scene.picture(), scene.cutout())
    assert scene.picture().shape == (60, 80, 4)


def test_light_is_off_by_default_and_its_direction_is_the_backgrounds(matte):
    background = plain(SHAPE, (30, 60, 160))
    same = match_light(matte.foreground, matte.alpha, background, 0)
    np.testing.assert_array_equal(same, matte.foreground)
    person = np.full((*SHAPE, 3), (170, 130, 110), np.uint8)
    before, place = lab(person).mean(0), lab(background).mean(0)
    distances = [
        np.linalg.norm(lab(match_light(person, matte.alpha, background, strength)).mean(0) - place)
        for strength in (0, 0.5, 1)
    ]
    assert distances[0] > distances[1] > distances[2]
    moved = np.abs(lab(match_light(person, matte.alpha, background, 1)).mean(0) - before)
    assert (moved <= (14.6, 10.6, 10.6)).all()  # subtle, with half a level of rounding


def test_light_of_ones_own_colour_changes_nothing(matte):
    person = np.full((*SHAPE, 3), (170, 130, 110), np.uint8)
    matched = match_light(person, matte.alpha, person, 1)
    assert np.abs(matched.astype(int) - person).max() <= 1


def test_shadow_only_darkens_and_lies_beside_the_person(matte):
    background = plain(SHAPE, (200, 200, 200))
    shaded = cast_shadow(background, matte.alpha, 1)
    assert (shaded <= background).all()
    beside = shaded[40, 57:60].mean()
    assert beside < 0.9 * 200
    assert shaded[2, 2:10].min() >= 198
    assert shaded[40, 57:60].mean() < shaded[40, 20:23].mean()  # the light comes from the left
    half = cast_shadow(background, matte.alpha, 0.5)
    assert beside < half[40, 57:60].mean() < 200
    assert cast_shadow(background, matte.alpha, 0) is background


def test_a_shadow_fainter_than_half_a_level_is_none(matte):
    background = np.full((*matte.alpha.shape, 3), 200, np.uint8)
    np.testing.assert_array_equal(cast_shadow(background, matte.alpha, 0.002), background)


def test_feet_darken_the_floor_and_a_bust_does_not():
    standing = np.zeros(SHAPE, np.float32)
    standing[5:40, 35:45] = 1
    bust = np.zeros(SHAPE, np.float32)
    bust[25:, 35:45] = 1
    background = plain(SHAPE, (200, 200, 200))
    assert cast_shadow(background, standing, 1)[40, 36:44].mean() < 0.7 * 200
    assert (cast_shadow(background, standing, 1)[40, 34] < 195).all()
    assert cast_shadow(background, bust, 1)[59, 25].min() >= 195


@pytest.mark.parametrize("name", SETS)
def test_studio_sets_fill_any_shape_and_are_the_same_every_time(name):
    for shape in ((90, 60), (60, 90), (16, 300), (300, 16)):
        picture = SETS[name](shape)
        assert picture.shape == (*shape, 3) and picture.dtype == np.uint8
        assert 4 < picture.mean() < 250
    np.testing.assert_array_equal(SETS[name]((90, 60)), SETS[name]((90, 60)))


@pytest.mark.parametrize("name", SETS)
def test_studio_sets_look_alike_at_every_size(name):
    small = SETS[name]((360, 300)).astype(float)
    large = cv2.resize(SETS[name]((1440, 1200)), (300, 360), interpolation=cv2.INTER_AREA)
    assert np.abs(small - large).mean() < 1.5


def test_premultiplied_colours_are_colours_times_opacity():
    straight = np.array([[[200, 100, 51, 128], [9, 9, 9, 0], [7, 8, 9, 255]]], np.uint8)
    np.testing.assert_array_equal(
        premultiplied(straight), [[[100, 50, 26, 128], [0, 0, 0, 0], [7, 8, 9, 255]]]
    )


def opened(data):
    return Image.open(io.BytesIO(data))


def test_every_file_opens_with_the_right_size_and_depth(matte):
    scene = arrange(matte, of((10, 200, 30), Frame(20, 5, 40, 50)))
    files = scene_files("anna", Taken(matte, scene, "WebP"), {"crop": "Square"})
    assert set(files) == {
        "anna.composite.webp",
        "anna.cutout.png",
        "anna.cutout-premultiplied.png",
        "anna.alpha.png",
        "anna.alpha-16-bit.png",
        "anna.trimap.png",
        "anna.mask.png",
        "anna.settings.json",
    }
    assert len(files) == len(MAKERS) + 1
    assert json.loads(files["anna.settings.json"]) == {"crop": "Square"}
    for name, data in files.items():
        if name.endswith("json"):
            continue
        whole = name in ("anna.trimap.png", "anna.mask.png")
        assert opened(data).size == ((80, 60) if whole else (40, 50))
    assert opened(files["anna.cutout.png"]).mode == "RGBA"
    sixteen = np.asarray(opened(files["anna.alpha-16-bit.png"])).astype(int)
    np.testing.assert_array_equal(sixteen, np.floor(scene.alpha * 65535 + 0.5))


@pytest.mark.parametrize("picture_format", ["JPEG", "WebP", "PNG"])
def test_picture_without_background_is_transparent_or_on_white_never_black(matte, picture_format):
    scene = arrange(matte, Look(Frame(0, 0, 80, 60)))
    picture = opened(MAKERS["composite"](Taken(matte, scene, picture_format)))
    corner = picture.getpixel((2, 2))
    if picture_format == "JPEG":
        assert min(corner) > 250
    else:
        assert picture.mode == "RGBA" and corner[3] == 0


def test_sheet_holds_as_many_pictures_as_fit_at_their_size():
    """Four across and two down on 10 x 15 cm: 4 * 35 mm, three gaps and two edges of 2 mm."""
    picture = np.zeros((90, 70, 3), np.uint8)
    sheet = print_sheet(picture, PASSPORT.size, (100, 150))
    assert sorted(sheet.shape[:2]) == [1181, 1772]
    count, _, stats, _ = cv2.connectedComponentsWithStats((sheet[..., 0] == 0).astype(np.uint8))
    copies = stats[1:count]
    assert len(copies) == 8
    assert {tuple(copy[2:4]) for copy in copies} == {(413, 531)}


def test_sheet_that_is_too_small_is_refused():
    with pytest.raises(ValueError, match="do not fit"):
        print_sheet(np.zeros((9, 9, 3), np.uint8), (50, 70), (30, 40))


def test_sheet_file_says_its_size_in_print(matte):
    scene = arrange(matte, Look(Frame(20, 10, 30, 30)))
    picture = opened(sheet_file(scene, UNITED_STATES, (101.6, 152.4)))
    assert picture.size in ((1200, 1800), (1800, 1200))
    assert picture.info["dpi"] == (300, 300)
    assert picture.getpixel((2, 2)) == (255, 255, 255)
