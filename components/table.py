"""What one person has laid on the table: photos given, and what has come of them.

Everything lives in the memory of that person's session and goes with it; nothing is written to
disk and nothing is shared but the networks' weights.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePath
from uuid import uuid4

from components.markdown import as_written
from components.places import a_place, draw_ticket

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

# What `pipeline.matte` does by itself: the band, and its reach beyond hair.
USUAL_EDGE = 10, 0.6

TRIMAP_REFUSED = "The trimap given with this photo is left out. {}"


@dataclass
class Piece:
    """One photo with its own trimap, if it has one, and its result or the reason for none.

    number: its place on the table, from 1. numbered: whether any two photos laid out with it have
    the same name.
    name: the photo's file name. photo, trimap: the files' bytes.
    edge: the band and the hair reach that its result has, or is to have, see `pipeline.matte`.
    wanted: those that it is to be done anew with, if it is.
    result: a `pipeline.stored.StoredMatte` once the photo is done.
    failure: a sentence for the person, if the photo could not be done, or not done anew.
    refused: the same, if a trimap of its own did not fit and is left out.
    notes, timings, found, face: as in `pipeline.matting.Matte`. faces: how many there are.
    revision: how many times it has been done; tells one result from the next.
    untouched: the result before any stroke of the brush. strokes: those painted so far, of
    `pipeline.brush.Stroke`. history: the results before the last ones of them. undone: the strokes
    taken back since one was painted, the last one last.
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
    refused: str | None = None
    notes: list[str] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)
    found: bool = True
    face: object = None
    faces: int = 0
    revision: int = 0
    untouched: object = None
    strokes: list = field(default_factory=list)
    history: list = field(default_factory=list)
    undone: list = field(default_factory=list)
    last_event: int = 0
    unpainted: str | None = None
    key: str = field(default_factory=lambda: uuid4().hex)
    ticket: int | None = None
    numbered: bool = False
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
    def title(self) -> str:
        """What it is called where one is to be chosen: a browser tells choices apart by what is
        written on them.
        """
        return self._numbered(self.name)

    @property
    def choice(self) -> str:
        """The same as Markdown shows it letter for letter."""
        return self._numbered(self.label)

    def _numbered(self, name):
        return f"{self.number}: {name}" if self.numbered else name

    @property
    def advice(self) -> list[str]:
        """What is to be said of the result; that nobody was found no longer, once one is painted."""
        notes = [] if self.strokes and not self.found else self.notes
        return [self.refused, *notes] if self.refused else notes

    @property
    def lost(self) -> bool:
        """Whether it could not be done at all."""
        return self.failure is not None and self.result is None

    @property
    def waits(self) -> bool:
        """Whether there is something to be done."""
        return self.failure is None and (self.wanted is not None or self.result is None)


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
    numbered = len({piece.name for piece in pieces}) < len(pieces)
    for piece in pieces:
        piece.numbered = numbered
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
    piece.ticket = piece.ticket or draw_ticket()
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
    from pipeline.image import SEE_THROUGH, ImageError, load_and_tell
    from pipeline.pairs import load_trimap
    from pipeline.stored import StoredMatte

    start = time.perf_counter()
    edge = begun_with[0] or piece.edge
    say("reading", 0.0)
    if piece.untouched is None:
        (image, see_through), mask, hair = load_and_tell(piece.photo), None, None
    else:  # another edge of the same mask
        before = piece.untouched.unpack()
        image, mask, hair = before.image, before.mask, piece.untouched.unpack_hair()
    look(image)
    trimap, refused = None, None
    if piece.trimap is not None:
        try:
            trimap = load_trimap(piece.trimap, image.shape[:2])
        except ImageError as error:
            if isinstance(error.__cause__, MemoryError):  # for a moment: it is none the worse
                raise
            refused = TRIMAP_REFUSED.format(error)
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
        if refused:
            piece.trimap, piece.refused = None, refused
        piece.timings = {"all": time.perf_counter() - start, **matted.timings}
        if mask is None:  # or nobody has looked for people again
            piece.notes = [*([SEE_THROUGH] if see_through else []), *matted.notes]
            piece.found = matted.found
        piece.face, piece.faces = face, faces
        piece.result, piece.untouched = result, untouched
        piece.edge, piece.wanted = edge, None
        piece.history.clear()
        piece.revision += 1
