"""What the Studio does with the strokes that a browser sends."""

import threading
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.runtime.scriptrunner import StopException

import pipeline.brush
from components import brush
from components.brush import apply_events, stroke_of
from components.table import Piece
from pipeline.encode import encode_png
from pipeline.stored import StoredMatte
from pipeline.trimap import BACKGROUND, FOREGROUND, UNKNOWN

SHAPE = (60, 80)
PHOTO = "the first photo"  # as the browser calls it


@pytest.fixture
def piece():
    """Left half background, right half person, the middle unknown."""
    image = np.random.default_rng(2).integers(0, 90, (*SHAPE, 3), dtype=np.uint8)
    image[:, 40:] += 120
    trimap = np.full(SHAPE, UNKNOWN, np.uint8)
    trimap[:, :36], trimap[:, 44:] = BACKGROUND, FOREGROUND
    alpha = np.repeat(np.clip((np.arange(80, dtype=np.float32) - 36) / 8, 0, 1)[None], 60, 0)
    alpha[:, :36], alpha[:, 44:] = 0, 1
    finished = SimpleNamespace(mask=alpha, trimap=trimap, alpha=alpha, foreground=image)
    stored = StoredMatte.of(encode_png(image), image, finished)
    return Piece(1, "anna.png", stored.photo, result=stored, untouched=stored, key=PHOTO)


def event(number, label="keep", x=15, y=30, radius=6):
    return undo(number) | {"label": label, "radius": radius, "points": [[x, y]]}


def undo(number):
    return {"photo": PHOTO, "id": number, "label": "undo"}


def alpha(piece):
    return piece.result.unpack().alpha


def test_strokes_are_painted_once_however_often_they_are_sent(piece):
    apply_events([piece], [event(1)])
    apply_events([piece], [event(1), event(2, "remove", x=65)])
    assert len(piece.strokes) == 2
    assert piece.last_event == 2
    assert alpha(piece)[30, 15] == 1 and alpha(piece)[30, 65] == 0


def test_a_stroke_belongs_to_the_photo_that_it_was_painted_on(piece):
    """Who turns to another photo may paint once more before that one is there."""
    other = Piece(2, "bert.png", piece.photo, result=piece.result, untouched=piece.result)
    before = other.result
    apply_events([piece, other], [event(1)])
    apply_events([piece, other], [event(2), {**event(3), "photo": "a third"}])
    assert len(piece.strokes) == 2 and other.strokes == []
    assert other.result is before and other.last_event == 0


def test_undo_restores_exactly_what_was_before(piece):
    results = [piece.result]
    for number in (1, 2, 3):
        apply_events([piece], [event(number, x=10 + 8 * number)])
        results.append(piece.result)
    for number, before in zip((4, 5, 6), results[-2::-1], strict=True):
        apply_events([piece], [undo(number)])
        assert piece.result is before
    revision = piece.revision
    apply_events([piece], [undo(7)])
    assert piece.revision == revision and piece.strokes == []


def test_redo_paints_again_what_was_taken_back_until_something_new_is_painted(piece):
    apply_events([piece], [event(1), event(2, x=20)])
    both = alpha(piece)
    apply_events([piece], [undo(3), undo(4), undo(5) | {"label": "redo"}])
    assert len(piece.strokes) == 1 and len(piece.undone) == 1
    apply_events([piece], [undo(6) | {"label": "redo"}, undo(7) | {"label": "redo"}])
    np.testing.assert_array_equal(alpha(piece), both)
    apply_events([piece], [undo(8), event(9, x=25), undo(10) | {"label": "redo"}])
    assert len(piece.strokes) == 2 and piece.undone == []


def test_a_run_that_ends_as_it_shows_a_stroke_leaves_none_behind(piece, monkeypatch):
    """Streamlit ends a run where it looks into its session; by then the stroke is painted."""

    def end(*_):
        raise StopException

    apply_events([piece], [event(1), event(2, x=65), undo(3)])
    with monkeypatch.context() as patch:
        patch.setattr(brush, "show_next", end)
        with pytest.raises(StopException):
            apply_events([piece], [undo(4) | {"label": "redo"}])
    assert len(piece.strokes) == 2 and piece.undone == []
    apply_events([piece], [undo(5)])
    with monkeypatch.context() as patch:
        patch.setattr(brush, "show_next", end)
        with pytest.raises(StopException):
            apply_events([piece], [event(6, x=40)])
    assert len(piece.strokes) == 2 and piece.undone == []


def test_undo_beyond_what_is_kept_paints_the_rest_again(piece, monkeypatch):
    monkeypatch.setattr(brush, "MOST_HISTORY_BYTES", 0)
    for number, label in ((1, "keep"), (2, "unsure"), (3, "keep")):
        apply_events([piece], [event(number, label, x=12 + 6 * number)])
    assert len(piece.history) == 1
    apply_events([piece], [undo(4), undo(5)])
    assert len(piece.strokes) == 1
    assert alpha(piece)[30, 18] == 1


