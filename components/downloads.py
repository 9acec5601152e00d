"""Files to take away, at the photo's own size, made when they are asked for."""

import streamlit as st

from components.address import setting
from components.archive import zip_buttons
from components.choice import Choice
from components.crop_picker import paper_picker
from components.file_button import file_button
from components.places import a_place
from components.table import Piece
from components.taken import file_stems, taken
from components.view import shown

FORMATS = ("PNG", "JPEG", "WebP")

# What specialists ask for, by its name in pipeline/scene_files.py.
SINGLE = {
    "cutout-premultiplied": "Cut-out, premultiplied",
    "alpha": "Alpha, 8 bits",
    "alpha-16-bit": "Alpha, 16 bits",
    "trimap": "Trimap",
    "mask": "Mask",
}


def download_buttons(piece: Piece, done: list[Piece], choice: Choice) -> None:
    """Draws the buttons for one piece, and one for all pictures of all that are done."""
    from pipeline.framing import scaled
    from pipeline.image import is_deep
    from pipeline.scene import largest_scale
    from pipeline.scene_files import format_that_holds

    frame = choice.look(piece, shown(piece).alpha).frame
    frame = scaled(frame, largest_scale(frame, max(piece.result.shape)))
    named = dict(zip(file_stems(done), done, strict=True))
    stem = next(name for name, each in named.items() if each is piece)
    with st.container(key="downloads"):
        st.markdown(f"Download ({frame.width:.0f} × {frame.height:.0f} pixels)")
        picture_format = st.segmented_control(
            "Format",
            FORMATS,
            required=True,
            label_visibility="collapsed",
            default=setting("format", "PNG", FORMATS),
            key="format",
        )
        fitting = format_that_holds(picture_format, (frame.height, frame.width))
        first, second = st.columns(2)
        with first:
            _button(piece, stem, choice, "composite", "Picture", fitting, primary=True)
        with second:
            _button(piece, stem, choice, "cutout", "Cut-out")
        if is_deep(piece.photo):
            st.caption(
                "This photo has more than 8 bits a channel. Colours are given back with 8, alpha, "
                "among the single files, with 16 if wanted."
            )
        if fitting != picture_format:
            st.caption(f"{picture_format} cannot hold sides this long: the picture is {fitting}.")
        if fitting == "WebP":
            st.caption("WebP is smaller, and changes colours a little; PNG keeps every level.")
        if fitting == "JPEG" and choice.background.make is None:
            st.caption("JPEG knows no transparency: the picture shows the person on white.")
        whole = [each.choice for each in done if choice.crop.of(each) != choice.crop.name]
        if len(done) > 1 and whole:
            st.caption(f"Without a face to crop by, and so whole: {', '.join(whole)}.")
        zip_buttons(named, choice, picture_format)
        if choice.crop.document and piece.face:
            paper = paper_picker()
            file_button(
                "Sheet to print",
                lambda: sheet(piece, choice, paper),
                f"{stem}.sheet.jpg",
                "image/jpeg",
                "download_sheet",
                icon="print",
            )
        with st.expander("Single files", key="single_files"):
            st.caption(
                "Alpha and cut-outs are cropped like the picture; trimap and mask show the whole "
                "photo. Premultiplied is for programs that ask for it."
            )
            for name, label in SINGLE.items():
                _button(piece, stem, choice, name, label)


def _button(
    piece: Piece,
    stem: str,
    choice: Choice,
    name: str,
    label: str,
    picture_format: str = "PNG",
    *,
    primary: bool = False,
) -> None:
    from pipeline.scene_files import ENDINGS

    file_button(
        label,
        lambda: one_file(piece, choice, name, picture_format),
        f"{stem}.{name}.{ENDINGS[picture_format]}",
        f"image/{picture_format.lower()}",
        f"download_{name}",
        primary=primary,
    )


def one_file(piece: Piece, choice: Choice, name: str, picture_format: str) -> bytes:
    """Returns one of the files of `pipeline.scene_files`."""
    from pipeline.scene_files import MAKERS

    with a_place():
        return MAKERS[name](taken(piece, choice, picture_format))


def sheet(piece: Piece, choice: Choice, paper: tuple[float, float]) -> bytes:
    """Returns a sheet of pictures for a document as JPEG."""
    from pipeline.scene_files import sheet_file

    with a_place():
        return sheet_file(taken(piece, choice, "JPEG").scene, choice.crop.document, paper)
