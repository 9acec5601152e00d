"""All files of all photos as ZIP: their names, what is in them, and what is said of them."""

import io
import json
import zipfile
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from components.archive import archive, parts
from components.background_picker import Background
from components.choice import Choice
from components.crop_picker import PORTRAIT, WHOLE, Crop
from components.table import Piece
from components.taken import file_stems
from pipeline.encode import encode_png
from tests.studio import app_test, given, named, pieces, plain, sample_bytes

pytestmark = app_test


def test_no_two_photos_share_a_name_in_the_archive():
    """Nor one with capitals that another has without, nor one whose accents are written in another
    way; signs that Windows forbids become lines.
    """
    files = ["a.jpg", "a.png", "1-a.jpg", "B.jpg", "b.png", "c<d>.jpg", "\u00e9.jpg", "e\u0301.png"]
    laid_out = [Piece(number, name, b"") for number, name in enumerate(files, 1)]
    names = ["1-a", "2-a", "3-1-a", "4-B", "5-b", "c_d_", "7-\u00e9", "8-e\u0301"]
    assert file_stems(laid_out) == names


def test_archive_holds_every_picture_at_the_photos_size():
    app = given(("a/anna.png", sample_bytes()), ("b/anna.png", sample_bytes()))
    data = archive(named(app), Choice(Background("transparent", None), Crop(WHOLE)))
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        names = packed.namelist()
        assert len(names) == len(set(names)) == 16
        for name in names:
            if name.endswith(".settings.json"):
                settings = json.loads(packed.read(name))
                assert settings["photo"].endswith("anna.png") and settings["band"] == 10
                continue
            with Image.open(packed.open(name)) as picture:
                assert picture.size[::-1] == pieces(app)[0].result.shape
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        cutout = next(name for name in packed.namelist() if name.endswith("cutout.png"))
        assert Image.open(packed.open(cutout)).mode == "RGBA"


def test_what_is_too_much_for_one_archive_comes_in_several():
    sizes = {"a": 30, "b": 30, "c": 1, "d": 70, "e": 5}
    photos = {
        name: Piece(1, name, b"", result=SimpleNamespace(shape=(1000, 1000 * size)))
        for name, size in sizes.items()
    }
    assert [list(part) for part in parts(photos)] == [["a", "b"], ["c"], ["d"], ["e"]]


def test_a_crop_for_a_document_names_what_is_wrong_in_the_archive_too():
    """And has its size in print: 35 mm are 1.378 inches."""
    with Image.open(io.BytesIO(sample_bytes())) as photo:
        twice = Image.new("RGB", (2 * photo.width, photo.height))
        for place in (0, photo.width):
            twice.paste(photo, (place, 0))
    app = given(("twins.png", encode_png(np.asarray(twice))))
    choice = Choice(Background("transparent", None), Crop("Passport 35 × 45 mm"))
    with zipfile.ZipFile(io.BytesIO(archive(named(app), choice))) as packed:
        notes = json.loads(packed.read("twins.settings.json"))["notes"]
        assert any("There are 2 faces" in note for note in notes)
        for name in ("composite", "cutout"):
            with Image.open(packed.open(f"twins.{name}.png")) as picture:
                across, down = picture.info["dpi"]
                assert across == down == pytest.approx(picture.width / 35 * 25.4, rel=1e-3)
        with Image.open(packed.open("twins.mask.png")) as picture:
            assert "dpi" not in picture.info


def test_files_have_the_density_that_the_photo_has():
    printed = io.BytesIO()
    with Image.open(io.BytesIO(sample_bytes())) as photo:
        photo.save(printed, "PNG", dpi=(300, 300))
    app = given(("printed.png", printed.getvalue()))
    data = archive(named(app), Choice(Background("transparent", None), Crop(WHOLE)), "JPEG")
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        for name in ("composite.jpg", "cutout.png", "alpha.png", "trimap.png", "mask.png"):
            with Image.open(packed.open(f"printed.{name}")) as picture:
                assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.01), name


def test_settings_say_what_was_made_of_a_photo_without_a_face():
    """Among others it is whole, and the page says so before the download."""
    app = given(("anna.png", sample_bytes()), ("nobody.png", encode_png(plain((90, 80, 3)))))
    assert [piece.face is None for piece in pieces(app)] == [False, True]
    app.button_group(key="crop").set_value("Head and shoulders").run()
    assert any("so whole: nobody.png" in caption.value for caption in app.caption)
    data = archive(named(app), Choice(Background("beach.jpg", None), Crop(PORTRAIT)))
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        anna, nobody = (
            json.loads(packed.read(f"{name}.settings.json")) for name in ("anna", "nobody")
        )
        assert (anna["crop"], nobody["crop"]) == ("Head and shoulders", "Whole photo")
        with Image.open(packed.open("nobody.composite.png")) as picture:
            assert picture.size == (80, 90)