def test_what_is_kept_for_undo_is_kept_longest_of_the_photo_painted_last(piece, monkeypatch):
    other = replace(piece, key="other", strokes=[], history=[], lock=threading.Lock())
    for number in (1, 2):
        apply_events([other, piece], [{**event(number), "photo": "other"}])
    apply_events([other, piece], [event(1)])
    kept = [*other.history, *piece.history]
    monkeypatch.setattr(brush, "MOST_HISTORY_BYTES", sum(each.size() for each in kept))
    apply_events([other, piece], [event(2)])
    assert len(other.history) < 2 and len(piece.history) == 2


def test_a_stroke_that_cannot_be_painted_is_left_out_and_said(piece, monkeypatch):
    before = piece.result

    def out_of_memory(*given):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.brush.with_strokes", out_of_memory)
        apply_events([piece], [event(1)])
    assert piece.result is before and piece.strokes == [] and piece.history == []
    assert "too little memory" in piece.unpainted
    apply_events([piece], [event(1), event(2)])
    assert len(piece.strokes) == 1 and piece.last_event == 2 and piece.unpainted is None


def test_a_stroke_that_is_too_much_work_is_refused_in_words(piece):
    before = piece.result
    across = [[0, 0], [80, 60]] * 1000  # thin, but every part spans the photo
    for too_much in (
        {"points": [[1, 2]] * 20_001},
        {"radius": 80, "points": [[1, 2]] * 20_000},
        {"radius": 0.5, "points": across},
    ):
        apply_events([piece], [event(piece.last_event + 1) | too_much])
        assert "Paint it in parts" in piece.unpainted
    assert piece.result is before and piece.strokes == []


class WatchedLock:
    """A lock that tells when somebody comes to it while another has it."""

    def __init__(self):
        self.lock, self.waited_for = threading.Lock(), threading.Event()

    def __enter__(self):
        if self.lock.locked():
            self.waited_for.set()
        self.lock.acquire()

    def __exit__(self, *_):
        self.lock.release()


def test_a_run_that_was_ended_and_the_next_do_not_lose_each_others_strokes(piece, monkeypatch):
    """Streamlit starts the next run while the one before still solves."""
    piece.lock = WatchedLock()
    monkeypatch.setattr(brush, "a_place", nullcontext)  # there may be one alone
    solving, go_on = threading.Event(), threading.Event()
    of_the_brush = pipeline.brush.with_strokes

    def slowly(stored, strokes):
        solving.set()
        assert go_on.wait(60)
        return of_the_brush(stored, strokes)

    monkeypatch.setattr("pipeline.brush.with_strokes", slowly)
    first, second = event(1), event(2, "remove", x=65)
    runs = [
        threading.Thread(target=apply_events, args=([piece], sent))
        for sent in ([first], [first, second])
    ]
    runs[0].start()
    assert solving.wait(60)
    runs[1].start()
    assert piece.lock.waited_for.wait(60)
    go_on.set()
    for run in runs:
        run.join()
    assert len(piece.strokes) == 2
    assert alpha(piece)[30, 15] == 1 and alpha(piece)[30, 65] == 0


@pytest.mark.parametrize(
    "sent",
    [
        {"label": "keep", "radius": 5, "points": []},
        {"label": "keep", "radius": 5, "points": [[1, 2, 3]]},
        {"label": "keep", "radius": 5, "points": [[1, float("nan")]]},
        {"label": "keep", "radius": 5, "points": "1 2"},
        {"label": "keep", "radius": 0, "points": [[1, 2]]},
        {"label": "keep", "radius": 1e9, "points": [[1, 2]]},
        {"label": "keep", "radius": "5", "points": [[1, 2]]},
        {"label": "burn", "radius": 5, "points": [[1, 2]]},
        {"label": "keep"},
        {"label": ["keep"], "radius": 5, "points": [[1, 2]]},
        {"label": "keep", "radius": 5, "points": [[1, 10**400]]},
    ],
)
def test_what_is_no_stroke_is_passed_over(piece, sent):
    assert stroke_of(sent, SHAPE) is None
    before = piece.result
    others = [{"photo": PHOTO, "id": "2"}, {"photo": [], "id": 2}, "stroke"]
    apply_events([piece], [{"photo": PHOTO, "id": 1, **sent}, *others])
    apply_events([piece], 5)
    assert piece.result is before and piece.last_event == 1


def test_points_far_outside_are_brought_near():
    stroke = stroke_of({"label": "keep", "radius": 5, "points": [[1e9, -1e9]]}, SHAPE)
    assert np.abs(stroke.points).max() <= 2 * max(SHAPE)
