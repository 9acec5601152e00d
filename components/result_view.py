"""What of a finished photo is on the screen."""

from typing import TYPE_CHECKING

import streamlit as st

from components.before_after import before_after
from components.brush import brush, looked_at_closely
from components.choice import Choice
from components.crop_picker import WHOLE, Crop
from components.picture import screen_jpeg
from components.places import a_place
from components.table import Piece
from components.view import shown

if TYPE_CHECKING:  # what takes time to import is imported where a photo needs it
    import numpy as np

    from pipeline.scene import Scene

# Longer side in pixels of what is painted on at most; it travels anew with every stroke.
CLOSEST_SIDE = 4096

# What can lie under the brush.
PAINTED_ON = {
    "Dimmed": "What is cut away is dim, on a checkerboard.",
    "Result": "The person on the background that is chosen.",
    "Trimap": "Bright: person. Dark: background. Between: worked out from the colours.",
}


def show_result(piece: Piece, choice: Choice) -> "np.ndarray":
    """The photo and the result under a line to drag; returns the result as shown."""
    from pipeline.scene import arrange, arrange_largest
    from pipeline.scene_files import format_that_holds

    view = shown(piece)
    scale = _scale(view, piece)
    look = choice.look(piece, view.alpha)
    frame = look.frame
    behind = choice.background
    pictures = (
        f"{piece.key} {piece.revision} {behind.name} {behind.light} {behind.shadow} {frame}"
    )
    # Who looks closely gets every pixel, a moment after the quick answer.
    closer = st.session_state.get("before_after", {}).get("closer") == pictures
    fits = format_that_holds("JPEG", (frame.height, frame.width)) == "JPEG"
    if closer and fits and scale < 1:
        with a_place(queue="views"):
            scene, scale = arrange_largest(piece.result.unpack(), look), 1.0
    else:
        scene = arrange(view, look, scale)
    final = on_checkerboard(scene)
    before_after(
        screen_jpeg(scene.image),
        screen_jpeg(final),
        (int(frame.width), int(frame.height)),
        photo=f"{piece.key} {piece.revision}",
        pictures=pictures,
        reduced=scale < 1,
        before_text=f"The photo {piece.name}",
        after_text=f"The person cut out, background: {behind.name}",
    )
    return final


def show_for_painting(piece: Piece, choice: Choice, under: str) -> "np.ndarray":
    """The whole photo under the brush; returns the result as it would be shown."""
    from pipeline.composite import checkerboard, composite
    from pipeline.scene import arrange

    view = shown(piece)
    scale = _scale(view, piece)
    final = on_checkerboard(arrange(view, choice.look(piece, view.alpha), scale))
    larger = scale < 1
    if larger and looked_at_closely(piece):
        with a_place(queue="views"):
            view = piece.result.unpack().reduced(CLOSEST_SIDE)
    if under == "Trimap":
        lightness = 0.15 + 0.85 * view.trimap.astype("float32") / 255
        picture = composite(view.image, lightness, checkerboard(lightness.shape, 8, (20, 20)))
    elif under == "Result":
        whole = Choice(choice.background, Crop(WHOLE)).look(piece, view.alpha)
        picture = on_checkerboard(arrange(view, whole, _scale(view, piece)))
    else:
        squares = checkerboard(view.alpha.shape, max(1, max(view.alpha.shape) // 80), (38, 58))
        picture = composite(view.image, 0.35 + 0.65 * view.alpha, squares)
    brush(piece, screen_jpeg(picture), f"{piece.name}: {PAINTED_ON[under]}", larger=larger)
    return final


def _scale(view, piece):
    """Of what is shown, to the photo: by the longer side, whose rounding matters least."""
    return max(view.alpha.shape) / max(piece.result.shape)


def on_checkerboard(scene: "Scene") -> "np.ndarray":
    """The picture of a scene; where nothing lies behind, on what picture editors show there."""
    from pipeline.composite import checkerboard, composite

    if scene.background is not None:
        return scene.picture()
    squares = checkerboard(scene.alpha.shape, max(1, max(scene.alpha.shape) // 50))
    return composite(scene.foreground, scene.alpha, squares)
