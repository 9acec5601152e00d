"""The app without a browser: what a person gives and what comes back."""

import io
import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from components import table, trouble
from components.archive import archive
from components.background_picker import Background
from components.brush import apply_events
from components.choice import Choice
from components.crop_picker import WHOLE, Crop
from components.markdown import as_written
from pipeline.encode import encode_png
from pipeline.image import ImageError, load_image
from pipeline.samples import COLLINS, HOPPER, SAMPLES
from tests.studio import (
    ROOT,
    SECONDS,
    app_test,
    errors,
    given,
    named,
    opened,
    pieces,
    plain,
    sample_bytes,
)

pytestmark = app_test


def test_entrance_offers_upload_camera_and_samples():
    app = opened()
    assert not app.exception
    assert app.title[0].value == "We Create :primary[Real Masks]"
    assert [button.label for button in app.button] == [sample.person for sample in SAMPLES]
    assert not app.get("camera_input")
    app.toggle(key="camera_on_0").set_value(True).run()
    assert app.get("camera_input")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.file.stem)
def test_sample_needs_one_click(sample):
    app = opened()
    app.button(key=f"sample_{sample.file.stem}").click().run()
    assert errors(app) == ""
    (piece,) = pieces(app)
    assert piece.found
    assert piece.result.shape == load_image(sample.file).shape[:2]
    assert any("Done in" in caption.value for caption in app.caption)
    labels = {button.label for button in app.get("download_button")}
    assert labels == {
        "Picture",
        "Cut-out",
        "Everything as ZIP",
        "Cut-out, premultiplied",
        "Alpha, 8 bits",
        "Alpha, 16 bits",
        "Trimap",
        "Mask",
    }


def test_bad_file_is_named_in_words_and_the_good_one_is_done():
    app = given(("my_holi*day.jpg", b"no picture at all"), ("anna.png", sample_bytes()))
    assert r"my\_holi\*day.jpg: This file is not a picture" in errors(app)
    assert [piece.result is not None for piece in pieces(app)] == [False, True]


def test_photo_and_trimap_pair_up_by_name():
    trimap = np.zeros(load_image(sample_bytes()).shape[:2], np.uint8)
    trimap[60:] = 128
    trimap[120:, 60:-60] = 255
    file = io.BytesIO()
    Image.fromarray(trimap).save(file, "PNG")
    app = given(
        ("Trimap1.png", file.getvalue()),
        ("Image1.png", sample_bytes()),
        ("Trimap2.png", file.getvalue()),
    )
    assert "Trimap2.png has no photo" in errors(app)
    (piece,) = pieces(app)
    np.testing.assert_array_equal(piece.result.unpack().trimap, trimap)


def test_a_trimap_alone_is_named_and_the_entrance_stays_open():
    app = given(("Trimap1.png", sample_bytes()))
    assert "Trimap1.png has no photo" in errors(app)
    assert app.title
    app.button(key=f"sample_{HOPPER.file.stem}").click().run()
    assert errors(app) == ""
    assert pieces(app)[0].result


def test_a_photo_is_done_without_an_unfit_trimap_which_is_refused_in_words():
    file = io.BytesIO()
    Image.new("L", (50, 50), 128).save(file, "PNG")
    app = given(("Image1.png", sample_bytes()), ("Trimap1.png", file.getvalue()))
    (refused,) = (warning.value for warning in app.warning)
    assert "is left out" in refused and "no white part" in refused
    assert errors(app) == "" and pieces(app)[0].found
    # Its edge is its own mask's from here on, and the sentence stays.
    app.slider(key="band").set_value(25).run()
    assert [warning.value for warning in app.warning] == [refused]
    assert pieces(app)[0].edge[0] == 25


def test_the_word_of_a_refused_trimap_stays_once_somebody_is_painted():
    file = encode_png(np.full((90, 80), 128, np.uint8))
    app = given(("Image1.png", encode_png(plain((90, 80, 3)))), ("Trimap1.png", file))
    assert len(app.warning) == 2
    piece = pieces(app)[0]
    stroke = {"label": "keep", "radius": 9, "points": [[40, 40]]}
    apply_events([piece], [{"photo": piece.key, "id": 1, **stroke}])
    app.run()
    assert ["is left out" in warning.value for warning in app.warning] == [True]


