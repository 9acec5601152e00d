"""Two masks of one photo: our mask beside MediaPipe's selfie segmentation."""

from typing import TYPE_CHECKING
from zlib import crc32

import streamlit as st

from components.before_after import before_after
from components.markdown import as_written
from components.own_file import OWN_PHOTO, own_photo
from components.picture import screen_jpeg
from components.places import a_place
from components.unsaved import mind_own_photo
from pipeline.samples import SAMPLES

if TYPE_CHECKING:
    import numpy as np

COMPARED_SIDE = 1280  # longer side in pixels
# How a photo is shown outside a mask: its brightness there.
DIMMED = 0.2


def compare_masks() -> None:
    """One photo, two masks, and a line to drag between them."""
    picture, choice = st.columns([5, 3], gap="large")
    names = {sample.person: sample.file for sample in SAMPLES}
    with choice:
        st.markdown(
            "Our mask and MediaPipe's of the same photo; drag the line between them."
        )
        name = st.pills(
            "Photo",
            [*names, OWN_PHOTO],
            default=SAMPLES[0].person,
            required=True,
            key="compared_photo",
            persist_state="session",
        )
        own = own_photo("compared") if name == OWN_PHOTO else None
        mind_own_photo("results", "compared")
        if name != OWN_PHOTO:
            data = names[name].read_bytes()
        elif own is None:
            return
        else:
            name, data = own
    from pipeline.image import ImageError

    with picture:
        try:
            ours, theirs, size, difference = compared(data)
        except ImageError as error:
            st.error(f"{as_written(name)}: {error}")
            return
        photo = f"compared {crc32(data)}"  # many phones call every photo image.jpg
        before_after(
            theirs,
            ours,
            size,
            photo=photo,
            pictures=photo,
            reduced=False,
            before_text="The person after MediaPipe's selfie segmentation",
            after_text="The person after DeepMasque's mask",
            labels=("MediaPipe selfie", "DeepMasque"),
        )
        if difference is None:
            st.caption("Neither of the two sees a person in this photo.")
        else:
            st.caption(f"The two masks differ on {100 * difference:.1f} percent of the photo.")


# For the session alone: what is kept for the whole server outlives the page it was given to.
@st.cache_data(max_entries=4, scope="session", show_spinner="The networks are looking")
def compared(data: bytes) -> "tuple[bytes, bytes, tuple[int, int], float | None]":
    """The photo under our mask and under MediaPipe's, its size, and the share that differs; None
    for that if nobody is in either.
    """
    import numpy as np

    from pipeline.face import find_faces
    from pipeline.image import load_image
    from pipeline.sampling import shrunk
    from pipeline.segment import segment
    from pipeline.selfie import selfie_mask

    with a_place():
        image = shrunk(load_image(data), COMPARED_SIDE)
        ours = segment(image, find_faces(image)).mask
        theirs = selfie_mask(image)
    people = ours >= 0.5, theirs >= 0.5
    difference = float((people[0] != people[1]).mean()) if np.any(people) else None
    height, width = ours.shape
    pictures = [screen_jpeg(under_mask(image, mask)) for mask in (ours, theirs)]
    return *pictures, (width, height), difference


def under_mask(image: "np.ndarray", mask: "np.ndarray") -> "np.ndarray":
    """The photo, dark where the mask says background."""
    from pipeline.composite import composite, plain

    return composite(image, DIMMED + (1 - DIMMED) * mask, plain(mask.shape, (0, 0, 0)))
