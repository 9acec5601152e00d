"""Photos on the 3D page without a browser."""

from contextlib import ExitStack

import cv2
import pytest
from streamlit.testing.v1 import AppTest

from components.places import a_place, processors
from components.sitting import MOST_PHOTOS, Sitting, fit_sitting
from components.table import Piece
from pipeline.encode import encode_png
from pipeline.image import load_image
from pipeline.samples import HOPPER
from pipeline.sampling import shrunk
from pipeline.surrey import CONTOURS, SHA256, SHAPE, VARIABLE
from tests.studio import app_test, errors, opened

pytestmark = app_test


def test_a_face_waits_while_all_places_are_taken():
    said = []
    with ExitStack() as taken:
        for _ in range(processors()):
            taken.enter_context(a_place(lambda *_: pytest.fail("there was a place")))

        def say(words):
            said.append(words)
            taken.close()

        sitting = Sitting(photos=[("wall.png", b"no picture")])
        fit_sitting(sitting, None, say)
    assert said[0].startswith("Waiting for a free place")
    assert sitting.failure.startswith("wall.png: This file is not a picture")


@pytest.mark.parametrize(
    "failure, said",
    [(MemoryError, "too little memory"), (cv2.error("empty"), "cannot be worked on")],
)
def test_what_cannot_be_fitted_is_said_of_its_photo(monkeypatch, failure, said):
    def fails(image):
        raise failure

    monkeypatch.setattr("pipeline.head.find_faces", fails)
    sitting = Sitting(photos=[("anna.jpg", HOPPER.file.read_bytes())])
    fit_sitting(sitting, None, lambda words: None)
    assert sitting.face is None
    assert sitting.failure.startswith("anna.jpg: ") and said in sitting.failure


def test_of_several_photos_those_that_can_be_fitted_are():
    photos = [("wall.png", b"no picture"), ("anna.jpg", HOPPER.file.read_bytes())]
    sitting = Sitting(photos=photos)
    fit_sitting(sitting, None, lambda words: None)
    assert sitting.failure is None and len(sitting.face.cameras) == 1
    assert sitting.name == "anna" and sitting.more == 0
    assert any(note.startswith("wall.png: This file is not a picture") for note in sitting.notes)


def test_where_no_photo_can_be_fitted_each_is_named_with_its_reason():
    sitting = Sitting(photos=[("wall.png", b"no picture"), ("nothing.png", b"")])
    fit_sitting(sitting, None, lambda words: None)
    assert "wall.png: This file is not a picture" in sitting.failure
    assert "nothing.png: This file is empty" in sitting.failure


def test_a_face_is_made_of_several_of_the_studios_photos(monkeypatch):
    fitted = []

    def fit(sitting, *_):
        fitted.extend(piece.number for piece in sitting.pieces)
        sitting.failure = "There is nothing to fit."

    monkeypatch.setattr("components.sitting.fit_sitting", fit)
    app = opened()
    app.session_state["pieces"] = [
        Piece(number, f"{number}.jpg", b"", result=object()) for number in (1, 2, 3)
    ]
    app.switch_page("pages/face3d.py").run()
    assert app.button(key="face3d_from_studio").disabled
    assert app.multiselect(key="face3d_of_studio").options == ["1.jpg", "2.jpg", "3.jpg"]
    first, _, third = (piece.key for piece in app.session_state["pieces"])
    app.multiselect(key="face3d_of_studio").set_value([third, first]).run()
    app.switch_page("pages/about.py").run()
    app.switch_page("pages/face3d.py").run()
    app.button(key="face3d_from_studio").click().run()
    assert errors(app) == "There is nothing to fit."
    assert fitted == [3, 1]


def test_of_other_photos_in_the_studio_none_is_chosen_yet():
    app = opened()
    for day in ("monday", "tuesday"):
        app.session_state["pieces"] = [
            Piece(number, f"{day} {number}.jpg", b"", result=object()) for number in (1, 2, 3)
        ]
        app.switch_page("pages/face3d.py").run()
        assert app.multiselect(key="face3d_of_studio").value == []
        first, *_, last = app.session_state["pieces"]
        app.multiselect(key="face3d_of_studio").set_value([last.key, first.key]).run()
        assert not app.button(key="face3d_from_studio").disabled
        app.switch_page("pages/about.py").run()