def test_a_trimap_is_not_passed_over_for_want_of_memory(monkeypatch):
    def short(source, shape):
        raise ImageError("Too little memory.") from MemoryError()

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.pairs.load_trimap", short)
        app = given(("Image1.png", sample_bytes()), ("Trimap1.png", sample_bytes()))
    assert "Too little memory" in errors(app) and not pieces(app)


def test_changing_the_background_leaves_the_matte_alone():
    app = given(("anna.png", sample_bytes()))
    before = pieces(app)[0].result
    for kind in ("Transparent", "Colour", "Blur", "Studio", "Picture", "Gradient"):
        app.button_group(key="background").set_value(kind).run()
        assert errors(app) == ""
        assert pieces(app)[0].result is before


def away_and_back(app: AppTest) -> AppTest:
    """After a look at another page."""
    app.switch_page("pages/about.py").run()
    return app.switch_page("pages/studio.py").run()


def test_a_picture_behind_the_person_survives_a_look_at_another_page():
    app = given(("anna.png", sample_bytes()))
    app.button_group(key="background").set_value("Picture").run()
    app.file_uploader(key="background_picture").set_value(("wall.png", sample_bytes(), "image/png"))
    app.run()
    app.slider(key="picture_size").set_value(200).run()
    kept = app.session_state["background_kept"]
    app = away_and_back(app)
    assert errors(app) == ""
    assert app.session_state["background_kept"] is kept
    assert app.slider(key="picture_size").value == 200
    assert any("wall.png stays behind" in caption.value for caption in app.caption)
    # The next photo has it behind, too, and opens with what most people want next.
    app.session_state["tool_left"] = "Correct"
    app.button(key="new").click().run()
    app.button(key=f"sample_{COLLINS.file.stem}").click().run()
    assert errors(app) == ""
    assert app.session_state["background_kept"] is kept
    assert app.session_state["tool_left"] == "Background"


def test_a_picture_that_is_none_leaves_the_one_behind_the_person():
    app = given(("anna.png", sample_bytes()))
    app.button_group(key="background").set_value("Picture").run()

    def put_behind(file) -> None:  # Streamlit's uploader takes one file back before the next
        app.file_uploader(key="background_picture").set_value(None).run()
        if file:
            app.file_uploader(key="background_picture").set_value(file).run()

    put_behind(("wall.png", sample_bytes(), "image/png"))
    kept = app.session_state["background_kept"]
    put_behind(("wall.txt", b"no picture", "image/png"))
    assert "not a picture we can read" in errors(app)
    assert app.session_state["background_kept"] is kept
    put_behind(None)  # the one that was refused
    assert errors(app) == "" and app.session_state["background_kept"] is kept
    put_behind(("other.png", sample_bytes(), "image/png"))
    assert app.session_state["background_kept"] is not kept
    put_behind(None)
    assert "background_kept" not in app.session_state


def test_a_picture_taken_away_does_not_come_back_with_the_next_photo():
    app = given(("anna.png", sample_bytes()))
    app.button_group(key="background").set_value("Picture").run()
    app.file_uploader(key="background_picture").set_value(("wall.png", sample_bytes(), "image/png"))
    app.run()
    app.file_uploader(key="background_picture").set_value(None).run()
    app.button(key="new").click().run()
    app.button(key=f"sample_{COLLINS.file.stem}").click().run()
    app.file_uploader(key="background_picture").set_value(("wall.txt", b"no picture", "image/png"))
    app.run()
    assert "not a picture we can read" in errors(app)
    assert "background_kept" not in app.session_state


def test_the_photo_looked_at_survives_a_look_at_another_page():
    app = given(("anna.png", sample_bytes()), ("bert.png", sample_bytes()))
    app.button_group(key="chosen_of_2").set_value(1).run()
    app = away_and_back(app)
    assert app.button_group(key="chosen_of_2").value == 1
    assert app.session_state["view"][0] == pieces(app)[1].key


