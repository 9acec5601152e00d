"""Choosing what part of the photo is shown."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from components.address import setting
from components.table import Piece
from components.view import shown
from pipeline.id_formats import CANADA, PASSPORT, UNITED_STATES, IdFormat

if TYPE_CHECKING:
    import numpy as np

    from pipeline.frame import Frame

WHOLE, PORTRAIT, SQUARE = "Whole photo", "Head and shoulders", "Square"
DOCUMENTS = {
    "Passport 35 × 45 mm": PASSPORT,
    "USA 2 × 2 in": UNITED_STATES,
    "Canada 50 × 70 mm": CANADA,
}

# Width and height in millimetres.
PAPERS = {"10 × 15 cm": (100, 150), "4 × 6 in": (101.6, 152.4), "A4": (210, 297)}


@dataclass(frozen=True)
class Crop:
    """What was chosen: the name of a crop, and the room around it as a share of its size."""

    name: str
    margin: float = 0.0

    @property
    def document(self) -> IdFormat | None:
        """What the picture is for, if it is for a document."""
        return DOCUMENTS.get(self.name)

    def of(self, piece: Piece) -> str:
        """The name of the crop that a photo gets: the whole of it without a face to place it by."""
        return self.name if self.name == SQUARE or piece.face else WHOLE

    def frame(self, piece: Piece, alpha: "np.ndarray") -> "Frame":
        """The crop of one photo, in its pixels.

        alpha: (h, w) its matte at any scale.
        """
        from pipeline import framing

        shape, face = piece.result.shape, piece.face
        name = self.of(piece)
        if name == SQUARE:
            frame = framing.square(shape, alpha, face)
        elif name == PORTRAIT:
            frame = framing.head_and_shoulders(shape, face)
        elif name in DOCUMENTS:
            return framing.scaled(framing.for_document(self.document, face), 1)
        else:
            frame = framing.whole(shape)
        keep_shape = name != WHOLE
        return framing.with_margin(frame, self.margin, alpha, shape, keep_shape=keep_shape)

    def problems(self, piece: Piece, alpha: "np.ndarray") -> list[str]:
        """Sentences about what this crop lacks in a photo. alpha: (h, w) its matte at any scale."""
        from pipeline import framing

        if self.of(piece) != self.name:
            return [
                "This crop is placed by the face, and none was found in this photo. It stays whole."
            ]
        if self.name in (WHOLE, SQUARE):
            return []
        several = (
            [f"There are {piece.faces} faces in this photo; the crop is placed by the largest."]
            if piece.faces > 1
            else []
        )
        if not self.document:
            return several
        frame = framing.for_document(self.document, piece.face)
        return [
            *several,
            *framing.document_problems(frame, alpha, piece.result.shape, piece.face),
            *framing.print_problems(frame, self.document),
        ]


def crop_picker(piece: Piece) -> Crop:
    """Draws the choice of crops and returns what is chosen."""
    crops = [WHOLE, PORTRAIT, SQUARE, *DOCUMENTS]
    name = st.pills(
        "Crop",
        crops,
        required=True,
        label_visibility="collapsed",
        default=setting("crop", WHOLE, crops),
        key="crop",
    )
    crop = Crop(name)
    if crop.document is None:
        margin = st.slider(
            "Margin around it",
            0,
            50,
            setting("margin", 0, range(0, 51, 5)),
            step=5,
            format="%d %%",
            help="Room for the background on every side, as a share of the crop's size. Where the "
            "photo's edge cuts the person off there is none. A square and a portrait keep their "
            "shape.",
            key="margin",
        )
        crop = Crop(name, margin / 100)
    else:
        st.caption(
            f"{crop.document.source}. Where the top of the head is, the crown, is estimated from "
            "the face; measure before you hand the picture in. Many offices want a plain light "
            "background and no retouching."
        )
    for problem in crop.problems(piece, shown(piece).alpha):
        st.warning(problem, icon=":material/info:")
    return crop


def note_crop(crop: Crop, piece: Piece) -> None:
    """Says which crop a photo has, where the choice of crops is not seen."""
    if crop.name == WHOLE:
        return
    if crop.of(piece) != crop.name:
        st.caption(
            f"Whole, as no face was found in it: *{crop.name}*, chosen on the tab *Crop*, is "
            "placed by the face."
        )
        return
    lacking = crop.problems(piece, shown(piece).alpha)
    more = " What it lacks in this photo is said there." if lacking else ""
    st.caption(f"Cropped, as chosen on the tab *Crop*: {crop.name}.{more}")


def paper_picker() -> tuple[float, float]:
    """Draws the choice of paper to print on and returns its width and height in millimetres."""
    paper = st.pills(
        "Paper",
        list(PAPERS),
        default=setting("paper", "10 × 15 cm", PAPERS),
        required=True,
        key="paper",
    )
    return PAPERS[paper]
