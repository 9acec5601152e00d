"""Files to take away, at the photo's own size, made when they are asked for."""

import io
import re
import zipfile
from collections import Counter

import streamlit as st

from components.address import setting
from components.crop_picker import paper_picker
from components.result_view import Choice
from components.table import Piece, a_place, labels
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
    from pipeline.scene import largest_scale
    from pipeline.scene_files import format_that_holds

    frame = choice.look(piece, shown(piece).alpha).frame
    frame = scaled(frame, largest_scale(frame, max(piece.result.shape)))
    stem = file_stems(done)[done.index(piece)]
    with st.container(key="downloads"):
        st.markdown(f"Download at {frame.width:.0f} × {frame.height:.0f}")
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
        if fitting != picture_format:
            st.caption(f"{picture_format} cannot hold sides this long: the picture is {fitting}.")
        if fitting == "JPEG" and choice.background.make is None:
            st.caption("JPEG knows no transparency: the picture shows the person on white.")
        whole = [
            label
            for each, label in zip(done, labels(done), strict=True)
            if choice.crop.of(each) != choice.crop.name
        ]
        if len(done) > 1 and whole:
            st.caption(f"Without a face to crop by, and so whole: {', '.join(whole)}.")
        st.download_button(
            "Everything as ZIP" if len(done) == 1 else f"All {len(done)} photos as ZIP",
            data=lambda: archive(done, choice, picture_format),
            file_name=f"{piece.stem if len(done) == 1 else 'deepmasque'}.zip",
            mime="application/zip",
            on_click="ignore",
            icon=":material/folder_zip:",
            width="stretch",
            key="download_zip",
        )
        if choice.crop.document and piece.face:
            paper = paper_picker()
            st.download_button(
                "Sheet to print",
                data=lambda: sheet(piece, choice, paper),
                file_name=f"{stem}.sheet.jpg",
                mime="image/jpeg",
                on_click="ignore",
                icon=":material/print:",
                width="stretch",
                key="download_sheet",
            )
        with st.expander("Single files"):
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

    st.download_button(
        label,
        data=lambda: one_file(piece, choice, name, picture_format),
        file_name=f"{stem}.{name}.{ENDINGS[picture_format]}",
        mime=f"image/{picture_format.lower()}",
        on_click="ignore",
        icon=":material/download:",
        width="stretch",
        type="primary" if primary else "secondary",
        key=f"download_{name}",
    )


def one_file(piece: Piece, choice: Choice, name: str, picture_format: str) -> bytes:
    """Returns one of the files of `pipeline.scene_files`."""
    from pipeline.scene_files import MAKERS

    with a_place():
        return MAKERS[name](_taken(piece, choice, picture_format))


def sheet(piece: Piece, choice: Choice, paper: tuple[float, float]) -> bytes:
    """Returns a sheet of pictures for a document as JPEG."""
    from pipeline.scene_files import sheet_file

    with a_place():
        return sheet_file(_taken(piece, choice, "JPEG").scene, choice.crop.document, paper)


def archive(pieces: list[Piece], choice: Choice, picture_format: str = "PNG") -> bytes:
    """Returns all files of all pieces as ZIP; pictures are packed already, so it only holds."""
    from pipeline.scene_files import scene_files

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as zip_file:
        for piece, name in zip(pieces, file_stems(pieces), strict=True):
            with a_place():
                taken = _taken(piece, choice, picture_format)
                files = scene_files(name, taken, settings(piece, choice, taken.picture_format))
            for file, data in files.items():
                zip_file.writestr(file, data)
    return packed.getvalue()


def file_stems(pieces: list[Piece]) -> list[str]:
    """What the files of each piece are called: like none of another, and so that every system can
    unpack them, for which capitals may be no difference.
    """
    stems = [re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", piece.stem) for piece in pieces]
    count = Counter(stem.casefold() for stem in stems)
    names = {}  # by what a system without capitals takes for one
    for piece, name in zip(pieces, stems, strict=True):
        if count[name.casefold()] > 1:
            name = f"{piece.number}-{name}"
        while name.casefold() in names:
            name = f"{piece.number}-{name}"
        names[name.casefold()] = name
    return list(names.values())


def settings(piece: Piece, choice: Choice, picture_format: str) -> dict:
    """How the pictures of a piece were made, as JSON can hold it."""
    height, width = piece.result.shape
    return {
        "photo": piece.name,
        "width": width,
        "height": height,
        "own trimap": piece.trimap is not None,
        "band": piece.edge[0] if piece.trimap is None else None,
        "hair reach": piece.edge[1] if piece.trimap is None else None,
        "strokes of the brush": len(piece.strokes),
        "background": choice.background.name,
        "crop": choice.crop.of(piece),
        "margin": choice.crop.margin,
        "light": choice.background.light,
        "shadow": choice.background.shadow,
        "format": picture_format,
        "seconds": {stage: round(taken, 3) for stage, taken in piece.timings.items()},
        "notes": piece.notes,
    }


def _taken(piece: Piece, choice: Choice, picture_format: str):
    from pipeline.scene import arrange_largest
    from pipeline.scene_files import Taken, format_that_holds

    matte = piece.result.unpack()
    scene = arrange_largest(matte, choice.look(piece, matte.alpha))
    return Taken(matte, scene, format_that_holds(picture_format, scene.alpha.shape))
