"""Files to take away, at the photo's own size, made when they are asked for."""

import io
import zipfile

import streamlit as st

from components.background_picker import Background
from components.table import Piece

LABELS = {"cutout": "Cut-out", "composite": "Composite", "alpha": "Alpha", "trimap": "Trimap"}


def download_buttons(piece: Piece, done: list[Piece], background: Background) -> None:
    """Draws the buttons for one piece, and one for all pictures of all that are done."""
    height, width = piece.result.shape
    st.markdown(f"Download at {width} × {height}")
    with st.container(key="downloads"):
        for column, (output, label) in zip(2 * st.columns(2), LABELS.items(), strict=True):
            column.download_button(
                label,
                data=lambda output=output: one_file(piece, output, background),
                file_name=f"{piece.stem}.{output}.png",
                mime="image/png",
                on_click="ignore",
                icon=":material/download:",
                width="stretch",
                key=f"download_{output}",
            )
        st.download_button(
            "Everything as ZIP" if len(done) == 1 else f"All {len(done)} photos as ZIP",
            data=lambda: archive(done, background),
            file_name=f"{piece.stem if len(done) == 1 else 'deepmasque'}.zip",
            mime="application/zip",
            on_click="ignore",
            icon=":material/folder_zip:",
            width="stretch",
            type="primary",
            key="download_zip",
        )


def one_file(piece: Piece, output: str, background: Background) -> bytes:
    """Returns one of the outputs as PNG."""
    from pipeline.outputs import files

    matte = piece.result.unpack()
    return next(iter(files(piece.stem, [output], matte.image, matte, background.make).values()))


def archive(pieces: list[Piece], background: Background) -> bytes:
    """Returns all outputs of all pieces as ZIP; PNG files are packed already, so it only holds."""
    from pipeline.outputs import OUTPUTS, files

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as zip_file:
        for piece in pieces:
            twins = [other for other in pieces if other.stem == piece.stem]
            name = piece.stem if len(twins) == 1 else f"{piece.number}-{piece.stem}"
            matte = piece.result.unpack()
            for file, data in files(name, OUTPUTS, matte.image, matte, background.make).items():
                zip_file.writestr(file, data)
    return packed.getvalue()
