"""The part of a photo around its largest face, as much of it as a face's texture can show.

A group's photo from a telephone has faces of which nothing would be left if all of it were
reduced; and a portrait of 12 megapixels has more than the texture holds.
"""

from dataclasses import dataclass, replace

import numpy as np

from pipeline.face import Face, find_faces
from pipeline.face_checks import choose_face
from pipeline.frame import Frame
from pipeline.sampling import moved, shrunk

# Longer side in pixels of what is cut out and fitted: the texture shows no more.
LONGEST_SIDE = 1600
# So many of the face's heights are kept on every side of it: as the networks know portraits.
AROUND = 2.0


@dataclass(frozen=True, eq=False)
class Head:
    """A part of a photo, no side longer than LONGEST_SIDE; a photo within that is kept whole.

    image: (h, w, 3) uint8 RGB. face: the largest one, in pixels of `image`. alpha: (h, w) float32
    in 0..1, or None. remarks: sentences about the choice of the face.
    """

    image: np.ndarray
    face: Face
    alpha: np.ndarray | None
    remarks: list[str]


def head_of(image: np.ndarray, alpha: np.ndarray | None = None) -> Head:
    """The head of a photo, (H, W, 3) uint8 RGB, with its alpha matte (H, W) if there is one.

    Raises ImageError as `pipeline.face_checks.choose_face` does.
    """
    face, remarks = choose_face(find_faces(image))
    if max(image.shape[:2]) <= LONGEST_SIDE:
        return Head(image, face, alpha, remarks)
    part = _around(face, image.shape)
    rows, columns = part
    frame = Frame(
        columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start
    )
    # Copies: a part alone would keep all of the photo in memory.
    small = shrunk(image[part], LONGEST_SIDE).copy()
    return Head(
        small,
        _face_in(frame, face, small.shape),
        None if alpha is None else shrunk(alpha[part], LONGEST_SIDE).copy(),
        remarks,
    )


def _around(face, shape):
    """Rows and columns of the photo."""
    reach = AROUND * face.height
    left, top, right, bottom = face.box
    sides = ((top - reach, bottom + reach, shape[0]), (left - reach, right + reach, shape[1]))
    return tuple(slice(max(0, int(low)), min(size, int(high) + 1)) for low, high, size in sides)


def _face_in(frame, face, shape):
    """The face in pixels of the frame drawn with this shape."""
    landmarks = face.landmarks.copy()
    landmarks[:, :2] = moved(landmarks[:, :2], frame.from_photo(shape[1::-1]))
    landmarks[:, 2] *= shape[0] / frame.height
    return replace(face, landmarks=landmarks)
