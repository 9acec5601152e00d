"""Choosing a photo for the board: small, with the trimap that the pipeline makes of it."""

from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from components.markdown import as_written
from components.own_file import OWN_PHOTO, own_photo
from components.places import a_place
from components.unsaved import mind_own_photo
from pipeline.image import ImageError, load_image
from pipeline.samples import SAMPLES
from pipeline.trimap import unknown_pixels

# Of its height; a strip would be enlarged to gigabytes.
WIDEST = 4


def choose_photo(height: int) -> tuple[np.ndarray, np.ndarray] | None:
    """A photo of this height and its trimap, (height, W, 3) and (height, W), both uint8. The choice
    is the page's: of the tabs that ask for a photo only the open one is drawn.
    """
    names = {sample.person: sample.file for sample in SAMPLES}
    choice = st.selectbox("Photo", [*names, OWN_PHOTO], key="board_photo", persist_state="session")
    own = own_photo("board") if choice == OWN_PHOTO else None
    mind_own_photo("board", "board")
    if choice != OWN_PHOTO:
        return sample_and_trimap(names[choice], height)
    if own is None:
        return None
    try:
        return photo_and_trimap(own[1], height)
    except ImageError as error:
        st.error(f"{as_written(own[0])}: {error}")
        return None


def note_other_photo(chosen: tuple[np.ndarray, np.ndarray] | None, shown: np.ndarray) -> None:
    """Says so where what is shown, (H, W, 3) uint8, is not what is chosen."""
    if chosen is not None and not np.array_equal(chosen[0], shown):
        st.caption("Shown is what was worked on last; above, another photo or size is chosen.")


@st.cache_data(show_spinner="Drawing the trimap")
def sample_and_trimap(file: Path, height: int) -> tuple[np.ndarray, np.ndarray]:
    """`photo_and_trimap` of a sample's file, once per server."""
    return _photo_and_trimap(file.read_bytes(), height)


# For the session alone: what is kept for the whole server outlives the page it was given to.
@st.cache_data(max_entries=8, scope="session", show_spinner="Drawing the trimap")
def photo_and_trimap(data: bytes, height: int) -> tuple[np.ndarray, np.ndarray]:
    """The photo at this height, and the trimap the pipeline makes of it."""
    return _photo_and_trimap(data, height)


def _photo_and_trimap(data, height):
    from pipeline.matting import trimapped

    with a_place():
        image = Image.fromarray(load_image(data))
        width = max(16, image.width * height // image.height)
        if width > WIDEST * height:
            raise ImageError(
                f"This picture is {image.width / image.height:.3g} times as wide as it is high; "
                f"the board takes pictures of up to {WIDEST} times."
            )
        small = np.asarray(image.resize((width, height)))
        trimap = trimapped(small).trimap
        if not unknown_pixels(trimap).any():
            raise ImageError(
                "No person was found in this photo, so there is nothing to solve. Try another one."
            )
        return small, trimap
