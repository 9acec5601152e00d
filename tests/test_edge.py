"""The edge of a matte done anew, each photo with its own."""

from dataclasses import replace

import numpy as np
import streamlit as st

from components import table
from components.table import USUAL_EDGE
from pipeline.encode import encode_png
from pipeline.samples import COLLINS
from pipeline.trimap import make_trimap
from tests.studio import app_test, errors, given, pieces, sample_bytes

pytestmark = app_test


def test_a_photo_that_cannot_be_done_anew_keeps_its_result(monkeypatch):
    app = given(("anna.png", sample_bytes()))
    before = pieces(app)[0].result

    def out_of_memory(*given, **options):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.matte", out_of_memory)
        app.slider(key="band").set_value(25).run()
    assert "too little memory" in errors(app)
    assert pieces(app)[0].result is before
    assert app.slider(key="band").value == 10
    app.run()  # AppTest still has the button "The usual edge" of the run that failed, and tells of it
    app.slider(key="band").set_value(25).run()
    assert errors(app) == ""
    assert pieces(app)[0].edge[0] == 25


def test_what_was_cancelled_in_its_last_moment_does_not_come():
    """The run that works on it sees only later that a click has ended it."""
    piece = pieces(given(("anna.png", sample_bytes())))[0]
    before = piece.result
    piece.wanted = 25, 0.6

    def cancel(stage: str, share: float) -> None:
        if stage == "foreground":
            piece.wanted = None

    table.finish(piece, cancel, lambda image: None)
    assert piece.result is before and piece.edge == USUAL_EDGE
    piece.wanted = 25, 0.6
    table.finish(piece, lambda stage, share: None, lambda image: None)
    assert piece.result is not before and piece.edge == (25, 0.6)


def test_what_was_cancelled_and_then_fails_is_not_told():
    piece = pieces(given(("anna.png", sample_bytes())))[0]
    piece.wanted = 25, 0.6

    def give_up(stage: str, share: float) -> None:
        if stage == "foreground":
            piece.wanted = 14, 0.6
            raise MemoryError

    table.finish(piece, give_up, lambda image: None)
    assert piece.failure is None and piece.waits
    table.finish(piece, lambda stage, share: None, lambda image: None)
    assert piece.edge == (14, 0.6)


def test_what_was_said_of_the_photo_stays_true_of_another_edge():
    piece = pieces(given(("anna.png", sample_bytes())))[0]
    piece.notes = ["No face was found."]
    piece.wanted = 25, 0.6
    table.finish(piece, lambda stage, share: None, lambda image: None)
    assert piece.edge == (25, 0.6) and piece.notes == ["No face was found."]


def test_changing_the_band_solves_anew():
    app = given(("anna.png", sample_bytes()))
    narrow = pieces(app)[0].result.unpack().trimap
    app.slider(key="band").set_value(25).run()
    assert errors(app) == ""
    wide = pieces(app)[0].result.unpack().trimap
    assert (wide == 128).sum() > 1.3 * (narrow == 128).sum()


def test_changing_the_band_keeps_to_the_hair_that_was_seen():
    app = given(("anna.png", sample_bytes()))
    everywhere = np.ones((3, 2), np.float32)
    piece = pieces(app)[0]
    piece.untouched = replace(piece.untouched, hair=encode_png(everywhere))
    app.slider(key="band").set_value(5).run()
    found = pieces(app)[0].result.unpack()
    assert np.array_equal(found.trimap, make_trimap(found.mask, 5, everywhere))
    assert not np.array_equal(found.trimap, make_trimap(found.mask, 5))


def test_each_photo_keeps_its_own_edge():
    app = given(("anna.png", sample_bytes()), ("bert.png", sample_bytes()))
    app.slider(key="band").set_value(25).run()
    app.button_group(key="chosen_of_2").set_value(1).run()
    assert app.slider(key="band").value == 10
    app.slider(key="band").set_value(8).run()
    done = [piece.revision for piece in pieces(app)]
    app.button_group(key="chosen_of_2").set_value(0).run()
    assert errors(app) == ""
    assert app.slider(key="band").value == 25
    assert [piece.edge[0] for piece in pieces(app)] == [25, 8]
    assert [piece.revision for piece in pieces(app)] == done == [2, 2]


def test_a_photo_that_waits_does_not_get_the_edge_of_the_one_looked_at(monkeypatch):
    finish = table.finish

    def only_the_first(piece, *rest):
        if piece.number > 1:
            st.stop()
        finish(piece, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(table, "finish", only_the_first)
        app = given(("anna.png", sample_bytes()), ("bert.png", sample_bytes()))
    assert [bool(piece.result) for piece in pieces(app)] == [True, False]
    app.slider(key="band").set_value(25).run()
    assert errors(app) == ""
    assert [piece.edge[0] for piece in pieces(app)] == [25, 10]


def test_the_usual_edge_comes_back_by_a_button_and_with_a_new_photo():
    app = given(("anna.png", sample_bytes()))
    app.slider(key="band").set_value(25).run()
    app.button(key="usual_edge").click().run()
    assert pieces(app)[0].edge == USUAL_EDGE and app.slider(key="band").value == USUAL_EDGE[0]
    app.slider(key="band").set_value(25).run()
    app.button(key="new").click().run()
    app.button(key=f"sample_{COLLINS.file.stem}").click().run()
    assert errors(app) == ""
    assert pieces(app)[0].edge == USUAL_EDGE
    assert "band" not in app.query_params
