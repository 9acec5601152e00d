"""What one person has laid on the table: photos given, and what has come of them.

Everything lives in the memory of that person's session and goes with it; nothing is written to
disk and nothing is shared but the networks' weights.
"""

import ctypes
import gc
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePath
from uuid import uuid4

import streamlit as st

from components.places import Places, processors

# What is said of each stage of `finish`.
STAGES = {
    "waiting": "Waiting for a free place; another photo is being worked on",
    "reading": "Reading the photo",
    "face": "Looking for the face",
    "mask": "Drawing the mask",
    "trimap": "Marking what is still unknown",
    "matting": "Solving for every strand of hair",
    "refinement": "Looking at the edge once more",
    "foreground": "Cleaning the colours",
}

# Everyone who waits is told so this often, and may leave then; more often is work for nothing.
SECONDS_BETWEEN_LOOKS = 1.0

# Parameters of glibc's mallopt(3).
M_MMAP_THRESHOLD = -3
M_ARENA_MAX = -8
LARGE_BYTES = 2**20


_loading = threading.Lock()

# What `pipeline.matte` does by itself: the band, and its reach beyond hair.
USUAL_EDGE = 10, 0.6


@dataclass
class Piece:
    """One photo with its own trimap, if it has one, and its result or the reason for none.

    number: its place on the table, from 1.
    name: the photo's file name. photo, trimap: the files' bytes.
    edge: the band and the hair reach that its result has, or is to have, see `pipeline.matte`.
    wanted: those that it is to be done anew with, if it is.
    result: a `pipeline.stored.StoredMatte` once the photo is done.
    failure: a sentence for the person, if the photo could not be done, or not done anew.
    notes, timings, found, face: as in `pipeline.matting.Matte`. faces: how many there are.
    revision: how many times it has been done; tells one result from the next.
    untouched: the result before any stroke of the brush. strokes: those painted so far, of
    `pipeline.brush.Stroke`. history: the results before the last ones of them.
    last_event: the number of the last thing the brush did. unpainted: a sentence for the person, if
    the last stroke could not be painted.
    key: tells it from every other piece there ever is.
    ticket: its turn, while it waits for a place.
    lock: held by who changes its result. A run of the page that a click has ended works on until
    it looks into its session, beside the run that came after it.
    """

    number: int
    name: str
    photo: bytes
    trimap: bytes | None = None
    edge: tuple[int, float] = USUAL_EDGE
    wanted: tuple[int, float] | None = None
    result: object = None
    failure: str | None = None
    notes: list[str] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)
    found: bool = True
    face: object = None
    faces: int = 0
    revision: int = 0
    untouched: object = None
    strokes: list = field(default_factory=list)
    history: list = field(default_factory=list)
    last_event: int = 0
    unpainted: str | None = None
    key: str = field(default_factory=lambda: uuid4().hex)
    ticket: int | None = None
    lock: object = field(default_factory=threading.Lock, repr=False, compare=False)

    @property
    def stem(self) -> str:
        """The name that results are called by."""
        return PurePath(self.name).stem

    @property
    def label(self) -> str:
        """The name as Markdown shows it letter for letter."""
        return as_written(self.name)

    @property
    def advice(self) -> list[str]:
        """What is to be said of the result; that nobody was found no longer, once one is painted."""
        return [] if self.strokes and not self.found else self.notes

    @property
    def lost(self) -> bool:
        """Whether it could not be done at all."""
        return self.failure is not None and self.result is None

    @property
    def waits(self) -> bool:
        """Whether there is something to be done."""
        return self.failure is None and (self.wanted is not None or self.result is None)


def as_written(name: str) -> str:
    """A file's name, or a sentence with one, as Markdown that shows it letter for letter."""
    name = re.sub(r"([!-+/:-@\[-`{-~])", r"\\\1", name)  # ASCII's signs but for , - and .
    return re.sub(r"^(\d*)([.-])", r"\1\\\2", name)  # or it begins a list


def labels(pieces: list[Piece]) -> list[str]:
    """What pieces are called where one is to be chosen; with their numbers if two are named alike,
    as a browser tells choices apart by what is written on them.
    """
    names = [piece.label for piece in pieces]
    if len(set(names)) == len(names):
        return names
    return [f"{piece.number}: {name}" for piece, name in zip(pieces, names, strict=True)]


def lay_out(
    files: list[tuple[str, bytes]], edge: tuple[int, float]
) -> tuple[list[Piece], list[str]]:
    """Pairs the files, given as (name, bytes), into pieces, each to be done with this edge.

    Returns the pieces, and a sentence for every trimap that belongs to no photo.
    """
    from pipeline.pairs import pair_by_name

    pairing = pair_by_name([name for name, _ in files])
    pieces = [
        Piece(number, *files[photo], None if trimap is None else files[trimap][1], edge)
        for number, (photo, trimap) in enumerate(pairing.pairs, 1)
    ]
    return pieces, [as_written(problem) for problem in pairing.problems]


