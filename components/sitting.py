"""One person's photos on the 3D page, and the face that was made of them.

Like everything people give, it lives in their session's memory and goes with it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from components.markdown import as_written
from components.places import a_place
from components.table import STAGES, Piece

if TYPE_CHECKING:
    import numpy as np

    from pipeline.face3d import FaceModel
    from pipeline.surrey import SurreyModel

MOST_PHOTOS = 6


@dataclass(eq=False)
class Sitting:
    """Photos of one person and their face.

    photos: (file name, bytes). pieces: the Studio's, where a photo comes from there.
    left_out: how many more were given than can be fitted together.
    surrey: whether the Surrey model is wanted.
    used: the names of those photos that could be used, once the face is made.
    image: (H, W, 3) uint8, the head in the first of these (see `pipeline.head`).
    face: the result. failure: a sentence for the person, if there is none.
    notes: sentences about the result.
    number: tells one result from the next. resets: how often its sliders were reset; sliders of
    another name start from what was fitted. chosen: what they were moved to, by label.
    moved: whether any of them is not where the fit left it.
    other: the same photos with the other model, if that was asked for before.
    """

    photos: list[tuple[str, bytes]]
    pieces: list[Piece] = field(default_factory=list)
    left_out: int = 0
    surrey: bool = False
    used: list[str] = field(default_factory=list)
    image: "np.ndarray | None" = None
    face: "FaceModel | None" = None
    failure: str | None = None
    notes: list[str] = field(default_factory=list)
    number: int = 0
    resets: int = 0
    chosen: dict[str, float] = field(default_factory=dict)
    moved: bool = False
    other: "Sitting | None" = None

    @property
    def name(self) -> str:
        """What its files are called by."""
        return self._names[0].rsplit(".", 1)[0]

    @property
    def precious(self) -> bool:
        """Whether it is more than a click's work: several photos, or sliders that were moved, with
        this model or the other.
        """
        moved = self.moved or (self.other is not None and self.other.moved)
        return moved or len(self.pieces) + len(self.photos) > 1

    @property
    def more(self) -> int:
        """How many other photos the face is made of."""
        return len(self._names) - 1

    @property
    def _names(self):
        given = [piece.name for piece in self.pieces] + [name for name, _ in self.photos]
        return self.used or given

    @property
    def label(self) -> str:
        """The name as Markdown shows it letter for letter."""
        return as_written(self.name)

    def with_other_model(self) -> "Sitting":
        """The same photos with the other model; what was made of them with either is kept."""
        if self.other is None:
            self.other = Sitting(
                self.photos,
                self.pieces,
                self.left_out,
                surrey=not self.surrey,
                used=self.used,
                other=self,
            )
        return self.other

    @property
    def waits(self) -> bool:
        """Whether there is neither a face nor a failure yet."""
        return self.face is None and self.failure is None


def fit_sitting(
    sitting: Sitting, model: "SurreyModel | None", say: Callable[[str], None]
) -> None:
    """Makes the face, or says in words why there is none. say: is told what is being done."""
    from pipeline.image import ImageError

    try:
        with a_place(lambda *_: say(STAGES["waiting"])):
            _fit(sitting, model, say)
    except ImageError as error:
        sitting.failure = str(error)


def _fit(sitting, model, say):
    from pipeline.face3d import fit_person
    from pipeline.head import head_of
    from pipeline.image import ImageError, load_image
    from pipeline.matting import matte

    prepared, used, notes, failures = [], [], [], []
    if sitting.left_out:
        given = len(sitting.photos) + sitting.left_out
        notes.append(f"{given} photos are too many at once; the first {MOST_PHOTOS} are used.")
    for piece in sitting.pieces:
        with _named(piece.name, failures) as name:
            say(f"Looking for the face in {name}")
            whole = piece.result.unpack()
            head = head_of(whole.image, whole.alpha)
            notes += [f"{name}: {remark}" for remark in head.remarks]
            prepared.append((head.image, head.face, head.alpha))
            used.append(piece.name)
    for file, photo in sitting.photos:
        with _named(file, failures) as name:
            say(f"Cutting the person out of {name}")
            head = head_of(load_image(photo))
            notes += [f"{name}: {remark}" for remark in head.remarks]
            prepared.append((head.image, head.face, matte(head.image).alpha))
            used.append(file)
    if not prepared:
        raise ImageError("\n\n".join(map(str, failures)))
    notes += map(str, failures)
    say("Fitting the face and taking its texture")
    # Before the work: Streamlit may end the run at the session, and then nothing is half done.
    st.session_state["sittings"] = sitting.number = st.session_state.get("sittings", 0) + 1
    face = fit_person(prepared, model)
    sitting.image, sitting.notes = prepared[0][0], [*notes, *face.notes]
    sitting.used, sitting.face = used, face


@contextmanager
def _named(file, failures: list) -> Iterator[str]:
    """Gives a photo's name as it is shown, and puts it before what is wrong with the photo, which
    goes to `failures`: the others may do.
    """
    from pipeline.image_error import ImageError, failures_in_words

    name = as_written(file)
    try:
        with failures_in_words():
            yield name
    except ImageError as error:
        failures.append(ImageError(f"{name}: {error}"))