def test_a_photo_that_there_is_too_little_memory_to_show_is_named(monkeypatch):
    app = given(("anna.png", sample_bytes()), ("bert.png", sample_bytes()))

    def out_of_memory(matte):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.stored.StoredMatte.unpack", out_of_memory)
        app.button_group(key="chosen_of_2").set_value(1).run()
    assert errors(app).startswith("bert.png: ") and "too little memory" in errors(app)
    app.run()
    assert errors(app) == "" and app.session_state["view"][0] == pieces(app)[1].key


def test_that_nobody_was_found_is_said_until_somebody_is_painted():
    app = given(("nobody.png", encode_png(plain((90, 80, 3)))))
    assert any("No person was found" in warning.value for warning in app.warning)
    piece = pieces(app)[0]
    stroke = {"label": "keep", "radius": 9, "points": [[40, 40]]}
    apply_events([piece], [{"photo": piece.key, "id": 1, **stroke}])
    app.run()
    assert errors(app) == "" and not app.warning
    data = archive(named(app), Choice(Background("transparent", None), Crop(WHOLE)))
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert json.loads(packed.read("nobody.settings.json"))["notes"] == []


@pytest.mark.parametrize(
    "name, markdown",
    [
        ("anna 2.jpg", "anna 2.jpg"),
        ("_Anna_.jpg", r"\_Anna\_.jpg"),
        ("1. *my* photo.png", r"1\. \*my\* photo.png"),
        ("- a.png", r"\- a.png"),
        ("Jo\u0308rg – “10€” 😀.jpg", "Jo\u0308rg – “10€” 😀.jpg"),
        (":red[<b>] $a$ `c`|~.png", r"\:red\[\<b\>\] \$a\$ \`c\`\|\~.png"),
    ],
)
def test_names_are_shown_letter_for_letter(name, markdown):
    assert as_written(name) == markdown


def test_widgets_carry_the_settings_as_their_own_values():
    """A slow browser sends a widget's own value if it has not put the widget up before a click."""
    asked = {"background": "Blur", "blur": 7, "band": 14, "hair": 1.4, "crop": "Square"}
    app = opened(**{name: str(value) for name, value in asked.items()})
    app.button(key=f"sample_{HOPPER.file.stem}").click().run()
    app.run()  # by now the settings are in the session
    assert not app.exception
    own = {slider.key: slider.proto.default[0] for slider in app.slider}
    own |= {
        group.key: group.options[group.proto.default[0]] for group in app.get("button_group")
    }
    assert {name: own[name] for name in asked} == asked


def test_the_second_click_of_a_double_one_dismisses_nothing_more(monkeypatch):
    problems, pressed = ["one", "another", "one"], {}

    def button(label, *, on_click, args, **_):
        pressed[args[0]] = on_click

    monkeypatch.setattr(trouble.st, "button", button)
    trouble.show_trouble([], problems)
    for _ in range(2):
        pressed["one"]("one")
    assert problems == ["another"]


def test_photos_of_one_name_have_their_numbers_from_the_beginning():
    files = [("b.png", b""), ("a/anna.png", b""), ("c/anna.png", b"")]
    pieces, _ = table.lay_out([(name.rpartition("/")[2], data) for name, data in files], (10, 0.6))
    assert [piece.choice for piece in pieces[:2]] == ["1: b.png", "2: anna.png"]
    pieces, _ = table.lay_out(files[:2], (10, 0.6))
    assert [piece.choice for piece in pieces] == ["b.png", "a\\/anna.png"]


def test_what_was_uploaded_is_not_taken_again_with_the_next_photo():
    app = given(("anna.png", sample_bytes()))
    app.button(key="new").click().run()
    assert [each.key for each in app.file_uploader] == ["uploaded_1"]
    assert app.toggle(key="camera_on_1").value is False


def test_several_results_are_not_cleared_without_a_question():
    app = given(("anna.png", sample_bytes()), ("bert.png", sample_bytes()))
    app.button(key="new").click().run()
    assert len(pieces(app)) == 2 and app.button(key="new_indeed")


