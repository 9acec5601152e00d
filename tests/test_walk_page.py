"""The step-by-step page without a browser."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from components.table import Piece
from pipeline.encode import encode_png
from pipeline.samples import HOPPER
from pipeline.walk import Settings
from tests.studio import app_test, opened
from tests.test_steps import small_photo

pytestmark = app_test


def walking(**address: str) -> AppTest:
    """The page at an address."""
    return opened("steps", **address)


def title(app: AppTest) -> str:
    assert not app.exception
    return app.title[0].value


def test_the_address_holds_the_step():
    app = walking(step="composite")
    assert title(app) == "Composite"
    assert app.button(key="walk_next").disabled
    app.button(key="walk_back").click().run()
    assert title(app) == "Foreground colours"
    assert app.query_params["step"] == ["foreground"]
    app.selectbox(key="walk_chosen").select("pose").run()
    assert title(app) == "Canonical pose"
    assert app.query_params["step"] == ["pose"]


@pytest.mark.parametrize("address", [{}, {"step": "nonsense", "photo": "x", "band": "-1"}])
def test_an_address_that_says_nothing_starts_at_the_beginning(address):
    app = walking(**address)
    assert title(app) == "One photo"
    assert app.button(key="walk_back").disabled


def test_sliders_choose_the_pixel_whose_neighbours_are_shown():
    app = walking(step="neighbours")
    app.slider(key="walk_x").set_value(0).run()
    assert not app.exception
    x, y = app.slider(key="walk_x").value, app.slider(key="walk_y").value
    assert any(f"Pixel {x}, {y} has" in html.proto.body for html in app.get("html"))


def test_the_address_holds_the_settings():
    app = walking(
        step="neighbours", near="3", space="rgb", terms="knn", top="204060", hair="1.2", band="x"
    )
    assert title(app) == "Nearest neighbours"
    assert app.slider(key="walk_near").value == 3
    assert app.radio(key="walk_space").value == "rgb"
    settings = app.session_state["walked"].walk.settings
    assert settings == Settings(
        hair_reach=1.2,
        features="rgb",
        near=3,
        quality="knn",
        background=((0x20, 0x40, 0x60), Settings().background[1]),
    )
    app.button(key="walk_usual").click().run()
    assert app.slider(key="walk_near").value == Settings().near
    assert "near" not in app.query_params


def test_the_photo_in_the_studio_is_walked_with_its_edge_there():
    app = opened()
    photo = encode_png(small_photo())
    app.session_state["pieces"] = [Piece(1, "anna.png", photo, edge=(4, 1.4), result=object())]
    app.switch_page("pages/steps.py")
    app.query_params["step"] = "trimap"
    app.run()
    assert title(app) == "Trimap"
    assert app.slider(key="walk_band").value == 4
    assert app.slider(key="walk_hair").value == 1.4
    # Without it, loading the page anew would show a sample and say nothing.
    assert app.query_params["photo"] == ["studio"]
    app.slider(key="walk_band").set_value(20).run()
    settings = app.session_state["walked"].walk.settings
    assert (settings.band, settings.hair_reach) == (20, 1.4)
    app.button(key="walk_usual").click().run()
    assert app.slider(key="walk_band").value == 4


def test_present_mode_is_in_the_address():
    app = walking(step="mask")
    app.button(key="walk_present").click().run()
    assert app.query_params["present"] == ["1"]
    app.button(key="walk_end").click().run()
    assert "present" not in app.query_params
    assert title(app) == "Mask"


def test_who_comes_back_from_another_page_goes_on_with_the_own_photo():
    app = walking(photo="own", step="mask")
    file = "anna.png", encode_png(small_photo()), "image/png"
    app.file_uploader(key="walk_upload_0").set_value([file]).run()
    seen = app.query_params
    app.switch_page("pages/about.py").run()
    app.query_params.clear()
    app.switch_page("pages/steps.py").run()
    assert not app.exception
    assert title(app) == "Mask"
    assert app.query_params == seen
    assert app.radio(key="walk_photo").value == "own"


def test_what_the_studio_alone_has_is_said_to_be_left_out():
    """A trimap of its own and strokes of the brush."""
    app = walking(step="mask")
    photo = encode_png(small_photo())
    piece = Piece(1, "anna.png", photo, b"a trimap", result=True, strokes=["a stroke"])
    app.session_state["pieces"] = [piece]
    app.query_params["photo"] = "studio"
    app.run()
    assert not app.exception
    said = " ".join(caption.value for caption in app.caption)
    assert "painted in the Studio is left out" in said and "trimap of its own" in said
    app.query_params["photo"] = HOPPER.file.stem
    app.run()
    assert not any("left out" in caption.value for caption in app.caption)


def test_an_address_with_the_studios_photo_says_that_there_is_none():
    app = walking(photo="studio", step="mask")
    assert any("shows no photo in this browser" in info.value for info in app.info)


def test_a_press_counts_from_the_step_before_it_though_its_address_is_older():
    app = walking(step="photo")
    app.button(key="walk_next").click().run()
    app.query_params["step"] = "photo"  # as a browser sends it that has not heard of the next
    app.button(key="walk_next").click().run()
    assert app.query_params["step"] == ["pose"]


def test_a_pixel_stays_when_the_neighbours_are_others():
    app = walking(step="neighbours")
    before = app.slider(key="walk_x").value, app.slider(key="walk_y").value
    app.slider(key="walk_near").set_value(12).run()
    assert not app.exception
    assert (app.slider(key="walk_x").value, app.slider(key="walk_y").value) == before


def test_a_photo_without_a_person_is_refused_in_words():
    app = walking(photo="own")
    assert "Upload a photo" in app.info[0].value
    file = "dark.png", encode_png(np.zeros((64, 64, 3), np.uint8)), "image/png"
    app.file_uploader(key="walk_upload_0").set_value([file]).run()
    assert not app.exception
    assert "No person was found" in app.error[0].value
    assert not app.get("progress")
    # Another one is asked for at once, and by the panel, too.
    assert app.file_uploader(key="walk_upload_1").value is None
    app.button(key="walk_another").click().run()
    assert not app.error and "Upload a photo" in app.info[0].value
    file = "anna.png", encode_png(small_photo()), "image/png"
    app.file_uploader(key="walk_upload_1").set_value([file]).run()
    assert not app.error and title(app) == "One photo"
