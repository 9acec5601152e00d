"""One photo as its files are made from it, and what they are called."""

import re
from collections import Counter
from typing import TYPE_CHECKING

from components.choice import Choice
from components.crop_picker import DOCUMENTS
from components.table import Piece

if TYPE_CHECKING:
    from pipeline.scene_files import Taken


def file_stems(pieces: list[Piece]) -> list[str]:
    """What the files of each piece are called: like none of another, and so that every system can
    unpack them.
    """
    from pipeline.outputs import of_any_system

    stems = [re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", piece.stem) for piece in pieces]
    count = Counter(map(of_any_system, stems))
    names = {}
    for piece, name in zip(pieces, stems, strict=True):
        if count[of_any_system(name)] > 1:
            name = f"{piece.number}-{name}"
        while of_any_system(name) in names:
            name = f"{piece.number}-{name}"
        names[of_any_system(name)] = name
    return list(names.values())


def taken(piece: Piece, choice: Choice, picture_format: str) -> "Taken":
    """One photo as its files are made from it, at its own size."""
    from pipeline.image import dots_per_inch
    from pipeline.scene import arrange_largest
    from pipeline.scene_files import Taken, format_that_holds

    matte = piece.result.unpack()
    look = choice.look(piece, matte.alpha)
    scene = arrange_largest(matte, look)
    picture_format = format_that_holds(picture_format, scene.alpha.shape)
    width = scene.alpha.shape[1]
    of_photo = dots_per_inch(piece.photo)
    if document := DOCUMENTS.get(choice.crop.of(piece)):
        of_scene = document.dots_per_inch(width)
    else:
        of_scene = of_photo and of_photo * width / look.frame.width
    return Taken(matte, scene, picture_format, of_scene, of_photo)