def test_a_question_waits_for_its_answer_before_work_goes_on():
    app = given(("anna.png", sample_bytes()), ("bert.png", sample_bytes()))
    pieces(app)[1].wanted = (20, 0.6)
    app.button(key="new").click().run()
    assert pieces(app)[1].wanted and app.button(key="stay")
    app.button(key="stay").click().run()
    assert pieces(app)[1].edge == (20, 0.6)


def test_new_photo_forgets_the_old_one():
    app = given(("anna.png", sample_bytes()))
    app.button(key="new").click().run()
    assert app.title
    assert pieces(app) == []
    assert "view" not in app.session_state


def test_two_sessions_do_not_see_each_other():
    first, second = given(("anna.png", sample_bytes())), opened()
    assert len(pieces(first)) == 1
    assert pieces(second) == []


def test_crops_are_placed_by_the_face_in_a_photo_with_a_trimap_of_its_own():
    with Image.open(io.BytesIO(sample_bytes())) as photo:
        trimap = np.full(photo.size[::-1], 128, np.uint8)
    trimap[:9], trimap[-9:] = 0, 255
    app = given(("Image1.png", sample_bytes()), ("Trimap1.png", encode_png(trimap)))
    assert pieces(app)[0].face is not None
    app.button_group(key="crop").set_value("Passport 35 × 45 mm").run()
    assert not any("none was found" in warning.value for warning in app.warning)


def test_a_crop_chosen_before_is_said_beside_the_next_photo():
    app = opened(crop="Passport 35 × 45 mm")
    app.button(key=f"sample_{HOPPER.file.stem}").click().run()
    assert not app.exception

    def said() -> bool:
        return any("tab *Crop*: Passport" in caption.value for caption in app.caption)

    assert said()
    app.button_group(key="crop").set_value("Whole photo").run()
    assert not said()


def test_app_never_imports_tensorflow():
    """In a process of its own, after a whole photo: its import would cost seconds and 600 MB."""
    script = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        f"app = AppTest.from_file({str(ROOT / 'app.py')!r}, default_timeout={SECONDS}).run()\n"
        f"app.button(key='sample_{HOPPER.file.stem}').click().run()\n"
        "assert not app.exception and app.session_state['pieces'][0].result\n"
        "heavy = {'tensorflow', 'keras', 'mediapipe', 'matplotlib'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, run.stderr


def test_first_paint_needs_no_heavy_import():
    """What the entrance shows must not wait for OpenCV, SciPy or the networks."""
    script = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        "import components.loading\n"
        "components.loading.warm_up = lambda: None\n"
        "app = AppTest.from_file('app.py', default_timeout=180)\n"
        "app.run()\n"
        "assert not app.exception and app.title[0].value.startswith('We Create')\n"
        "heavy = {'cv2', 'scipy', 'ai_edge_litert'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, run.stderr


def test_what_went_wrong_can_be_dismissed_one_by_one():
    app = given(
        ("anna.png", sample_bytes()),
        ("torn.png", b"not a picture"),
        ("Trimap 7.png", sample_bytes()),
    )
    assert "torn.png: This file" in errors(app) and "Trimap 7" in errors(app)
    app.run()  # without the elements of runs that were cut short
    of_trimap, of_photo = (button for button in app.button if button.label == "Dismiss")
    of_photo.click().run()
    assert "torn.png: This file" not in errors(app) and "Trimap 7" in errors(app)
    of_trimap.click().run()
    assert errors(app) == ""
    (left,) = pieces(app)
    assert left.name == "anna.png" and left.result


def test_a_photo_with_transparent_parts_is_said_to_be_laid_on_white():
    with Image.open(io.BytesIO(sample_bytes())) as photo:
        photo.putalpha(255)
        photo.paste((0, 0, 0, 0), (0, 0, 20, 20))
        file = io.BytesIO()
        photo.save(file, "PNG")
    app = given(("anna.png", file.getvalue()), ("bert.png", sample_bytes()))
    said = ["were taken as white" in " ".join(piece.advice) for piece in pieces(app)]
    assert said == [True, False]