def finish(
    piece: Piece, say: Callable[[str, float], None], look: Callable[[object], None]
) -> None:
    """Does one piece with the edge that it is to have: fills in its result or its failure.

    say: is told the stage ("waiting", "reading", or one of `matte`) and the share done.
    look: is shown the photo, (H, W, 3) uint8, as soon as it is read.
    """
    from pipeline.image import ImageError

    begun_with = None
    piece.ticket = piece.ticket or _places("photos").ticket()
    try:
        with a_place(say, ticket=piece.ticket):
            piece.ticket = None
            begun_with = _wish(piece)
            _finish(piece, begun_with, say, look)
    except ImageError as error:
        with piece.lock:
            if begun_with == _wish(piece):
                piece.failure = str(error)


def _wish(piece):
    """What is to be done, and of what; another one, and the work on it counts no longer: it was
    cancelled, or painted on meanwhile.
    """
    return piece.wanted, piece.revision


def _finish(piece, begun_with, say, look):
    from pipeline import matte
    from pipeline.brush import with_strokes
    from pipeline.face import find_faces
    from pipeline.image import load_image
    from pipeline.pairs import load_trimap
    from pipeline.stored import StoredMatte

    start = time.perf_counter()
    edge = begun_with[0] or piece.edge
    say("reading", 0.0)
    if piece.untouched is None:
        image, mask, hair = load_image(piece.photo), None, None
    else:  # another edge of the same mask
        before = piece.untouched.unpack()
        image, mask, hair = before.image, before.mask, piece.untouched.unpack_hair()
    look(image)
    trimap = None
    if piece.trimap is not None:
        trimap = load_trimap(piece.trimap, image.shape[:2])
    matted = matte(
        image,
        trimap=trimap,
        mask=mask,
        hair=hair,
        face=piece.face,
        band=edge[0],
        hair_reach=edge[1],
        progress=say,
    )
    face, faces = matted.face, len(matted.faces)
    if mask is not None:
        faces = piece.faces
    elif trimap is not None:  # the matte needs no face, but crops do
        found = find_faces(image)
        face, faces = next(iter(found), None), len(found)
    untouched = result = StoredMatte.of(piece.photo, image, matted, matted.hair)
    if piece.strokes:
        result, _ = with_strokes(untouched, piece.strokes)
    # Only now, so that a failure leaves what there was.
    with piece.lock:
        if begun_with != _wish(piece):
            return
        piece.failure = None
        piece.timings = {"all": time.perf_counter() - start, **matted.timings}
        piece.notes, piece.found = list(matted.notes), matted.found
        piece.face, piece.faces = face, faces
        piece.result, piece.untouched = result, untouched
        piece.edge, piece.wanted = edge, None
        piece.history.clear()
        piece.revision += 1


@st.cache_resource(show_spinner=False)
def _places(queue: str) -> Places:
    """As many photos at once as there are processors: more would only make everybody wait."""
    return Places(processors())


def _look_up(stage: str, share: float) -> None:
    """Says nothing, but lets Streamlit end the run."""
    st.session_state.get("pieces")


@contextmanager
def a_place(
    say: Callable[[str, float], None] = _look_up, queue: str = "photos", ticket: int | None = None
) -> Iterator[None]:
    """Waits for a free place; saying so again and again lets the person leave the queue, for
    Streamlit ends the run of a page that was closed where it draws or looks into its session.

    What takes moments has a `queue` of its own, and does not wait for the photos in progress. Who
    has left the queue before comes back to the same turn with its `ticket`. Work
    that fails there for want of memory or within OpenCV raises ImageError.
    """
    _load_package()
    from pipeline.image import failures_in_words

    place = _places(queue).place(lambda: say("waiting", 0.0), SECONDS_BETWEEN_LOOKS, ticket)
    with place, failures_in_words():
        yield


def _load_package() -> None:
    """Imports what a photo needs, for one thread at a time: whoever imports a package while another
    thread is at it can be given it half made, where its modules import each other.
    """
    with _loading:
        import pipeline.matting
        import pipeline.stored  # noqa: F401  (what comes after the matte)


@st.cache_resource(show_spinner=False)
def warm_up() -> threading.Thread:
    """Loads the package and what finds people, once per server, while the first visitor looks
    around. A dark square takes it that far; the rest is loaded within the first photo's own time.
    """
    _give_freed_memory_back()

    def load() -> None:
        _load_package()
        import numpy as np

        from pipeline import matte

        matte(np.zeros((64, 64, 3), np.uint8))
        leave_modules_out_of_collections()

    thread = threading.Thread(target=load, name="warm-up", daemon=True)
    thread.start()
    return thread


def leave_modules_out_of_collections() -> None:
    """Streamlit collects garbage after every run of a page, and nobody else runs meanwhile.

    Nearly all of what it looks through are the tens of thousands of objects of modules, which
    live as long as the server does; without them a collection takes no time to speak of. What
    belongs to those who are there is left out, too: to be called again when one of them has gone.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _give_freed_memory_back() -> None:
    """Makes glibc return the memory of large arrays as soon as they are freed.

    By itself it learns to keep blocks of up to 32 MB, in a heap for every thread, and Streamlit
    starts a thread for every rerun; benchmarks/app.py shows what the server holds after twenty
    photos. Elsewhere than on Linux nothing is done.
    """
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
        libc.mallopt(M_ARENA_MAX, 2)