def test_the_sliders_of_a_face_survive_a_look_at_another_page():
    app = opened("face3d")
    app.button(key=f"face3d_{HOPPER.file.stem}").click().run()
    surprise = slider(app, "Surprise")
    fitted = surprise.value
    surprise.set_value(1.2).run()
    app.switch_page("pages/about.py").run()
    app.switch_page("pages/face3d.py").run()
    assert slider(app, "Surprise").value == 1.2
    app.button(key="face3d_reset").click().run()
    assert errors(app) == ""
    assert slider(app, "Surprise").value == fitted


def slider(app: AppTest, label: str):
    return next(each for each in app.slider if each.label == label)


def test_photos_beyond_those_that_fit_together_are_named():
    app = opened("face3d")
    anna = encode_png(shrunk(load_image(HOPPER.file), 320))
    files = [(f"{number}.png", anna, "image/png") for number in range(MOST_PHOTOS + 2)]
    app.file_uploader(key="face3d_uploaded_0").set_value(files).run()
    assert errors(app) == ""
    said = f"{MOST_PHOTOS + 2} photos are too many at once; the first {MOST_PHOTOS} are used."
    assert said in app.session_state["sitting"].notes
    assert said in " ".join(each.value for each in app.warning)
    # They are not cleared without a question, as one photo is.
    app.button(key="face3d_new").click().run()
    assert app.session_state["sitting"].face and app.button(key="new_indeed")
    del app.session_state["sitting"]
    app.run()
    # The next person's photos begin with none of these.
    assert app.file_uploader(key="face3d_uploaded_1").value == []


def test_a_face_waits_beside_the_one_of_the_other_model():
    mesh = Sitting(photos=[("anna.png", b"")])
    surrey = mesh.with_other_model()
    assert surrey.surrey and surrey.photos == mesh.photos
    assert surrey.with_other_model() is mesh
    assert mesh.with_other_model() is surrey


def asked_for_surrey(monkeypatch, folder=None) -> AppTest:
    """The 3D page with a photo that is no picture, after Surrey was chosen."""
    if folder is None:
        monkeypatch.delenv(VARIABLE, raising=False)
    else:
        monkeypatch.setenv(VARIABLE, str(folder))
    app = opened("face3d")
    app.file_uploader(key="face3d_uploaded_0").set_value([("wall.png", b"", "image/png")]).run()
    return app.button_group(key="face3d_model").set_value("surrey").run()


def test_surrey_folder_is_asked_for_with_source_and_licence(monkeypatch):
    app = asked_for_surrey(monkeypatch)
    assert errors(app) == ""
    (words,) = (info.value for info in app.info)
    for expected in ("github.com/patrikhuber/eos", "non-commercial", VARIABLE, *SHA256):
        assert expected in words


def test_missing_and_damaged_surrey_files_are_named_on_the_page(monkeypatch):
    app = asked_for_surrey(monkeypatch)
    uploader = app.file_uploader(key="surrey_files")
    uploader.set_value([(f"share/{CONTOURS}", b"{}", "application/json")])
    assert f"these files are missing: {SHAPE}" in errors(app.run())
    uploader = app.file_uploader(key="surrey_files")
    uploader.set_value([(f"share/{name}", b"short", "text/plain") for name in SHA256])
    assert f"{SHAPE} is damaged" in errors(app.run())


def test_a_server_whose_surrey_folder_is_damaged_says_so_and_asks(monkeypatch, tmp_path):
    for name in SHA256:
        (tmp_path / name).write_bytes(b"short")
    app = asked_for_surrey(monkeypatch, tmp_path)
    assert f"{SHAPE} is damaged" in errors(app)
    assert app.file_uploader(key="surrey_files")
