"""All files of all photos, as ZIP."""

import io
import zipfile
from math import prod
from typing import TYPE_CHECKING

from components.choice import Choice
from components.file_button import file_button
from components.places import a_place
from components.table import Piece
from components.taken import taken

if TYPE_CHECKING:
    from pipeline.scene_files import Taken

# A ZIP is made in memory, at 3 to 7 bytes for every pixel of its photos.
MOST_PIXELS = 60e6


def zip_buttons(named: dict[str, Piece], choice: Choice, picture_format: str) -> None:
    """One button for all photos, or several if their files are too much for one ZIP.

    named: the photos by what their files are called.
    """
    zips = parts(named)
    for number, part in enumerate(zips, 1):
        label, file, key = f"All {len(named)} photos as ZIP", "deepmasque", "download_zip"
        if len(named) == 1:
            label, file = "Everything as ZIP", *named
        elif len(zips) > 1:
            file, key = f"{file}-{number}", f"{key}_{number}"
            numbers = [piece.number for piece in part.values()]
            label = f"{_numbers(numbers[0], numbers[-1])} as ZIP"
        file_button(
            label,
            lambda part=part: archive(part, choice, picture_format),
            f"{file}.zip",
            "application/zip",
            key,
            icon="folder_zip",
        )


def _numbers(first, last):
    return f"Photo {first}" if first == last else f"Photos {first} to {last}"


def parts(named: dict[str, Piece]) -> list[dict[str, Piece]]:
    """The photos in their order, as many together as fit in one ZIP."""
    found, pixels = [], MOST_PIXELS
    for name, piece in named.items():
        pixels += prod(piece.result.shape)
        if pixels > MOST_PIXELS:
            found.append({})
            pixels = prod(piece.result.shape)
        found[-1][name] = piece
    return found


def archive(named: dict[str, Piece], choice: Choice, picture_format: str = "PNG") -> bytes:
    """Returns all files of these photos as ZIP; pictures are packed already, so it only holds."""
    from pipeline.scene_files import scene_files

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as zip_file:
        for name, piece in named.items():
            with a_place():
                made = taken(piece, choice, picture_format)
                files = scene_files(name, made, settings(piece, choice, made))
            for file, data in files.items():
                zip_file.writestr(file, data)
    return packed.getvalue()


def settings(piece: Piece, choice: Choice, made: "Taken") -> dict:
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
        "format": made.picture_format,
        "seconds": {stage: round(each, 3) for stage, each in piece.timings.items()},
        "notes": [*piece.advice, *choice.crop.problems(piece, made.matte.alpha)],
    }
